//! Search and filters of the board. They are a form whose fields are the address; alive, a change asks at once.

use leptos::ev::{Event, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlFormElement, HtmlInputElement, HtmlSelectElement};
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::filter::{Closing, DealFilter, Span};
use super::page::OpenDeal;
use super::query::Asked;
use crate::accounts::Segment;
use crate::accounts::filter::Owner;
use crate::money::Money;
use crate::team::Workspace;
use crate::ui::filter::{OwnerChoice, Ticks, asked};

const FIELDS: [&str; 8] = ["q", "owner", "segment", "close", "from", "to", "min", "max"];

#[component]
pub fn Filters(desk: Workspace) -> impl IntoView {
    let filter = expect_context::<Asked>();
    let open = expect_context::<OpenDeal>();
    let form = NodeRef::<html::Form>::new();
    let navigate = use_navigate();
    let ask = StoredValue::new(move || {
        if let Some(params) = form.get_untracked().and_then(|form| asked(&form, &FIELDS)) {
            let address = untrack(|| open.beside(&DealFilter::from_params(&params)));
            navigate(&address, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    });
    let submit = move |ev: SubmitEvent| {
        ev.prevent_default();
        ask.with_value(|ask| ask());
    };
    let change = move |ev: Event| {
        if let Some(form) = form.get_untracked() {
            one_way_to_say_when(&form, &ev);
        }
        ask.with_value(|ask| ask());
    };
    let edits = desk.viewer.role.edits();
    let segments = Signal::derive(move || filter.with(|f| f.segments.iter().map(|s| s.as_str()).collect()));
    let owner = Signal::derive(move || filter.with(|f| f.owner.map(Owner::text).unwrap_or_default()));
    view! {
        <form class="top" method="get" action="/pipeline" role="search" aria-label="Deals" node_ref=form on:submit=submit on:change=change>
            <h1>"Pipeline"</h1>
            <div class="search">
                <input type="search" name="q" value=filter.get_untracked().search prop:value=move || filter.with(|f| f.search.clone()) data-key="/"
                    placeholder="Search deals, accounts" aria-label="Search deals by name or account"/>
            </div>
            <div class="filters">
                <When filter/>
                <OwnerChoice desk chosen=owner/>
                <Ticks label="Segment" name="segment" words=Segment::ALL.iter().map(|s| s.as_str()).collect() ticked=segments/>
                <Amount filter/>
                <a class="btn plain" href="/pipeline" hidden=move || filter.with(DealFilter::is_empty)>"Clear"</a>
                <noscript><button class="btn">"Apply"</button></noscript>
                <a class="btn plain out" href=move || filter.with(|f| f.at_calendar())>"Calendar"</a>
                {edits.then(|| view! { <a class="btn plain" href=move || filter.with(|f| f.at_export()) rel="external" download="">"Export CSV"</a> })}
            </div>
        </form>
    }
}

/// A span and days of one's own exclude each other: the one chosen last counts.
fn one_way_to_say_when(form: &HtmlFormElement, ev: &Event) {
    let name = ev.target().and_then(|t| js_name(&t)).unwrap_or_default();
    let field = |name: &str| form.elements().named_item(name);
    match name.as_str() {
        "from" | "to" => {
            if let Some(select) = field("close").and_then(|f| f.dyn_into::<HtmlSelectElement>().ok()) {
                select.set_value("");
            }
        }
        "close" => {
            for day in ["from", "to"] {
                if let Some(input) = field(day).and_then(|f| f.dyn_into::<HtmlInputElement>().ok()) {
                    input.set_value("");
                }
            }
        }
        _ => {}
    }
}

fn js_name(target: &leptos::web_sys::EventTarget) -> Option<String> {
    target.dyn_ref::<leptos::web_sys::Element>()?.get_attribute("name")
}

#[component]
fn When(filter: Asked) -> impl IntoView {
    let said = move || {
        filter.with(|f| match f.closing {
            Closing::Whenever => "Closing".to_string(),
            Closing::Within(span) => format!("Closing: {}", span.label().to_lowercase()),
            Closing::Between(Some(from), Some(to)) => format!("Closing: {from} to {to}"),
            Closing::Between(Some(from), None) => format!("Closing: from {from}"),
            Closing::Between(None, to) => format!("Closing: to {}", to.map(|d| d.to_string()).unwrap_or_default()),
        })
    };
    let on = move || filter.with(|f| f.closing != Closing::Whenever);
    let day = move |read: fn(Closing) -> Option<chrono::NaiveDate>| {
        move || filter.with(|f| read(f.closing).map(|d| d.to_string()).unwrap_or_default())
    };
    let from = day(|c| if let Closing::Between(from, _) = c { from } else { None });
    let to = day(|c| if let Closing::Between(_, to) = c { to } else { None });
    let spans = Span::ALL.iter().map(|span| {
        let chosen = move || filter.with(|f| f.closing == Closing::Within(*span));
        view! { <option value=span.as_str() selected=untrack(chosen) prop:selected=chosen>{span.label()}</option> }
    });
    view! {
        <details class="chip menu" class:on=on>
            <summary>{said}</summary>
            <div class="float">
                <label>"Closing"<select name="close"><option value="">"Any day"</option>{spans.collect_view()}</select></label>
                <label>"or from"<input type="date" name="from" value=untrack(from) prop:value=from/></label>
                <label>"to"<input type="date" name="to" value=untrack(to) prop:value=to/></label>
            </div>
        </details>
    }
}

#[component]
fn Amount(filter: Asked) -> impl IntoView {
    let plain = |amount: Option<Money>| amount.map(|a| if a == Money::ZERO { "0".into() } else { a.plain() }).unwrap_or_default();
    let least = move || filter.with(|f| plain(f.least));
    let most = move || filter.with(|f| plain(f.most));
    let said = move || match (least(), most()) {
        (least, most) if least.is_empty() && most.is_empty() => "Amount".to_string(),
        (least, most) if most.is_empty() => format!("Amount: {least} and more"),
        (least, most) if least.is_empty() => format!("Amount: up to {most}"),
        (least, most) => format!("Amount: {least} to {most}"),
    };
    let on = move || filter.with(|f| f.least.is_some() || f.most.is_some());
    view! {
        <details class="chip menu" class:on=on>
            <summary>{said}</summary>
            <div class="float">
                <label>"From"<input type="text" inputmode="decimal" name="min" value=untrack(least) prop:value=least/></label>
                <label>"To"<input type="text" inputmode="decimal" name="max" value=untrack(most) prop:value=most/></label>
            </div>
        </details>
    }
}
