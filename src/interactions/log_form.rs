//! The form that adds to the log.

use std::collections::HashMap;

use leptos::html::Textarea;
use leptos::prelude::*;

use super::api::LogInteraction;
use super::{InteractionType, SUMMARY};
use crate::ui::field::{Choice, FormProblem, TextArea, refusal};

/// One form for one account after the other: each has its own draft. `logged` runs after an entry was written.
#[component]
pub fn LogForm(account: Memo<String>, logged: Callback<()>) -> impl IntoView {
    let action = ServerAction::<LogInteraction>::new();
    let refused = refusal(action);
    let summary = NodeRef::<Textarea>::new();
    let drafts = StoredValue::new(HashMap::<String, String>::new());

    // leaving an account its draft is kept, coming back it is shown
    Effect::new(move |left: Option<String>| {
        let (now, field) = (account.get(), summary.get_untracked());
        if let (Some(left), Some(field)) = (left.filter(|left| *left != now), field) {
            drafts.update_value(|drafts| {
                drafts.insert(left, field.value());
            });
            field.set_value(&drafts.with_value(|drafts| drafts.get(&now).cloned()).unwrap_or_default());
        }
        now
    });

    // what was sent is done with; what was typed since, or for another account, is not
    let sent = StoredValue::new(None::<LogInteraction>);
    Effect::new(move || {
        if let Some(input) = action.input().get() {
            sent.set_value(Some(input));
        }
    });
    Effect::new(move || {
        if action.version().get() == 0 || !action.value().with(|v| matches!(v, Some(Ok(())))) {
            return;
        }
        if let Some(LogInteraction { account_id, summary: text, .. }) = sent.get_value() {
            drafts.update_value(|drafts| drafts.retain(|id, draft| *id != account_id || *draft != text));
            if let Some(field) = summary.get_untracked().filter(|f| account.get_untracked() == account_id && f.value() == text) {
                field.set_value("");
            }
        }
        logged.run(());
    });

    let kinds = InteractionType::ALL.iter().map(|k| (k.as_str(), k.as_str())).collect::<Vec<_>>();
    let directions = vec![("", "–"), ("out", "we reached out"), ("in", "they reached out")];
    view! {
        <ActionForm action attr:class="log-form" attr:aria-label="Log an interaction">
            <input type="hidden" name="account_id" value=move || account.get()/>
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
