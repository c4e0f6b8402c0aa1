//! The form of a new deal, in the drawer's place.

use std::time::Duration;

use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::deals::Stage;
use crate::deals::form::DealInputs;
use crate::edit::texts;
use crate::pipeline::api::{AddDeal, name_accounts};
use crate::pipeline::query::Asked;
use crate::team::Workspace;
use crate::ui::field::{Field, MadeFor};
use crate::ui::form::{FormEnd, LiveForm};
use crate::ui::frame::{Changes, ForEditors};
use crate::ui::title::PageTitle;

/// How long a pause in typing is before accounts are looked up.
const PAUSE: Duration = Duration::from_millis(200);
/// The list of what is offered.
const OFFERED: &str = "accounts-offered";

#[component]
pub fn NewDeal() -> impl IntoView {
    let asked = expect_context::<Asked>();
    view! {
        <PageTitle text="New deal"/>
        <section class="panel" aria-label="New deal">
            <a href=move || asked.with(|a| a.at_board()) class="btn plain close" aria-label="Close" data-key="Escape">"✕"</a>
            <h1>"New deal"</h1>
            <ForEditors show=|desk| view! { <NewForm desk/> }.into_any()/>
        </section>
    }
}

#[component]
fn NewForm(desk: Workspace) -> impl IntoView {
    let asked = expect_context::<Asked>();
    let changes = expect_context::<Changes>();
    let action = ServerAction::<AddDeal>::new();
    let stage = use_query_map().with_untracked(|q| q.get("stage").and_then(|s| s.parse().ok())).unwrap_or(Stage::Qualified);
    let offered = RwSignal::new(Vec::<String>::new());
    let look = Action::new(move |typed: &String| {
        let typed = typed.clone();
        async move {
            if let Ok(names) = name_accounts(typed).await {
                offered.try_set(names);
            }
        }
    });
    let mut look = debounce(PAUSE, move |typed: String| drop(look.dispatch(typed)));
    let note = move |ev: leptos::ev::Event| look(event_target_value(&ev));
    // the new one's drawer opens
    let navigate = use_navigate();
    let done = Callback::new(move |()| {
        changes.notify();
        if let Some(Ok(id)) = action.value().get_untracked() {
            navigate(&asked.with_untracked(|a| a.at_deal(id)), NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    });
    let texts = texts([("stage", stage.to_string()), ("owner", desk.viewer.user_id.to_string())]);
    let owners = desk.owners();
    view! {
        <LiveForm action id=format!("new-deal-{}", desk.viewer.startup_id) label="New deal" texts done>
            <MadeFor startup=desk.viewer.startup_id/>
            <div on:input=note>
                <Field label="Account" name="account" offered=OFFERED autocomplete="off" focused=true/>
            </div>
            <datalist id=OFFERED>{move || offered.get().into_iter().map(|name| view! { <option value=name></option> }).collect_view()}</datalist>
            <DealInputs owners field=String::new()/>
            <FormEnd save="Add" cancel=untrack(move || asked.with(|a| a.at_board()))/>
        </LiveForm>
    }
}
