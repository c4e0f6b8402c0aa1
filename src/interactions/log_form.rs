//! The form that adds to the log.

use std::collections::HashMap;

use leptos::html::Textarea;
use leptos::prelude::*;
use uuid::Uuid;

use super::api::LogInteraction;
use super::{InteractionType, SUMMARY};
use crate::ui::field::{Choice, FormProblem, TextArea, refusal};

/// What has been typed and not yet logged, by account. The panel shows one account after the other in the same fields.
#[derive(Clone, Copy, Default)]
pub struct Drafts(StoredValue<HashMap<Uuid, String>>);

impl Drafts {
    /// The account's draft; the first field to ask gives what it holds already (typed before the page was alive).
    fn take_up(self, account: Uuid, in_field: String) -> String {
        self.0
            .try_update_value(|drafts| {
                if drafts.is_empty() { drafts.entry(account).or_insert(in_field) } else { drafts.entry(account).or_default() }.clone()
            })
            .unwrap_or_default()
    }

    fn keep(self, account: Uuid, text: String) {
        self.0.update_value(|drafts| {
            drafts.insert(account, text);
        });
    }

    /// Forgets what was logged; what was typed since then stays.
    fn logged(self, account: Uuid, sent: &str) {
        self.0.update_value(|drafts| {
            if let Some(draft) = drafts.get_mut(&account).filter(|draft| *draft == sent) {
                draft.clear();
            }
        });
    }
}

/// `logged` runs after an entry was written.
#[component]
pub fn LogForm(account: Uuid, logged: Callback<()>) -> impl IntoView {
    let action = ServerAction::<LogInteraction>::new();
    let refused = refusal(action);
    let drafts = expect_context::<Drafts>();
    let summary = NodeRef::<Textarea>::new();
    let sent = StoredValue::new(String::new());
    Effect::new(move || {
        if let Some(field) = summary.get() {
            field.set_value(&drafts.take_up(account, field.value()));
        }
    });
    Effect::new(move || {
        if let Some(input) = action.input().get() {
            sent.set_value(input.summary);
        }
    });
    Effect::new(move || {
        if action.version().get() > 0 && action.value().with(|v| matches!(v, Some(Ok(())))) {
            drafts.logged(account, &sent.get_value());
            if let Some(field) = summary.get_untracked() {
                field.set_value(&drafts.take_up(account, String::new()));
            }
            logged.run(());
        }
    });
    let typing = move |_| {
        if let Some(field) = summary.get_untracked() {
            drafts.keep(account, field.value());
        }
    };
    let kinds = InteractionType::ALL.iter().map(|k| (k.as_str(), k.as_str())).collect::<Vec<_>>();
    let directions = vec![("", "–"), ("out", "we reached out"), ("in", "they reached out")];
    view! {
        <ActionForm action attr:class="log-form" attr:aria-label="Log an interaction" on:input=typing>
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
