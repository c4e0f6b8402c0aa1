//! The calendar's drawer beside the board: making a private address, and taking it back.

use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use super::api::{MakeFeed, RevokeFeed, read_calendar};
use super::{CalendarRoom, Feed, Whose};
use crate::pipeline::query::Asked;
use crate::ui::clipboard::CopyField;
use crate::ui::field::{MadeFor, refusal};
use crate::ui::focus::focus_when_opened;
use crate::ui::live::{Live, Shown};
use crate::ui::time::date;
use crate::ui::title::PageTitle;

#[component]
pub fn CalendarDrawer() -> impl IntoView {
    let asked = expect_context::<Asked>();
    let query = use_query_map();
    let link = Memo::new(move |_| query.with(|q| q.get("link")));
    let panel = NodeRef::<html::Section>::new();
    focus_when_opened(Memo::new(|_| "calendar".to_string()), panel);
    view! {
        <PageTitle text="Calendar"/>
        <section class="panel" aria-label="Calendar" tabindex="-1" node_ref=panel>
            <a href=move || asked.with(|a| a.at_board()) class="btn plain close" aria-label="Close" data-key="Escape">"✕"</a>
            <h1>"Calendar"</h1>
            <p>
                "Expected closes in your own calendar: each open deal on its day, with its account, amount and stage. Your calendar reads a private address and asks again by itself."
            </p>
            <Live source=link read=read_calendar show=|room, _| view! { <Room room/> }.into_any() waiting="Reading the addresses…"/>
        </section>
    }
}

/// The forms are plain: each leads to a page made anew.
#[component]
fn Room(room: Shown<CalendarRoom>) -> impl IntoView {
    let (made, feeds) = (room.clone(), room.clone());
    let startup = room.with_untracked(|room| room.startup);
    view! {
        {move || made.with(|room| room.made.clone()).map(|address| view! { <NewAddress address/> })}
        <MakeForm startup/>
        {move || view! { <Feeds feeds=feeds.with(|room| room.feeds.clone())/> }}
    }
}

#[component]
fn NewAddress(address: String) -> impl IntoView {
    view! {
        <section class="made" aria-labelledby="made">
            <h2 id="made">"Your new address"</h2>
            <p role="status">"Copy it now: it is not shown again. Whoever has it can read these deals, until you revoke it."</p>
            <CopyField label="Address" text=address/>
            <ul>
                <li>"Google Calendar: Other calendars, From URL"</li>
                <li>"Outlook: Add calendar, Subscribe from web"</li>
                <li>"Apple Calendar: File, New Calendar Subscription"</li>
            </ul>
        </section>
    }
}

#[component]
fn MakeForm(startup: uuid::Uuid) -> impl IntoView {
    let asked = expect_context::<Asked>();
    let refused = refusal(ServerAction::<MakeFeed>::new());
    let choice = |whose: Whose, label: &'static str| {
        view! { <label class="tick"><input type="radio" name="whose" value=whose.as_str() checked=whose == Whose::Mine/>{label}</label> }
    };
    view! {
        <form class="form" method="post" action=MakeFeed::url() aria-label="New address">
            <MadeFor startup/>
            <input type="hidden" name="back" value=move || asked.with(|a| a.at_calendar())/>
            <p class="problem" role="alert">{move || refused.get().map(|error| error.to_string())}</p>
            <fieldset>
                <legend>"Which deals"</legend>
                {choice(Whose::Mine, "My deals")}
                {choice(Whose::Everybodys, "All deals")}
            </fieldset>
            <div class="line end"><button class="btn primary" type="submit">"Make an address"</button></div>
        </form>
    }
}

#[component]
fn Feeds(feeds: Vec<Feed>) -> impl IntoView {
    let asked = expect_context::<Asked>();
    let refused = refusal(ServerAction::<RevokeFeed>::new());
    let none = feeds.is_empty();
    let row = move |feed: Feed| {
        let whose = match (feed.whose, feed.own) {
            (Whose::Everybodys, _) => "All deals".to_string(),
            (Whose::Mine, true) => "My deals".to_string(),
            (Whose::Mine, false) => format!("Deals of {}", feed.made_by),
        };
        let made = format!("made {} by {}", date(feed.created_at), if feed.own { "you" } else { &feed.made_by });
        let label = format!("Revoke the address of {}, {made}", whose.to_lowercase());
        view! {
            <li class="line">
                <b>{whose}</b>
                <small>{made}</small>
                <form class="acts" method="post" action=RevokeFeed::url()>
                    <input type="hidden" name="feed" value=feed.id.to_string()/>
                    <input type="hidden" name="back" value=move || asked.with(|a| a.at_calendar())/>
                    <button class="btn plain" type="submit" aria-label=label>"Revoke"</button>
                </form>
            </li>
        }
    };
    view! {
        <section aria-labelledby="feeds">
            <h2 id="feeds">"Addresses in use"</h2>
            <p class="problem" role="alert">{move || refused.get().map(|error| error.to_string())}</p>
            <ul class="cards">{feeds.into_iter().map(row).collect_view()}</ul>
            {none.then(|| view! { <p class="quiet">"None."</p> })}
        </section>
    }
}
