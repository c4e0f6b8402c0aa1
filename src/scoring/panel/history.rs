//! How a score went, as a small line with its numbers as text.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::ui::time::date;

const WIDE: f64 = 200.0;
const HIGH: f64 = 40.0;

#[component]
pub fn History(history: Vec<(DateTime<Utc>, i32)>) -> impl IntoView {
    let (first, last) = (history.first().copied()?, history.last().copied()?);
    if history.len() < 2 {
        return None;
    }
    let span = (last.0 - first.0).num_seconds().max(1) as f64;
    let place = |(at, score): &(DateTime<Utc>, i32)| {
        let x = WIDE * (*at - first.0).num_seconds() as f64 / span;
        format!("{x:.1},{:.1}", HIGH - HIGH * f64::from(*score) / 100.0)
    };
    let path = history.iter().map(place).collect::<Vec<_>>().join(" ");
    let says = format!("{} scores, from {} on {} to {} on {}", history.len(), first.1, date(first.0), last.1, date(last.0));
    let rows = history.iter().rev().map(|(at, score)| view! { <li>{date(*at)} ": " {*score}</li> }).collect_view();
    Some(view! {
        <figure class="score-history">
            <svg viewBox="-2 -2 204 44" role="img" aria-label=says.clone()>
                <line class="ground" x1="0" y1="40" x2="200" y2="40"></line>
                <polyline class="run" points=path></polyline>
            </svg>
            <figcaption><small>{says}</small></figcaption>
            <details><summary>"Each score"</summary><ul>{rows}</ul></details>
        </figure>
    })
}
