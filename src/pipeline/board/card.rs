//! A deal on the board.

use leptos::prelude::*;

use super::keys::Keys;
use super::state::BoardState;
use crate::deals::Stage;
use crate::money::Money;
use crate::pipeline::query::Asked;
use crate::pipeline::{Card, Median, is_stalled};
use crate::team::initials;
use crate::ui::tag::{Tag, Tone};
use crate::ui::time::day;

/// `keys` are for those who may move it.
#[component]
pub fn DealCard(card: Card, median: Signal<Median>, state: BoardState, keys: Option<Keys>, currency: StoredValue<String>) -> impl IntoView {
    let asked = expect_context::<Asked>();
    let Card { id, name, account, stage, amount_cents, owner, ai_score, probability, probability_by_hand, .. } = card.clone();
    let amount = amount_cents.and_then(Money::from_cents).map_or_else(|| "–".to_string(), |a| currency.with_value(|c| a.show(c)));
    let own_odds = (!stage.is_closed() && probability_by_hand).then(|| {
        let title = format!("Set by hand; {stage} stands for {} %", stage.probability());
        view! { <small title=title>{probability} " %"</small> }
    });
    let held = move || keys.is_some_and(|keys| keys.held.with(|h| h.as_ref().is_some_and(|h| h.card.id == id)));
    let pending = move || keys.is_some_and(|keys| keys.is_pending(id));
    view! {
        <li class="card deal" class:lifted=held class:pending=pending data-card=id.to_string()>
            <div class="line">
                <a class="open" href=move || asked.with(|a| a.at_deal(id)) draggable="false">{name.clone()}</a>
                {keys.map(|_| view! {
                    <a class="grip" href=move || asked.with(|a| a.at_edit(id, "move")) draggable="false" aria-label=format!("Move {name}")
                        aria-describedby="how-to-move" title="Drag, or open to move">"⠿"</a>
                })}
            </div>
            <div class="line"><span>{account}</span><b>{amount}</b></div>
            <div class="line foot">
                <When card=card.clone() state/>
                <span class="marks">
                    <Stalled card median state/>
                    {own_odds}
                    {ai_score.map(|score| view! { <span title="AI score"><Tag tone=Tone::Accent text=score.to_string()/></span> })}
                    {owner.map(|o| view! { <span class="who" title=o.clone() role="img" aria-label=o.clone()>{initials(&o)}</span> })}
                </span>
            </div>
        </li>
    }
}

/// When it closes or closed, and why it was lost.
#[component]
fn When(card: Card, state: BoardState) -> impl IntoView {
    let Card { stage, expected_close, closed_on, lost_reason, .. } = card;
    match stage {
        Stage::ClosedWon => view! { <span>{move || closed_on.map(|d| format!("won {}", day(d, state.today.get())))}</span> }.into_any(),
        Stage::ClosedLost => {
            let why = lost_reason.map(|r| format!(": {r}")).unwrap_or_default();
            view! { <span class="why" title=why.clone()>{move || closed_on.map(|d| format!("lost {}", day(d, state.today.get())))} {why.clone()}</span> }.into_any()
        }
        Stage::Qualified | Stage::Proposal | Stage::Negotiation => {
            let overdue = move || expected_close.is_some_and(|day| day < state.today.get());
            view! {
                <span>
                    {move || expected_close.map(|d| day(d, state.today.get()))}
                    {move || overdue().then(|| view! { " " <Tag tone=Tone::Bad text="overdue"/> })}
                </span>
            }
            .into_any()
        }
    }
}

/// How long it is in its stage, marked when that is long for this team.
#[component]
fn Stalled(card: Card, median: Signal<Median>, state: BoardState) -> impl IntoView {
    move || {
        if card.stage.is_closed() {
            return None;
        }
        let now = state.now.get();
        let days = card.days(now);
        let said = format!("{days} d");
        let title = format!("{days} days in {}", card.stage);
        Some(match (is_stalled(card.stage, card.stage_since, now, median.get()), median.get()) {
            (true, Some(median)) => {
                let title = format!("{title}; half of this team’s deals leave it within {} days", (median + 43_200) / 86_400);
                view! { <span title=title><Tag tone=Tone::Warn text=format!("stalled {said}")/></span> }.into_any()
            }
            _ => view! { <small title=title>{said}</small> }.into_any(),
        })
    }
}
