//! What research found. Nothing yet: research is not part of this version, and the page says so.

use leptos::prelude::*;

#[component]
pub fn Intelligence() -> impl IntoView {
    view! {
        <section class="notice">
            <h2>"Nothing is known from research"</h2>
            <p>"This version does not research accounts yet. What it finds will stand here: each fact with its source, its date, and who found it."</p>
        </section>
    }
}
