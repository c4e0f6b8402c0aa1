//! The form of a new account, in the panel's place. Accounts that may be the same one are pointed out while it is typed.

use std::time::Duration;

use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use uuid::Uuid;

use super::api::{AddAccount, similar_accounts};
use super::query::{Query, Tab};
use super::{Kind, Segment, Status};
use crate::edit::texts;
use crate::team::Workspace;
use crate::ui::field::{Choice, Field, MadeFor, words};
use crate::ui::form::{FormEnd, LiveForm};
use crate::ui::frame::{Changes, ForEditors};
use crate::ui::title::PageTitle;

/// How long a pause in typing is before similar accounts are looked up.
const PAUSE: Duration = Duration::from_millis(250);

#[component]
pub fn NewAccount() -> impl IntoView {
    let query = expect_context::<Query>();
    view! {
        <PageTitle text="New account"/>
        <section class="panel" aria-label="New account">
            <a href=move || query.with(|q| q.at_list()) class="btn plain close" aria-label="Close" data-key="Escape">"✕"</a>
            <h1>"New account"</h1>
            <ForEditors show=|desk| view! { <NewForm desk/> }.into_any()/>
        </section>
    }
}

#[component]
fn NewForm(desk: Workspace) -> impl IntoView {
    let query = expect_context::<Query>();
    let changes = expect_context::<Changes>();
    let action = ServerAction::<AddAccount>::new();
    let similar = Action::new(|typed: &(String, String)| {
        let typed = typed.clone();
        async move { (typed.clone(), similar_accounts(typed.0, typed.1).await) }
    });
    let typed = RwSignal::new((String::new(), String::new()));
    let mut look = debounce(PAUSE, move |typed: (String, String)| drop(similar.dispatch(typed)));
    let note = move |ev: leptos::ev::Event| {
        let target = event_target::<leptos::web_sys::HtmlInputElement>(&ev);
        typed.update(|(name, domain)| match target.name().as_str() {
            "name" => *name = target.value(),
            "domain" => *domain = target.value(),
            _ => {}
        });
        look(typed.get_untracked());
    };
    let found = Signal::derive(move || match similar.value().get() {
        Some((asked, Ok(found))) if asked == typed.get() => found,
        _ => Vec::new(),
    });
    // the new one's panel opens
    let navigate = use_navigate();
    let done = Callback::new(move |()| {
        changes.notify();
        if let Some(Ok(id)) = action.value().get_untracked() {
            let address = query.with_untracked(|q| q.at_tab(&id.to_string(), Tab::Overview));
            navigate(&address, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    });
    let texts = texts([("segment", Segment::Smb.to_string()), ("owner", desk.viewer.user_id.to_string())]);
    view! {
        <LiveForm action id=format!("new-account-{}", desk.viewer.startup_id) label="New account" texts done>
            <MadeFor startup=desk.viewer.startup_id/>
            <div class="form" on:input=note>
                <Field label="Name" name="name" focused=true/>
                <Field label="Domain" name="domain" optional=true placeholder="konex.example"/>
            </div>
            <Similar found/>
            <Anyway found/>
            <div class="pair">
                <Choice label="Status" name="status" options=words(Status::ALL.iter().map(|s| s.as_str()))/>
                <Choice label="Kind" name="kind" options=words(Kind::ALL.iter().map(|s| s.as_str()))/>
            </div>
            <div class="pair">
                <Choice label="Segment" name="segment" options=words(Segment::ALL.iter().map(|s| s.as_str()))/>
                <Field label="MRR" name="mrr" kind="decimal" optional=true/>
            </div>
            <Choice label="Owner" name="owner" options=desk.owners()/>
            <FormEnd save="Add" cancel=untrack(move || query.with(|q| q.at_list()))/>
        </LiveForm>
    }
}

/// What is there already, to look at before a second one is made.
#[component]
fn Similar(found: Signal<Vec<(Uuid, String)>>) -> impl IntoView {
    let query = expect_context::<Query>();
    view! {
        <div role="status">
            {move || (!found.with(Vec::is_empty)).then(|| view! {
                <div class="similar">
                    <p>"There already, perhaps the same:"</p>
                    <ul>{found.get().into_iter().map(|(id, name)| {
                        let address = query.with(|q| q.at_tab(&id.to_string(), Tab::Overview));
                        view! { <li><a class="src" href=address>{name}</a></li> }
                    }).collect_view()}</ul>
                </div>
            })}
        </div>
    }
}

/// The box to tick when it is another one. It shows when there is something similar, or when the form was refused for it.
#[component]
fn Anyway(found: Signal<Vec<(Uuid, String)>>) -> impl IntoView {
    use crate::ui::field::FormId;
    let refused = expect_context::<FormId>().refused;
    let message = move || refused.with(|r| r.as_ref().and_then(|r| r.message_for("anyway")));
    let asked = Memo::new(move |_| message().is_some());
    let hidden = move || !asked.get() && found.with(Vec::is_empty);
    view! {
        <div hidden=hidden>
            <label class="tick"><input type="checkbox" name="anyway" value="on" aria-describedby="anyway-problem" aria-invalid=move || asked.get().then_some("true")/>"Add it anyway: this is another one"</label>
            <span class="problem" role="alert" id="anyway-problem">{message}</span>
        </div>
    }
}
