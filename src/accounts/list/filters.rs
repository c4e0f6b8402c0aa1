//! Search and filters, as a form whose answer is an address.

use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::accounts::dashboard::OpenAccount;
use crate::accounts::filter::{Filter, Owner};
use crate::accounts::query::{ListQuery, Place, Query};
use crate::accounts::{Kind, Segment, Status};
use crate::team::Workspace;
use crate::ui::filter::{OwnerChoice, Ticks, asked};

#[component]
pub fn Filters(desk: Workspace) -> impl IntoView {
    let query = expect_context::<Query>();
    let open = expect_context::<OpenAccount>();
    let form = NodeRef::<html::Form>::new();
    let navigate = use_navigate();
    let go = StoredValue::new(move |query: &ListQuery| {
        let address = untrack(|| open.beside(query));
        navigate(&address, NavigateOptions { scroll: false, ..NavigateOptions::default() });
    });
    let ask = move || {
        if let Some(asked) = form
            .get_untracked()
            .and_then(|form| asked(&form, &["q", "status", "segment", "kind", "owner", "health_min", "health_max", "stale"]))
        {
            // a new question starts at its first page, in the order that was there
            let query = ListQuery {
                sort: query.get_untracked().sort,
                direction: query.get_untracked().direction,
                place: Place::First,
                ..ListQuery::from_params(&asked)
            };
            go.with_value(|go| go(&query));
        }
    };
    let submit = move |ev: SubmitEvent| {
        ev.prevent_default();
        ask();
    };
    let filter = Memo::new(move |_| query.with(|q| q.filter.clone()));
    let with = move |has: fn(&Filter) -> bool| Signal::derive(move || filter.with(has));
    view! {
        <form class="top" method="get" action=move || open.id.get().map_or("/".into(), |id| format!("/accounts/{id}")) role="search" aria-label="Accounts" node_ref=form on:submit=submit on:change=move |_| ask()>
            <h1>"Accounts"</h1>
            // without JavaScript the order goes along; alive it is there already
            <input type="hidden" name="sort" value=move || query.with(|q| q.sort.as_str())/>
            <input type="hidden" name="dir" value=move || query.with(|q| q.direction.as_str())/>
            <div class="search">
                <input type="search" name="q" value=query.get_untracked().search prop:value=move || query.with(|q| q.search.clone()) data-key="/"
                    placeholder="Search names, domains, people" aria-label="Search accounts by name, domain or contact"/>
            </div>
            <div class="filters">
                <Ticks label="Status" name="status" words=Status::ALL.iter().map(|s| s.as_str()).collect()
                    ticked=Signal::derive(move || filter.with(|f| f.statuses.iter().map(|s| s.as_str()).collect()))/>
                <Ticks label="Segment" name="segment" words=Segment::ALL.iter().map(|s| s.as_str()).collect()
                    ticked=Signal::derive(move || filter.with(|f| f.segments.iter().map(|s| s.as_str()).collect()))/>
                <Ticks label="Kind" name="kind" words=Kind::ALL.iter().map(|s| s.as_str()).collect()
                    ticked=Signal::derive(move || filter.with(|f| f.kinds.iter().map(|s| s.as_str()).collect()))/>
                <OwnerChoice desk chosen=Signal::derive(move || filter.with(|f| f.owner.map(Owner::text).unwrap_or_default()))/>
                <Range filter/>
                <label class="chip" class:on=with(|f| f.stale)><input type="checkbox" name="stale" value="1" checked=filter.get_untracked().stale prop:checked=with(|f| f.stale)/>"Stale only"</label>
                <a class="btn plain" href="/" hidden=with(|f| f.is_empty())>"Clear"</a>
                <noscript><button class="btn">"Apply"</button></noscript>
            </div>
        </form>
    }
}

#[component]
fn Range(filter: Memo<Filter>) -> impl IntoView {
    let said = move || filter.with(|f| if f.has_health() { format!("Health: {} to {}", f.health.0, f.health.1) } else { "Health".into() });
    let least = move || filter.with(|f| if f.health.0 > 0 { f.health.0.to_string() } else { String::new() });
    let most = move || filter.with(|f| if f.health.1 < 100 { f.health.1.to_string() } else { String::new() });
    view! {
        <details class="chip menu" class:on=move || filter.with(Filter::has_health)>
            <summary>{said}</summary>
            <div class="float">
                <label>"From"<input type="number" name="health_min" min="0" max="100" placeholder="0" value=untrack(least) prop:value=least/></label>
                <label>"To"<input type="number" name="health_max" min="0" max="100" placeholder="100" value=untrack(most) prop:value=most/></label>
            </div>
        </details>
    }
}
