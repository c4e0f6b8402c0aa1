//! The form that adds to the log.

use leptos::html::Textarea;
use leptos::prelude::*;
use uuid::Uuid;

use super::api::LogInteraction;
use super::{InteractionType, SUMMARY};
use crate::ui::field::{Choice, FormProblem, TextArea, refusal};

/// `logged` runs after an entry was written.
#[component]
pub fn LogForm(account: Uuid, logged: Callback<()>) -> impl IntoView {
    let action = ServerAction::<LogInteraction>::new();
    let refused = refusal(action);
    let summary = NodeRef::<Textarea>::new();
    Effect::new(move || {
        if action.version().get() > 0 && action.value().with(|v| matches!(v, Some(Ok(())))) {
            if let Some(field) = summary.get_untracked() {
                field.set_value("");
            }
            logged.run(());
        }
    });
    let kinds = InteractionType::ALL.iter().map(|k| (k.as_str(), k.as_str())).collect::<Vec<_>>();
    let directions = vec![("", "–"), ("out", "we reached out"), ("in", "they reached out")];
    view! {
        <ActionForm action attr:class="log-form" attr:aria-label="Log an interaction">
            <input type="hidden" name="account_id" value=account.to_string()/>
            <FormProblem refused/>
            <div class="line">
                <Choice label="What" name="kind" options=kinds refused/>
                <Choice label="Who" name="direction" options=directions refused/>
            </div>
            <TextArea label="About" name="summary" most=SUMMARY refused node_ref=summary/>
            <button class="btn primary" type="submit" disabled=move || action.pending().get()>"Log"</button>
        </ActionForm>
    }
}
