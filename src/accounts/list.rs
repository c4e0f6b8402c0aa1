//! The account list as a table, with its order and pages as links.

use leptos::prelude::*;

use super::query::{Direction, ListQuery, Place, Query, Sort};
use super::{AccountPage, AccountRow};
use crate::money::Money;
use crate::team::initials;
use crate::ui::meter::Meter;
use crate::ui::tag::{Tag, Tone};
use crate::ui::time::Ago;

/// `open` is the id of the account whose panel is open.
#[component]
pub fn AccountTable(page: AccountPage, query: Query, open: Memo<Option<String>>) -> impl IntoView {
    if page.rows.is_empty() {
        return view! { <Empty query=query.get_untracked() startup=page.startup/> }.into_any();
    }
    let AccountPage { rows, previous, next, currency, now, .. } = page;
    let rows = rows.into_iter().map(|row| {
        let AccountRow { id, name, domain, status, segment, mrr, health, owner, last_contact, stale, .. } = row;
        let id = id.to_string();
        let address = { let id = id.clone(); move || format!("/accounts/{id}{}", query.get().to_query_string()) };
        let current = move || open.with(|open| open.as_deref() == Some(&id)).then_some("true");
        view! {
            <tr aria-current=current>
                <th scope="row"><a href=address>{name}</a>{domain.map(|d| view! { <span class="sub">{d}</span> })}</th>
                <td><Tag tone=status.tone() text=status.as_str()/></td>
                <td class="wide">{segment.as_str()}</td>
                <td class="num">{if mrr == Money::ZERO { "–".into() } else { mrr.show(&currency) }}</td>
                <td class="wide"><Meter score=health/></td>
                <td class="wide">{owner.map(|o| view! { <span class="who" title=o.clone() aria-label=o.clone()>{initials(&o)}</span> })}</td>
                <td>{last_contact.map_or_else(|| view! { <span class="quiet">"never"</span> }.into_any(), |at| view! { <Ago at now/> }.into_any())}
                    {stale.then(|| view! { " " <Tag tone=Tone::Warn text="Stale"/> })}</td>
            </tr>
        }
    });
    view! {
        <div class="list">
            <table aria-label="Accounts">
                <thead><tr>
                    <SortHead query sort=Sort::Name label="Account"/>
                    <SortHead query sort=Sort::Status label="Status"/>
                    <SortHead query sort=Sort::Segment label="Segment" class="wide"/>
                    <SortHead query sort=Sort::Mrr label="MRR" class="num"/>
                    <SortHead query sort=Sort::Health label="Health" class="wide"/>
                    <th scope="col" class="wide">"Owner"</th>
                    <SortHead query sort=Sort::LastContact label="Last contact"/>
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        <nav class="pages" aria-label="Pages">
            {previous.map(|cursor| view! { <PageLink query place=Place::Before(cursor) text="← Previous"/> })}
            {next.map(|cursor| view! { <PageLink query place=Place::After(cursor) text="Next →"/> })}
        </nav>
    }
    .into_any()
}

/// A column's head: a link that sorts by it, or turns the order around. A search has the order of likeness.
#[component]
fn SortHead(query: Query, sort: Sort, label: &'static str, #[prop(default = "")] class: &'static str) -> impl IntoView {
    let current = query.get_untracked();
    let sorted = current.sort == sort && current.search.is_empty();
    let (aria, arrow) = match (sorted, current.direction) {
        (false, _) => (None, ""),
        (true, Direction::Ascending) => (Some("ascending"), " ↑"),
        (true, Direction::Descending) => (Some("descending"), " ↓"),
    };
    if current.search.is_empty() {
        let address = address(&current.sorted_by(sort));
        view! { <th scope="col" class=class aria-sort=aria><a href=address>{label} {arrow}</a></th> }.into_any()
    } else {
        view! { <th scope="col" class=class>{label}</th> }.into_any()
    }
}

#[component]
fn PageLink(query: Query, place: Place, text: &'static str) -> impl IntoView {
    view! { <a href=address(&query.get_untracked().at(place)) class="btn">{text}</a> }
}

fn address(query: &ListQuery) -> String {
    format!("/{}", query.to_query_string())
}

#[component]
fn Empty(query: ListQuery, startup: String) -> impl IntoView {
    let ListQuery { search, place, .. } = query;
    if place != Place::First {
        return view! { <div class="notice"><h2>"Nothing further this way"</h2><p><a class="btn" href="/">"To the first page"</a></p></div> }.into_any();
    }
    if !search.is_empty() {
        return view! { <div class="notice"><h2>"Nothing found for “" {search} "”"</h2><p><a class="btn" href="/">"All accounts"</a></p></div> }.into_any();
    }
    view! {
        <div class="notice">
            <h2>"No accounts yet"</h2>
            <p>"Whoever runs this server can bring a book of business in, from CSV files of accounts, deals and sales people:"</p>
            <code>{format!("make import startup={startup} files=\"accounts.csv deals.csv\"")}</code>
        </div>
    }
    .into_any()
}
