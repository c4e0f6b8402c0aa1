//! An account's panel: beside the list on a wide screen, a page of its own on a phone.

mod header;
mod overview;
mod place;

pub use place::PanelPlace;

use leptos::html;
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::{use_params_map, use_query_map};
use uuid::Uuid;

use super::api::get_account;
use super::query::{Query, Tab};
use super::{Account, AccountDetail, TabContent};
use crate::contacts::ContactList;
use crate::deals::DealTable;
use crate::enrichment::Intelligence;
use crate::error::AppError;
use crate::interactions::{Activity, LogForm, Timeline};
use crate::ui::focus::focus_when_opened;
use crate::ui::frame::Changes;
use crate::ui::live::{Desk, Live, Shown};
use crate::ui::title::PageTitle;
use header::{Header, Tabs};
use overview::Overview;

#[component]
pub fn AccountPanel() -> impl IntoView {
    let (params, asked) = (use_params_map(), use_query_map());
    let changes = expect_context::<Changes>();
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let tab = Memo::new(move |_| asked.with(|q| q.get("tab").and_then(|t| t.parse().ok()).unwrap_or(Tab::Overview)));
    let edit = Memo::new(move |_| asked.with(|q| q.get("edit").unwrap_or_default()));
    provide_context(PanelPlace { query: expect_context::<Query>(), id, tab, edit });
    // counts what the stream tells of the account's research
    let told = RwSignal::new(0);
    let source = Memo::new(move |_| (id.get(), tab.get(), changes.count(), told.get()));
    let (busy, set_busy) = signal(false);
    let panel = NodeRef::<html::Section>::new();
    focus_when_opened(id, panel);
    view! {
        <section class="panel" aria-label="Account" tabindex="-1" node_ref=panel aria-busy=move || busy.get().to_string()>
            <header::Close/>
            <Live source read=read show=move |detail, desk| view! { <Record detail desk told/> }.into_any() waiting="Reading the account…" busy=set_busy/>
        </section>
    }
}

async fn read((id, tab, _, _): (String, Tab, u32, u32)) -> Result<AccountDetail, AppError> {
    get_account(id, tab).await
}

/// One account after the other: what belongs to one goes with it, forms and all.
#[component]
fn Record(detail: Shown<AccountDetail>, desk: Desk, told: RwSignal<u32>) -> impl IntoView {
    let detail = RwSignal::from(detail);
    let account = Signal::derive(move || detail.with(|d| d.account.clone()));
    let id = Memo::new(move |_| detail.with(|d| d.account.id));
    move || {
        let id = id.get();
        view! {
            <About account/>
            <Header account detail desk/>
            <Tabs account/>
            <Content id account detail desk told/>
        }
    }
}

/// Title and description, for the window and for whoever gets the address.
#[component]
fn About(account: Signal<Account>) -> impl IntoView {
    let description = move || account.with(|a| format!("{}: {} {} account, health {}", a.name, a.status, a.segment, a.health.score()));
    view! {
        {move || view! { <PageTitle text=account.with(|a| a.name.clone())/> }}
        <Meta name="description" content=description/>
    }
}

/// Which tab the content is of, so that a tab is taken down only for another one.
fn kind(content: &TabContent) -> Tab {
    match content {
        TabContent::Overview => Tab::Overview,
        TabContent::Contacts(_) => Tab::Contacts,
        TabContent::Deals(_) => Tab::Deals,
        TabContent::Activity(_) => Tab::Activity,
        TabContent::Intelligence(_) => Tab::Intelligence,
    }
}

#[component]
fn Content(id: Uuid, account: Signal<Account>, detail: RwSignal<AccountDetail>, desk: Desk, told: RwSignal<u32>) -> impl IntoView {
    let tab = Memo::new(move |_| detail.with(|d| kind(&d.content)));
    let contacts = Signal::derive(move || detail.with(|d| if let TabContent::Contacts(c) = &d.content { c.clone() } else { Vec::new() }));
    let deals = Signal::derive(move || detail.with(|d| if let TabContent::Deals(c) = &d.content { c.clone() } else { Vec::new() }));
    let activity =
        Signal::derive(move || detail.with(|d| if let TabContent::Activity(a) = &d.content { a.clone() } else { Activity::default() }));
    let insight =
        Signal::derive(move || detail.with(|d| if let TabContent::Intelligence(i) = &d.content { Some((**i).clone()) } else { None }));
    let now = Signal::derive(move || detail.with(|d| d.now));
    let role = desk.with_value(|d| d.viewer.role);
    move || match tab.get() {
        Tab::Overview => view! { <Overview account now desk/> }.into_any(),
        Tab::Contacts => view! { <ContactList contacts account=id role/> }.into_any(),
        Tab::Deals => view! { <DealTable deals account=id desk/> }.into_any(),
        Tab::Intelligence => match insight.get_untracked() {
            // what is shown follows; without any there is nothing to begin with
            Some(first) => {
                let insight = Signal::derive(move || insight.get().unwrap_or_else(|| first.clone()));
                view! { <Intelligence account=id insight now desk told/> }.into_any()
            }
            None => ().into_any(),
        },
        Tab::Activity => {
            let Activity { contacts, deals, .. } = activity.get_untracked();
            let time_zone = desk.with_value(|d| d.viewer.time_zone.clone());
            view! {
                <section class="activity">
                    {role.edits().then(|| view! { <LogForm account=id next=Signal::derive(move || activity.get().next) contacts deals time_zone/> })}
                    <Timeline entries=Signal::derive(move || activity.get().entries) now/>
                </section>
            }
            .into_any()
        }
    }
}
