//! What stands where no accounts are.

use leptos::prelude::*;

use crate::accounts::query::{ListQuery, Place};

#[component]
pub fn Empty(query: ListQuery, edits: bool, startup: String) -> impl IntoView {
    if query.place != Place::First {
        let first = query.at(Place::First).at_list();
        return view! { <div class="notice"><h2>"Nothing further this way"</h2><p><a class="btn" href=first>"To the first page"</a></p></div> }.into_any();
    }
    if !query.search.is_empty() {
        let filtered = !query.filter.is_empty();
        return view! {
            <div class="notice">
                <h2>"Nothing found for “" {query.search} "”" {filtered.then_some(" within the filter")}</h2>
                <p><a class="btn" href="/">"All accounts"</a></p>
            </div>
        }
        .into_any();
    }
    if !query.filter.is_empty() {
        return view! { <div class="notice"><h2>"No account is like that"</h2><p><a class="btn" href="/">"All accounts"</a></p></div> }
            .into_any();
    }
    view! {
        <div class="notice">
            <h2>"No accounts yet"</h2>
            {edits.then(|| view! { <p><a class="btn primary" href="/accounts/new">"Add the first one"</a></p> })}
            <p>"Whoever runs this server can bring a book of business in, from CSV files of accounts, deals and sales people:"</p>
            <code>{format!("make import startup={startup} files=\"accounts.csv deals.csv\"")}</code>
        </div>
    }
    .into_any()
}
