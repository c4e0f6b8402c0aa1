//! An account's deals in its panel, with the forms that add and change them.

use leptos::prelude::*;
use uuid::Uuid;

use super::form::DealFields;
use super::{Deal, SHOWN};
use crate::accounts::PanelPlace;
use crate::binned::{BinButton, Thing};
use crate::team::Workspace;
use crate::ui::frame::notified;
use crate::ui::live::Desk;
use crate::ui::tag::Tag;
use crate::ui::time::date;

#[component]
pub fn DealTable(#[prop(into)] deals: Signal<Vec<Deal>>, account: Uuid, desk: Desk) -> impl IntoView {
    let place = expect_context::<PanelPlace>();
    let edits = desk.with_value(|desk| desk.viewer.role.edits());
    let owners = move || desk.with_value(Workspace::owners);
    let adding = Memo::new(move |_| edits && place.is_editing("new"));
    view! {
        <section class="deals">
            {move || (edits && !adding.get()).then(|| view! { <p><a class="btn" href=place.edit("new")>"Add a deal"</a></p> })}
            {move || adding.get().then(|| view! { <DealFields account deal=None owners=owners() back=untrack(|| place.here())/> })}
            {move || deals.with(|d| d.is_empty() && !adding.get()).then(|| view! { <p class="quiet">"No deals yet."</p> })}
            <ul class="cards">
                <For each=move || deals.get() key=|deal| deal.clone() let:deal>
                    <Card deal account desk/>
                </For>
            </ul>
            {move || (deals.with(Vec::len) >= usize::try_from(SHOWN).unwrap_or(usize::MAX)).then(|| view! { <p class="quiet">"The newest " {SHOWN} " are shown."</p> })}
        </section>
    }
}

#[component]
fn Card(deal: Deal, account: Uuid, desk: Desk) -> impl IntoView {
    let place = expect_context::<PanelPlace>();
    let role = desk.with_value(|desk| desk.viewer.role);
    let currency = desk.with_value(|desk| desk.viewer.currency.clone());
    let id = deal.id.to_string();
    let editing = {
        let id = id.clone();
        Memo::new(move |_| role.edits() && place.is_editing(&id))
    };
    move || {
        if editing.get() {
            let owners = desk.with_value(Workspace::owners);
            return view! { <li><DealFields account deal=Some(deal.clone()) owners back=untrack(|| place.here())/></li> }.into_any();
        }
        let amount = deal.amount().map_or_else(|| "–".to_string(), |a| a.show(&currency));
        let Deal { name, stage, probability, expected_close, closed_on, lost_reason, source_channel, owner, .. } = deal.clone();
        let when = match (closed_on, expected_close) {
            (Some(closed), _) => format!("closed {}", date(closed)),
            (None, Some(expected)) => format!("{probability} %, expected {}", date(expected)),
            (None, None) => format!("{probability} %"),
        };
        let more = [owner, source_channel.map(|s| format!("from {s}")), lost_reason.map(|r| format!("lost: {r}"))];
        let more: Vec<_> = more.into_iter().flatten().collect();
        view! {
            <li>
                <div class="line">
                    <b>{name.clone()}</b>
                    <Tag tone=stage.tone() text=stage.as_str()/>
                    <span class="acts">
                        {role.edits().then(|| view! { <a class="btn plain" href=place.edit(&id) aria-label=format!("Edit {name}")>"Edit"</a> })}
                        {role.manages().then(|| view! { <BinButton thing=Thing::Deal id=id.clone() name=name.clone() back=Signal::derive(move || place.here()) done=notified()/> })}
                    </span>
                </div>
                <div class="line"><span class="amount">{amount}</span><small>{when}</small></div>
                {(!more.is_empty()).then(|| view! { <small>{more.join(" · ")}</small> })}
            </li>
        }
        .into_any()
    }
}
