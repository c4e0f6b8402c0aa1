//! Moving a deal without dragging: a form that does the same.

use leptos::prelude::*;

use crate::deals::Stage;
use crate::edit::texts;
use crate::pipeline::DealDetail;
use crate::pipeline::api::MoveDeal;
use crate::pipeline::moving::fields::reasons;
use crate::ui::field::{Choice, Field, words};
use crate::ui::form::{FormEnd, LiveForm};
use crate::ui::frame::notified;

#[component]
pub fn MoveFields(detail: DealDetail, back: String) -> impl IntoView {
    let action = ServerAction::<MoveDeal>::new();
    let card = detail.card;
    let unpriced = card.amount_cents.is_none();
    let texts = texts([("stage", card.stage.to_string())]);
    let places = [("top", "on top of its column"), ("end", "at the end of it")].map(|(v, t)| (v.to_string(), t.to_string()));
    view! {
        <LiveForm action id=format!("move-{}", card.id) label=format!("Move {}", card.name) class="form card" texts back=back.clone() done=notified() drafts=false>
            <input type="hidden" name="id" value=card.id.to_string()/>
            <input type="hidden" name="version" value=card.version.to_string()/>
            <input type="hidden" name="from" value=card.stage.as_str()/>
            <input type="hidden" name="rank" value=card.rank.to_string()/>
            <div class="pair">
                <Choice label="Move to" name="stage" options=words(Stage::ALL.iter().map(|s| s.as_str())) focused=true/>
                <Choice label="Where" name="place" options=places.to_vec()/>
            </div>
            <div class="pair">
                {unpriced.then(|| view! { <Field label="Amount" name="amount" kind="decimal" optional=true hint="If it is won"/> })}
                <Field label="Closed on" name="closed_on" kind="date" optional=true hint="If it closes; empty: today"/>
            </div>
            <div class="pair">
                <Choice label="Why it was lost" name="reason" options=reasons()/>
                <Field label="In your own words" name="own_reason" optional=true/>
            </div>
            <FormEnd save="Move" cancel=back/>
        </LiveForm>
    }
}
