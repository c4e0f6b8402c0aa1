//! The account list as a table, with its order and pages as links.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::bulk::BulkBar;
use super::edit::RowEdit;
use super::empty::Empty;
use super::row::Row;
use crate::accounts::AccountPage;
use crate::accounts::dashboard::OpenAccount;
use crate::accounts::query::{Cursor, Direction, Place, Query, Sort};
use crate::team::Workspace;
use crate::ui::live::Desk;

#[component]
pub fn AccountTable(page: RwSignal<AccountPage>, desk: Desk) -> impl IntoView {
    let query = expect_context::<Query>();
    let empty = Memo::new(move |_| page.with(|p| p.rows.is_empty()));
    let edits = desk.with_value(|d| d.viewer.role.edits());
    let params = use_query_map();
    // the row whose form is open
    let editing = Memo::new(move |_| params.with(|p| p.get("row")).filter(|_| edits));
    let rows = move || {
        view! {
            <For each=move || page.with(|p| p.rows.clone()) key=|row| row.clone() let:row>
                {
                    let id = row.id.to_string();
                    let open = Memo::new(move |_| editing.with(|e| e.as_deref() == Some(&id)));
                    move || match open.get() {
                        true => view! { <RowEdit row=row.clone() owners=desk.with_value(Workspace::owners)/> }.into_any(),
                        false => view! { <Row row=row.clone() edits currency=desk.with_value(|d| d.viewer.currency.clone()) now=Signal::derive(move || page.with(|p| p.now))/> }.into_any(),
                    }
                }
            </For>
        }
    };
    move || match empty.get() {
        true => view! { <Empty query=query.get() edits startup=desk.with_value(|d| d.viewer.slug.clone())/> }.into_any(),
        false => view! {
            <div class="list">
                <table aria-label="Accounts" class:by-priority=move || query.with(|q| q.sort == Sort::Priority)>
                    <thead><tr>
                        {edits.then(|| view! { <th scope="col" class="tick"><span class="away">"Selected"</span></th> })}
                        <SortHead sort=Sort::Name label="Account"/>
                        <SortHead sort=Sort::Status label="Status"/>
                        <SortHead sort=Sort::Segment label="Segment" class="wide"/>
                        <SortHead sort=Sort::Mrr label="MRR" class="num"/>
                        <SortHead sort=Sort::Priority label="Priority" class="num prio"/>
                        <SortHead sort=Sort::Health label="Health" class="wide"/>
                        <th scope="col" class="wide">"Owner"</th>
                        <SortHead sort=Sort::LastContact label="Last contact"/>
                        <SortHead sort=Sort::Created label="Added" class="widest"/>
                    </tr></thead>
                    <tbody>{rows()}</tbody>
                </table>
            </div>
            {edits.then(|| view! { <BulkBar desk=desk.get_value()/> })}
            <nav class="pages" aria-label="Pages">
                <PageLink cursor=Signal::derive(move || page.with(|p| p.previous.clone())) place=Place::Before text="← Previous"/>
                <PageLink cursor=Signal::derive(move || page.with(|p| p.next.clone())) place=Place::After text="Next →"/>
            </nav>
        }
        .into_any(),
    }
}

/// A column's head: a link that sorts by it, or turns the order around. A search has the order of likeness.
#[component]
fn SortHead(sort: Sort, label: &'static str, #[prop(default = "")] class: &'static str) -> impl IntoView {
    let query = expect_context::<Query>();
    let open = expect_context::<OpenAccount>();
    let order = Memo::new(move |_| query.with(|q| (q.sort == sort && q.search.is_empty()).then_some(q.direction)));
    let aria = move || order.get().map(|direction| if direction == Direction::Ascending { "ascending" } else { "descending" });
    let arrow = move || order.get().map(|direction| if direction == Direction::Ascending { " ↑" } else { " ↓" });
    let searching = Memo::new(move |_| query.with(|q| !q.search.is_empty()));
    let head = move || match searching.get() {
        true => label.into_any(),
        false => view! { <a href=move || query.with(|q| open.beside(&q.sorted_by(sort)))>{label} {arrow}</a> }.into_any(),
    };
    view! { <th scope="col" class=class aria-sort=aria>{head}</th> }
}

#[component]
fn PageLink(cursor: Signal<Option<Cursor>>, place: fn(Cursor) -> Place, text: &'static str) -> impl IntoView {
    let query = expect_context::<Query>();
    let open = expect_context::<OpenAccount>();
    let address = move || cursor.get().map(|cursor| query.with(|q| open.beside(&q.at(place(cursor)))));
    move || address().map(|href| view! { <a href=href class="btn">{text}</a> })
}
