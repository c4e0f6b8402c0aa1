//! The frame around every room: navigation, and who is signed in.

use leptos::ev;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

use uuid::Uuid;

use crate::auth::api::SignOut;
use crate::error::AppError;
use crate::team::api::read_workspace;
use crate::team::{Role, SwitchMenu, Workspace, initials};
use crate::ui::draft;
use crate::ui::live::Connection;
use crate::ui::problem::Problem;
use crate::ui::theme::ThemeSwitch;

/// Counts changes made in this window. What is shown watches it to read itself again.
#[derive(Clone, Copy)]
pub struct Changes(RwSignal<u32>);

impl Changes {
    pub fn count(self) -> u32 {
        self.0.get()
    }

    pub fn notify(self) {
        self.0.update(|n| *n += 1);
    }
}

/// Notifies of a change: what runs after a form was taken.
pub fn notified() -> Callback<()> {
    let changes = expect_context::<Changes>();
    Callback::new(move |()| changes.notify())
}

/// Notifies once the room has been left: what was put away there is not read again.
pub fn notified_elsewhere() -> Callback<()> {
    let changes = expect_context::<Changes>();
    Callback::new(move |()| set_timeout(move || changes.notify(), std::time::Duration::ZERO))
}

/// Who is signed in, where and with whom, read once for the window; rooms take it from the context.
pub type SignedIn = Resource<Result<Workspace, AppError>>;

/// Shows what has to know who is signed in. While nobody is, the frame says so.
#[component]
pub fn WithDesk<F>(show: F) -> impl IntoView
where
    F: Fn(Workspace) -> AnyView + Clone + Send + Sync + 'static,
{
    let signed_in = expect_context::<SignedIn>();
    view! {
        <Suspense>
            {move || {
                let show = show.clone();
                Suspend::new(async move { Some(show(signed_in.await.ok()?)) })
            }}
        </Suspense>
    }
}

/// Shows what is for those who may edit; others are told that their role does not allow it.
#[component]
pub fn ForEditors(show: fn(Workspace) -> AnyView) -> impl IntoView {
    let show = move |desk: Workspace| match desk.viewer.role.edits() {
        true => show(desk),
        false => view! { <Problem error=AppError::Forbidden/> }.into_any(),
    };
    view! { <WithDesk show/> }
}

#[component]
pub fn Frame() -> impl IntoView {
    provide_context(Changes(RwSignal::new(0)));
    let connection = Connection::provide();
    let signed_in: SignedIn = Resource::new_blocking(|| (), |()| read_workspace());
    provide_context(signed_in);
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="app">
            <nav class="rail" aria-label="Main">
                <div class="brand">"Prospector"</div>
                <RoomLink href="/" text="Accounts" within="/accounts/"/>
                <RoomLink href="/insights" text="Leads" within="/insights/"/>
                <RoomLink href="/pipeline" text="Pipeline" within="/pipeline/"/>
                <Suspense>{move || Suspend::new(async move {
                    signed_in.await.map_or_else(|error| view! { <Problem error/> }.into_any(), |desk| view! { <Rooms role=desk.viewer.role/><Foot desk/> }.into_any())
                })}</Suspense>
            </nav>
            <p class="lost" role="status" hidden=move || !connection.is_lost()>"The server is out of reach. What you see was read before; trying again."</p>
            <Outlet/>
        </div>
    }
}

/// A room in the navigation; `within` is how its further addresses begin.
#[component]
fn RoomLink(href: &'static str, text: &'static str, within: &'static str) -> impl IntoView {
    let path = use_location().pathname;
    let current = move || path.with(|p| p == href || p.starts_with(within)).then_some("page");
    view! { <a href=href aria-current=current>{text}</a> }
}

/// The bin is not for everybody.
#[component]
fn Rooms(role: Role) -> impl IntoView {
    view! {
        {role.manages().then(|| view! { <RoomLink href="/bin" text="Bin" within="/bin/"/> })}
        <RoomLink href="/team" text="Team" within="/settings"/>
    }
}

/// Coming back to a window whose startup was left in another one, the page is made anew for the one that is active.
fn follow_startup(ours: Uuid) {
    let look = Action::new(|_: &()| read_workspace());
    Effect::new(move |_| {
        let handle = window_event_listener(ev::focus, move |_| drop(look.dispatch(())));
        on_cleanup(move || handle.remove());
    });
    Effect::new(move |_| {
        if look.value().with(|v| matches!(v, Some(Ok(desk)) if desk.viewer.startup_id != ours)) {
            let _ = window().location().set_href("/");
        }
    });
}

#[component]
fn Foot(desk: Workspace) -> impl IntoView {
    follow_startup(desk.viewer.startup_id);
    let viewer = desk.viewer.clone();
    view! {
        <div class="foot">
            <span class="who" aria-hidden="true">{initials(&viewer.name)}</span>
            <small><span class="startup">{viewer.startup_name}</span>{viewer.name} ", " {viewer.role.as_str()}</small>
            <div class="line">
                <SwitchMenu desk/>
                <form method="post" action=SignOut::url() on:submit=|_| draft::forget_all()><button class="btn plain" type="submit">"Sign out"</button></form>
                <ThemeSwitch/>
            </div>
        </div>
    }
}
