//! The top of the panel: what the account is at a glance, and its tabs.

use leptos::html;
use leptos::prelude::*;

use super::PanelPlace;
use crate::accounts::health::Health;
use crate::accounts::query::Tab;
use crate::accounts::{Account, AccountDetail, MANY};
use crate::binned::{BinButton, Thing};
use crate::money::Money;
use crate::team::initials;
use crate::ui::clipboard;
use crate::ui::frame::notified_elsewhere;
use crate::ui::live::Desk;
use crate::ui::tag::{Tag, Tone};
use crate::ui::time::ago;

/// The way back to the list.
#[component]
pub fn Close() -> impl IntoView {
    let place = expect_context::<PanelPlace>();
    view! { <a href=move || place.query.with(|q| q.at_list()) class="btn plain close" aria-label="Close the account" data-key="Escape">"✕"</a> }
}

#[component]
pub fn Header(account: Signal<Account>, detail: RwSignal<AccountDetail>, desk: Desk) -> impl IntoView {
    let place = expect_context::<PanelPlace>();
    let viewer = desk.with_value(|d| d.viewer.clone());
    let (edits, manages, currency, slug) = (viewer.role.edits(), viewer.role.manages(), viewer.currency, viewer.slug);
    let stale = move || {
        let (is_stale, at) = account.with(|a| (a.stale, a.last_enriched));
        at.filter(|_| is_stale).map(|at| view! { <Tag tone=Tone::Warn text=format!("Stale · {}", ago(at, detail.with(|d| d.now)))/> })
    };
    let mrr = move || account.with(|a| if a.mrr == Money::ZERO { "no MRR".to_string() } else { format!("{} MRR", a.mrr.show(&currency)) });
    let owner = move || match account.with(|a| a.owner.clone()) {
        Some(name) => {
            view! { "owner " <span class="who" title=name.clone() role="img" aria-label=name.clone()>{initials(&name)}</span> }.into_any()
        }
        None => "no owner".into_any(),
    };
    view! {
        <header>
            <div class="line">
                <h1>{move || account.with(|a| a.name.clone())}</h1>
                {move || account.with(|a| view! { <Tag tone=a.status.tone() text=a.status.as_str()/> })}
                {stale}
            </div>
            <div class="line quiet glance">
                <span>{move || account.with(|a| a.segment.as_str())}</span>
                <Health health=Signal::derive(move || account.with(|a| a.health))/>
                <span>{mrr}</span>
                <span>{owner}</span>
            </div>
            <div class="line acts">
                {edits.then(|| view! { <a class="btn" href=move || place.query.with(|q| q.at_edit(&account.with(|a| a.id.to_string()), Tab::Overview, "name")) data-key="e">"Edit"</a> })}
                <CopyLink slug/>
                {manages.then(|| view! { <BinAccount account/> })}
            </div>
        </header>
    }
}

/// Copies the address with the startup in it, so that it opens the same for a teammate who has several. A link without
/// JavaScript: then the browser's own menu copies it.
#[component]
fn CopyLink(slug: String) -> impl IntoView {
    let place = expect_context::<PanelPlace>();
    let address = move || {
        let here = place.here();
        format!("{here}{}team={slug}", if here.contains('?') { '&' } else { '?' })
    };
    let (copied, set_copied) = signal(false);
    let link = NodeRef::<html::A>::new();
    let copy = move |ev: leptos::ev::MouseEvent| {
        ev.prevent_default();
        if let Some(link) = link.get_untracked() {
            let fade = move || {
                set_copied.try_set(false);
            };
            clipboard::copy(&link.href(), move || {
                set_copied.try_set(true);
                set_timeout(fade, std::time::Duration::from_secs(2));
            });
        }
    };
    view! {
        <a class="btn" href=address node_ref=link on:click=copy rel="external">"Copy link"</a>
        <span class="quiet" role="status">{move || copied.get().then_some("Copied")}</span>
    }
}

#[component]
fn BinAccount(account: Signal<Account>) -> impl IntoView {
    let place = expect_context::<PanelPlace>();
    let list = Signal::derive(move || place.query.with(|q| q.at_list()));
    let id = Signal::derive(move || account.with(|a| a.id.to_string()));
    let name = Signal::derive(move || account.with(|a| a.name.clone()));
    view! { <BinButton thing=Thing::Account id name back=list go=list done=notified_elsewhere()/> }
}

/// The tabs are links: each is an address of its own.
#[component]
pub fn Tabs(account: Signal<Account>) -> impl IntoView {
    let place = expect_context::<PanelPlace>();
    let count = |n: i64| if n >= MANY { format!("{}+", MANY - 1) } else { n.to_string() };
    let tab = move |tab: Tab, text: &'static str, number: Option<fn(&Account) -> i64>| {
        let current = move || (place.tab.get() == tab).then_some("page");
        view! {
            <a href=move || place.tab(tab) aria-current=current>
                {text}{number.map(|number| view! { <b>{move || count(account.with(number))}</b> })}
            </a>
        }
    };
    view! {
        <nav class="tabs" aria-label="Account">
            {tab(Tab::Overview, "Overview", None)}
            {tab(Tab::Contacts, "Contacts", Some(|a| a.contacts))}
            {tab(Tab::Deals, "Deals", Some(|a| a.deals))}
            {tab(Tab::Activity, "Activity", Some(|a| a.interactions))}
            {tab(Tab::Intelligence, "Intelligence", None)}
        </nav>
    }
}
