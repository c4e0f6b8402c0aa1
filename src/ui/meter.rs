//! Short bars. Their width is an SVG attribute: the content policy allows no inline style.

use leptos::prelude::*;

/// A score from 0 to 100 with its bar: good from 67, fair from 40.
#[component]
pub fn Meter(score: i32) -> impl IntoView {
    let meaning = match score {
        67.. => "good",
        40..=66 => "warn",
        _ => "bad",
    };
    view! {
        <span class="meter">
            <svg class=meaning viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                <rect class="track" width="100" height="8"></rect>
                <rect class="fill" width=score.to_string() height="8"></rect>
            </svg>
            {score}
        </span>
    }
}

/// A part of a whole, in percent. What it says stands beside it.
#[component]
pub fn Bar(share: i32) -> impl IntoView {
    view! {
        <svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" width="100" height="8"></rect>
            <rect class="fill" width=share.to_string() height="8"></rect>
        </svg>
    }
}
