//! Fields that a move asks for.

use leptos::prelude::*;

use super::REASONS;
use crate::ui::field::{Choice, Field};

/// When a deal was won, and for how much if that is not known.
#[component]
pub fn WonFields(unpriced: bool) -> impl IntoView {
    view! {
        {unpriced.then(|| view! { <Field label="Amount" name="amount" kind="decimal" focused=true optional=true/> })}
        <Field label="Closed on" name="closed_on" kind="date" optional=true/>
    }
}

/// Why a deal was lost, and when.
#[component]
pub fn LostFields() -> impl IntoView {
    view! {
        <Choice label="Why it was lost" name="reason" options=reasons() focused=true/>
        <Field label="In your own words" name="own_reason" optional=true/>
        <Field label="Closed on" name="closed_on" kind="date" optional=true/>
    }
}

/// Reasons to choose from, with none first: value and what people read.
pub fn reasons() -> Vec<(String, String)> {
    let none = (String::new(), "Choose, or use your own words".to_string());
    std::iter::once(none).chain(REASONS.map(|r| (r.to_string(), r.to_string()))).collect()
}
