//! Health with its parts, which show on hover and focus.

use leptos::prelude::*;

use super::HealthParts;
use crate::ui::meter::{Bar, Meter};

/// The parts, the most that each can come to, and what it is about.
fn parts(health: HealthParts) -> [(&'static str, i32, i32, &'static str); 4] {
    [
        ("Recency", health.recency, 40, "days since the last contact"),
        ("Deals", health.deals_part, 30, "won, open and moving, lost"),
        ("Sentiment", health.sentiment, 15, "of the last ten interactions that have one"),
        ("Status", health.status_part, 15, "Active 15, Trial 10, Lead 8, Churned 0"),
    ]
}

/// A score that opens into what it is made of.
#[component]
pub fn Health(#[prop(into)] health: Signal<HealthParts>) -> impl IntoView {
    view! {
        <span class="health">
            <button type="button" class="score" aria-describedby="health-parts">
                <span class="away">"Health "</span>{move || view! { <Meter score=health.get().score()/> }}
            </button>
            <span class="float parts" role="tooltip" id="health-parts">
                {move || parts(health.get()).map(|(name, points, most, about)| view! {
                    <span class="part">
                        <span>{name}</span><Bar share=100 * points / most/><span class="num">{points} " of " {most}</span>
                        <small>{about}</small>
                    </span>
                }).collect_view()}
                <span class="part sum"><span>"Health"</span><span></span><span class="num">{move || health.get().score()} " of 100"</span></span>
            </span>
        </span>
    }
}
