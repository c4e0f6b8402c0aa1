//! All fields of a deal, each of which opens the form in its place.

use leptos::prelude::*;

use super::Place;
use crate::deals::Deal;
use crate::pipeline::{DealDetail, is_stalled};
use crate::ui::tag::{Tag, Tone};
use crate::ui::time::date;

/// A field that opens the form where it stands, for those who may.
#[component]
fn Fact(name: &'static str, label: &'static str, edits: bool, children: Children) -> impl IntoView {
    let place = expect_context::<Place>();
    view! {
        <dt>{label}</dt>
        <dd>
            {children()}
            {edits.then(|| view! { <a class="edit" href=move || place.at(name) aria-label=format!("Change {}", label.to_lowercase())>"✎"</a> })}
        </dd>
    }
}

#[component]
pub fn Facts(detail: RwSignal<DealDetail>, currency: String, edits: bool) -> impl IntoView {
    let said = move |read: fn(&Deal) -> Option<String>| move || detail.with(|d| read(&d.deal)).unwrap_or_else(|| "–".into());
    let odds = move || {
        detail.with(|d| {
            let Deal { probability, probability_by_hand, stage, .. } = &d.deal;
            let why = match probability_by_hand {
                true => format!("set by hand; {stage} stands for {} %", stage.probability()),
                false => format!("as {stage} has it"),
            };
            format!("{probability} %, {why}")
        })
    };
    let overdue = move || {
        let late = detail.with(|d| !d.deal.stage.is_closed() && d.deal.expected_close.is_some_and(|day| day < d.today));
        late.then(|| view! { <Tag tone=Tone::Bad text="overdue"/> })
    };
    let closed = move || detail.with(|d| d.deal.stage.is_closed());
    let ai = move || {
        detail.with(|d| {
            d.card.ai_score.map(|score| {
                let why = d.ai_reasoning.clone().map(|why| format!(": {why}")).unwrap_or_default();
                view! { <dt>"AI score"</dt><dd>{score} {why}</dd> }
            })
        })
    };
    view! {
        <dl class="facts">
            <Fact name="name" label="Name" edits>{said(|d| Some(d.name.clone()))}</Fact>
            <Fact name="amount" label="Amount" edits>{move || detail.with(|d| d.deal.amount().map_or_else(|| "–".into(), |a| a.show(&currency)))}</Fact>
            <Fact name="move" label="Stage" edits>{said(|d| Some(d.stage.to_string()))} <InStage detail/></Fact>
            <Fact name="probability" label="Probability" edits>{odds}</Fact>
            <Fact name="expected_close" label="Expected close" edits>{said(|d| d.expected_close.map(date))} {overdue}</Fact>
            {move || closed().then(|| view! { <Fact name="closed_on" label="Closed on" edits>{said(|d| d.closed_on.map(date))}</Fact> })}
            {move || detail.with(|d| d.deal.lost_reason.is_some()).then(|| view! { <Fact name="lost_reason" label="Why it was lost" edits>{said(|d| d.lost_reason.clone())}</Fact> })}
            <Fact name="owner" label="Owner" edits>{said(|d| Some(d.owner.clone().unwrap_or_else(|| "nobody".into())))}</Fact>
            <Fact name="source_channel" label="Source" edits>{said(|d| d.source_channel.clone())}</Fact>
            {ai}
            <dt>"Opened"</dt><dd>{move || detail.with(|d| d.opened_at.map_or_else(|| "–".into(), date))}</dd>
            <dt>"Added"</dt><dd>{move || detail.with(|d| date(d.created_at))}</dd>
        </dl>
    }
}

/// How long it is in its stage, and whether that is long for this team.
#[component]
fn InStage(detail: RwSignal<DealDetail>) -> impl IntoView {
    move || {
        detail.with(|d| {
            let stalled = is_stalled(d.card.stage, d.card.stage_since, d.now, d.median);
            let days = d.card.days(d.now);
            let usual = d.median.map(|m| format!("; half leave it within {} days", (m + 43_200) / 86_400)).filter(|_| stalled);
            (!d.card.stage.is_closed()).then(|| {
                view! {
                    <small>{if days == 1 { "1 day".to_string() } else { format!("{days} days") }} {usual}</small>
                    {stalled.then(|| view! { <Tag tone=Tone::Warn text="stalled"/> })}
                }
            })
        })
    }
}
