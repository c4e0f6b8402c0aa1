//! What Google's terms ask for beside its results, and the owner's decision that comes before them.

use leptos::prelude::*;

use super::Tab;
use crate::enrichment::{GroundingChoice, Insight};

#[component]
pub(super) fn Google(insight: Signal<Insight>, is_owner: bool) -> impl IntoView {
    let Tab { account, .. } = expect_context();
    let said = move || insight.with(|i| (i.has_gemini, i.choice));
    let note = move || {
        match said() {
        (true, None) if is_owner => view! {
            <p class="notice">"Gemini is connected, and waits for your decision: " <a href="/settings/research">"what may be sent to Google, and who sees what comes back"</a> "."</p>
        }
        .into_any(),
        (true, None) => view! { <p class="quiet">"Gemini is connected. Before anything is sent to Google, the startup’s owner decides in the settings."</p> }.into_any(),
        (true, Some(GroundingChoice::OnRequest)) => view! { <p class="quiet">"What Google Search finds is shown to whoever asks for it, and to nobody else."</p> }.into_any(),
        _ => ().into_any(),
    }
    };
    let runs =
        Memo::new(move |_| insight.with(|i| i.researched.runs.iter().filter(|r| r.has_suggestions).map(|r| r.id).collect::<Vec<_>>()));
    view! {
        {note}
        <For each=move || runs.get() key=|run| *run let:run>
            <iframe class="suggestions" title="Google Search Suggestions" src=format!("/accounts/{account}/suggestions/{run}")
                sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
        </For>
    }
}
