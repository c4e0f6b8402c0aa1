//! The frame around every room: navigation, and who is signed in.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

use crate::auth::api::{SignOut, current_viewer};
use crate::error::AppError;
use crate::team::{Viewer, initials};
use crate::ui::problem::Problem;

/// Counts changes made in this window. Lists watch it to read themselves again.
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

/// Who is signed in, read once for the window; rooms take it from the context.
pub type SignedIn = Resource<Result<Viewer, AppError>>;

#[component]
pub fn Frame() -> impl IntoView {
    provide_context(Changes(RwSignal::new(0)));
    let path = use_location().pathname;
    let at_accounts = move || path.with(|p| p == "/" || p.starts_with("/accounts/")).then_some("page");
    let viewer: SignedIn = Resource::new_blocking(|| (), |()| current_viewer());
    provide_context(viewer);
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="app">
            <nav class="rail" aria-label="Main">
                <div class="brand">"Prospector"</div>
                <a href="/" aria-current=at_accounts>"Accounts"</a>
                <Suspense>{move || Suspend::new(async move {
                    viewer.await.map_or_else(|error| view! { <Problem error/> }.into_any(), |viewer| view! { <Foot viewer/> }.into_any())
                })}</Suspense>
            </nav>
            <Outlet/>
        </div>
    }
}

#[component]
fn Foot(viewer: Viewer) -> impl IntoView {
    view! {
        <div class="foot">
            <span class="who" aria-hidden="true">{initials(&viewer.name)}</span>
            <small><span class="startup">{viewer.startup_name}</span>{viewer.name} ", " {viewer.role.as_str()}</small>
            <form method="post" action=SignOut::url()><button class="btn plain" type="submit">"Sign out"</button></form>
        </div>
    }
}
