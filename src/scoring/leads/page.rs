//! The page of leads: filters, table, pages.

use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::api::list_leads;
use super::row::LeadRow;
use super::{LeadPage, at_leads, by_priority};
use crate::accounts::Status;
use crate::accounts::filter::Owner;
use crate::accounts::query::{Cursor, ListQuery, Place, Query};
use crate::error::AppError;
use crate::team::Workspace;
use crate::ui::filter::{OwnerChoice, Ticks, asked};
use crate::ui::frame::{Changes, WithDesk};
use crate::ui::live::{Desk, Live, Shown};
use crate::ui::title::PageTitle;

#[component]
pub fn LeadsPage() -> impl IntoView {
    let params = use_query_map();
    let query: Query = Memo::new(move |_| by_priority(&params.with(ListQuery::from_params)));
    provide_context(query);
    let changes = expect_context::<Changes>();
    let source = Memo::new(move |_| (query.get(), changes.count()));
    let (busy, set_busy) = signal(false);
    view! {
        <PageTitle text="Leads"/>
        <main class="page leads" id="main" tabindex="-1" aria-busy=move || busy.get().to_string()>
            <WithDesk show=|desk| view! { <Filters desk/> }.into_any()/>
            <Live source read show=|page, desk| view! { <Table page desk/> }.into_any() waiting="Reading leads…" busy=set_busy/>
        </main>
    }
}

async fn read((query, _): (ListQuery, u32)) -> Result<LeadPage, AppError> {
    list_leads(query).await
}

#[component]
fn Filters(desk: Workspace) -> impl IntoView {
    let query = expect_context::<Query>();
    let form = NodeRef::<html::Form>::new();
    let navigate = use_navigate();
    let ask = move || {
        if let Some(asked) = form.get_untracked().and_then(|form| asked(&form, &["status", "owner"])) {
            let query = ListQuery { place: Place::First, ..by_priority(&ListQuery::from_params(&asked)) };
            navigate(&at_leads(&query), NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    };
    let filter = Memo::new(move |_| query.with(|q| q.filter.clone()));
    view! {
        <form class="top" method="get" action="/insights" role="search" aria-label="Leads" node_ref=form on:change=move |_| ask()>
            <h1>"Leads"</h1>
            <div class="filters">
                <Ticks label="Status" name="status" words=Status::ALL.iter().map(|s| s.as_str()).collect()
                    ticked=Signal::derive(move || filter.with(|f| f.statuses.iter().map(|s| s.as_str()).collect()))/>
                <OwnerChoice desk chosen=Signal::derive(move || filter.with(|f| f.owner.map(Owner::text).unwrap_or_default()))/>
                <a class="btn plain" href="/insights" hidden=move || filter.with(|f| f.is_empty())>"Clear"</a>
                <noscript><button class="btn">"Apply"</button></noscript>
            </div>
        </form>
    }
}

#[component]
fn Table(page: Shown<LeadPage>, desk: Desk) -> impl IntoView {
    let page = RwSignal::from(page);
    let empty = Memo::new(move |_| page.with(|p| p.page.rows.is_empty()));
    let now = Signal::derive(move || page.with(|p| p.page.now));
    let rows = move || page.with(|p| p.page.rows.iter().cloned().zip(p.leads.iter().cloned()).collect::<Vec<_>>());
    let currency = StoredValue::new(desk.with_value(|d| d.viewer.currency.clone()));
    move || {
        match empty.get() {
        true => view! {
            <div class="notice"><h2>"No leads here"</h2><p>"Nothing matches, or there are no accounts yet. "<a class="src" href="/insights">"All leads"</a></p></div>
        }
        .into_any(),
        false => view! {
            <div class="list">
                <table class="by-priority" aria-label="Leads, by priority">
                    <thead><tr>
                        <th scope="col">"Account"</th><th scope="col" class="num">"Priority"</th><th scope="col">"Score"</th><th scope="col">"Parts"</th>
                        <th scope="col" class="wide">"Researched"</th><th scope="col" class="num wide">"Open deals"</th><th scope="col" class="wide">"Owner"</th>
                    </tr></thead>
                    <tbody>
                        <For each=rows key=|row| row.clone() let:row><LeadRow row=row.0 lead=row.1 currency=currency.get_value() now/></For>
                    </tbody>
                </table>
                <p class="quiet">"Priority, 0 to 100: 60 % of the best contact’s score, up to 25 for the value of open deals, 15 while research is younger than 30 days (7 up to 90). Fit is measured against your "<a class="src" href="/settings/icp">"ideal customer"</a>"."</p>
            </div>
            <nav class="pages" aria-label="Pages">
                <PageLink cursor=Signal::derive(move || page.with(|p| p.page.previous.clone())) place=Place::Before text="← Previous"/>
                <PageLink cursor=Signal::derive(move || page.with(|p| p.page.next.clone())) place=Place::After text="Next →"/>
            </nav>
        }
        .into_any(),
    }
    }
}

#[component]
fn PageLink(cursor: Signal<Option<Cursor>>, place: fn(Cursor) -> Place, text: &'static str) -> impl IntoView {
    let query = expect_context::<Query>();
    let address = move || cursor.get().map(|cursor| query.with(|q| at_leads(&q.at(place(cursor)))));
    move || address().map(|href| view! { <a href=href class="btn">{text}</a> })
}
