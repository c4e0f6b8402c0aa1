//! The log as it is read, newest first.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::Interaction;
use crate::ui::time::Ago;

#[component]
pub fn Timeline(interactions: Vec<Interaction>, now: DateTime<Utc>) -> impl IntoView {
    if interactions.is_empty() {
        return view! { <p class="quiet">"Nothing logged yet."</p> }.into_any();
    }
    let entries = interactions.into_iter().map(|entry| {
        let direction = match entry.direction.as_deref() {
            Some("in") => " in",
            Some("out") => " out",
            _ => "",
        };
        let author = entry.author.unwrap_or_else(|| "A former member".into());
        view! {
            <li>
                <div class="line"><b>{entry.kind.as_str()} {direction}</b><small>{author} " · " <Ago at=entry.occurred_at now/></small></div>
                <p>{entry.summary}</p>
            </li>
        }
    });
    view! { <ol class="timeline">{entries.collect_view()}</ol> }.into_any()
}
