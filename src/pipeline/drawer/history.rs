//! What a deal went through, and the people it is made with.

use leptos::prelude::*;

use crate::interactions::StageMove;
use crate::pipeline::DealDetail;
use crate::ui::time::date;

/// The stages it came through, newest first, and how long it stayed.
#[component]
pub fn Stages(detail: RwSignal<DealDetail>) -> impl IntoView {
    let steps = move || detail.with(|d| d.moves.clone()).into_iter().map(|step| view! { <Step step/> }).collect_view();
    view! {
        <section class="stages">
            <h2>"Stages"</h2>
            <ol class="cards">{steps}</ol>
        </section>
    }
}

#[component]
fn Step(step: StageMove) -> impl IntoView {
    let StageMove { from_stage, to_stage, local, stayed, author, .. } = step;
    let before = match (from_stage, stayed.map(|s| s / 86_400)) {
        (Some(from), Some(0)) => format!("after less than a day in {from}"),
        (Some(from), Some(1)) => format!("after a day in {from}"),
        (Some(from), Some(days)) => format!("after {days} days in {from}"),
        (Some(from), None) => format!("from {from}"),
        (None, _) => "its first stage".into(),
    };
    let by = author.map(|a| format!(", {a}")).unwrap_or_default();
    view! {
        <li>
            <div class="line"><b>{to_stage}</b><small>{date(local)} {by}</small></div>
            <small>{before}</small>
        </li>
    }
}

/// The account's contacts.
#[component]
pub fn People(detail: RwSignal<DealDetail>) -> impl IntoView {
    let people = move || {
        detail.with(|d| d.contacts.clone()).into_iter().map(|contact| {
            view! {
                <li>
                    <div class="line"><b>{contact.name()}</b>{contact.role.clone().map(|role| view! { <small>{role}</small> })}</div>
                    {contact.email.map(|email| { let write = format!("mailto:{email}"); view! { <div class="line ways"><a class="src" href=write rel="external">{email}</a></div> } })}
                </li>
            }
        }).collect_view()
    };
    let add = move || detail.with(|d| format!("/accounts/{}?tab=contacts", d.card.account_id));
    view! {
        <section class="with-whom">
            <h2>"Contacts"</h2>
            {move || detail.with(|d| d.contacts.is_empty()).then(|| view! { <p class="quiet">"Nobody is known at this account yet."</p> })}
            <ul class="cards">{people}</ul>
            <p><a class="src" href=add>"All contacts of the account"</a></p>
        </section>
    }
}
