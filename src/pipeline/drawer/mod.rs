//! A deal's drawer: beside the board on a wide screen, a page of its own on a phone.

mod facts;
mod history;
mod move_form;
mod new;

pub use new::NewDeal;

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use uuid::Uuid;

use super::DealDetail;
use super::api::read_deal;
use super::board::Moves;
use super::query::Asked;
use crate::binned::{BinButton, Thing};
use crate::deals::form::DealFields;
use crate::error::AppError;
use crate::interactions::{LogForm, Timeline};
use crate::money::Money;
use crate::team::Workspace;
use crate::ui::focus::focus_when_opened;
use crate::ui::frame::{Changes, notified_elsewhere};
use crate::ui::live::{Desk, Live, Shown};
use crate::ui::tag::Tag;
use crate::ui::title::PageTitle;
use facts::Facts;
use history::{People, Stages};
use move_form::MoveFields;

/// The deal that the drawer shows, and what is open in it, as the address has them.
#[derive(Clone, Copy)]
struct Place {
    asked: Asked,
    id: Memo<String>,
    edit: Memo<String>,
}

impl Place {
    /// Address of this drawer with `what` open: a field, `move`, or nothing.
    fn at(self, what: &str) -> String {
        let id = self.id.with(|id| id.parse::<Uuid>().unwrap_or_default());
        self.asked.with(|asked| asked.at_edit(id, what))
    }
}

#[component]
pub fn DealDrawer() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = expect_context::<Asked>();
    let changes = expect_context::<Changes>();
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let edit = Memo::new(move |_| query.with(|q| q.get("edit").unwrap_or_default()));
    provide_context(Place { asked, id, edit });
    let moves = expect_context::<Moves>();
    let source = Memo::new(move |_| (id.get(), changes.count() + moves.of_open()));
    let (busy, set_busy) = signal(false);
    let panel = NodeRef::<html::Section>::new();
    focus_when_opened(id, panel);
    view! {
        <section class="panel" aria-label="Deal" tabindex="-1" node_ref=panel aria-busy=move || busy.get().to_string()>
            <a href=move || asked.with(|a| a.at_board()) class="btn plain close" aria-label="Close the deal" data-key="Escape">"✕"</a>
            <Live source read=read show=move |detail, desk| view! { <Record detail desk/> }.into_any() waiting="Reading the deal…" busy=set_busy/>
        </section>
    }
}

async fn read((id, _): (String, u32)) -> Result<DealDetail, AppError> {
    read_deal(id).await
}

/// One deal after the other: what belongs to one goes with it, forms and all.
#[component]
fn Record(detail: Shown<DealDetail>, desk: Desk) -> impl IntoView {
    let detail = RwSignal::from(detail);
    let id = Memo::new(move |_| detail.with(|d| d.deal.id));
    move || {
        let id = id.get();
        view! {
            {move || view! { <PageTitle text=detail.with(|d| d.deal.name.clone())/> }}
            <Header detail desk/>
            <Body detail desk/>
            <Stages detail/>
            <People detail/>
            <Log id detail desk/>
        }
    }
}

#[component]
fn Header(detail: RwSignal<DealDetail>, desk: Desk) -> impl IntoView {
    let place = expect_context::<Place>();
    let role = desk.with_value(|d| d.viewer.role);
    let currency = desk.with_value(|d| d.viewer.currency.clone());
    let amount = move || detail.with(|d| d.deal.amount().map_or_else(|| "no amount yet".into(), |a: Money| a.show(&currency)));
    let account = move || {
        let (id, name) = detail.with(|d| (d.card.account_id, d.card.account.clone()));
        view! { <a class="src" href=format!("/accounts/{id}?tab=deals")>{name}</a> }
    };
    view! {
        <header>
            <div class="line">
                <h1>{move || detail.with(|d| d.deal.name.clone())}</h1>
                {move || detail.with(|d| view! { <Tag tone=d.deal.stage.tone() text=d.deal.stage.as_str()/> })}
            </div>
            <div class="line quiet glance">
                <span>{account}</span>
                <span>{amount}</span>
                <span>{move || detail.with(|d| d.deal.owner.clone().map_or_else(|| "no owner".into(), |o| format!("owner {o}")))}</span>
            </div>
            {role.edits().then(|| view! {
                <div class="line acts">
                    <a class="btn" href=move || place.at("name") data-key="e">"Edit"</a>
                    <a class="btn" href=move || place.at("move") data-key="m">"Move"</a>
                    {role.manages().then(|| view! { <BinDeal detail/> })}
                </div>
            })}
        </header>
    }
}

#[component]
fn BinDeal(detail: RwSignal<DealDetail>) -> impl IntoView {
    let place = expect_context::<Place>();
    let board = Signal::derive(move || place.asked.with(|a| a.at_board()));
    let id = Signal::derive(move || detail.with(|d| d.deal.id.to_string()));
    let name = Signal::derive(move || detail.with(|d| d.deal.name.clone()));
    view! { <BinButton thing=Thing::Deal id name back=board go=board done=notified_elsewhere()/> }
}

/// All fields, or the form that is open in their place.
#[component]
fn Body(detail: RwSignal<DealDetail>, desk: Desk) -> impl IntoView {
    let place = expect_context::<Place>();
    let edits = desk.with_value(|d| d.viewer.role.edits());
    let open = Memo::new(move |_| if edits { place.edit.get() } else { String::new() });
    move || {
        let back = untrack(|| place.at(""));
        match open.get().as_str() {
            "" => view! { <Facts detail currency=desk.with_value(|d| d.viewer.currency.clone()) edits/> }.into_any(),
            "move" => view! { <MoveFields detail=detail.get_untracked() back/> }.into_any(),
            field => {
                let (account, deal) = detail.with_untracked(|d| (d.card.account_id, d.deal.clone()));
                let owners = desk.with_value(Workspace::owners);
                view! { <DealFields account deal=Some(deal) owners back field/> }.into_any()
            }
        }
    }
}

/// What was logged about the deal, and the form that adds to it.
#[component]
fn Log(id: Uuid, detail: RwSignal<DealDetail>, desk: Desk) -> impl IntoView {
    let entries = Signal::derive(move || detail.with(|d| d.activity.entries.clone()));
    let next = Signal::derive(move || detail.with(|d| d.activity.next));
    let now = Signal::derive(move || detail.with(|d| d.now));
    let (edits, time_zone) = desk.with_value(|d| (d.viewer.role.edits(), d.viewer.time_zone.clone()));
    let (account, contacts, deals) = detail.with_untracked(|d| (d.card.account_id, d.activity.contacts.clone(), d.activity.deals.clone()));
    view! {
        <section class="activity">
            <h2>"Interactions"</h2>
            {edits.then(|| view! { <LogForm account next contacts deals time_zone about=id/> })}
            <Timeline entries now/>
        </section>
    }
}
