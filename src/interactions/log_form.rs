//! The form that adds to the log.

use leptos::prelude::*;
use uuid::Uuid;

use super::api::LogInteraction;
use super::{InteractionType, SUMMARY, Subject};
use crate::edit::texts;
use crate::ui::field::{Choice, Field, TextArea, words};
use crate::ui::form::LiveForm;
use crate::ui::frame::notified;

/// The form stays open: after an entry comes the next.
#[component]
pub fn LogForm(
    account: Uuid,
    next: Signal<Uuid>,
    contacts: Vec<Subject>,
    deals: Vec<Subject>,
    time_zone: String,
    /** the deal that it is about, unless another is chosen */
    #[prop(optional)]
    about: Option<Uuid>,
) -> impl IntoView {
    let action = ServerAction::<LogInteraction>::new();
    let directions = [("", "–"), ("out", "we reached out"), ("in", "they reached out")].map(|(v, t)| (v.to_string(), t.to_string()));
    let texts = texts([("deal", about.map(|id| id.to_string()).unwrap_or_default())]);
    view! {
        <LiveForm action id=format!("log-{}", about.unwrap_or(account)) label="Log an interaction" class="form card" texts done=notified()>
            <input type="hidden" name="account_id" value=account.to_string()/>
            <input type="hidden" name="entry" value=move || next.get().to_string()/>
            <div class="pair">
                <Choice label="What" name="kind" options=words(InteractionType::ALL.iter().map(|k| k.as_str()))/>
                <Choice label="Who" name="direction" options=directions.to_vec()/>
            </div>
            <TextArea label="About" name="summary" most=SUMMARY/>
            <details class="more">
                <summary>"With whom, which deal, when"</summary>
                <div class="pair">
                    <Choice label="Contact" name="contact" options=subjects(contacts)/>
                    <Choice label="Deal" name="deal" options=subjects(deals)/>
                </div>
                <Field label="When" name="at" kind="datetime-local" optional=true hint=format!("On the startup's clock, {time_zone}. Empty: now")/>
            </details>
            <button class="btn primary" type="submit">"Log"</button>
        </LiveForm>
    }
}

fn subjects(subjects: Vec<Subject>) -> Vec<(String, String)> {
    let none = (String::new(), "–".to_string());
    std::iter::once(none).chain(subjects.into_iter().map(|s| (s.id.to_string(), s.name))).collect()
}
