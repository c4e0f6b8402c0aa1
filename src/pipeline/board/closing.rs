//! Asks for what a closed deal needs, before its move is sent. Whoever leaves without an answer has the card back.

use leptos::ev::{Event, MouseEvent};
use leptos::html;
use leptos::prelude::*;

use super::moves::{Asking, Mover};
use crate::deals::Stage;
use crate::edit::texts;
use crate::pipeline::api::MoveDeal;
use crate::pipeline::moving::fields::{LostFields, WonFields};
use crate::ui::form::LiveForm;

#[component]
pub fn ClosingDialog(mover: Mover) -> impl IntoView {
    move || mover.asking.get().map(|asking| view! { <Ask asking mover/> })
}

#[component]
fn Ask(asking: Asking, mover: Mover) -> impl IntoView {
    let action = ServerAction::<MoveDeal>::new();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            // once it stands in the page
            request_animation_frame(move || drop(dialog.show_modal()));
        }
    });
    let Asking { lifted, form } = asking;
    let card = lifted.card.clone();
    let leave = Callback::new(move |()| {
        mover.asking.set(None);
        mover.put_back(lifted.clone());
    });
    let done = Callback::new(move |()| {
        if let Some(Ok(card)) = action.value().get_untracked() {
            mover.asking.set(None);
            mover.moved(card);
        }
    });
    let texts = texts([("closed_on", mover.state.today.get_untracked().to_string())]);
    let unpriced = card.amount_cents.is_none();
    let is_won = form.stage == Stage::ClosedWon.as_str();
    let hidden = [
        ("id", card.id.to_string()),
        ("version", card.version.to_string()),
        ("stage", form.stage),
        ("from", form.from),
        ("rank", form.rank),
        ("above", form.above),
        ("below", form.below),
    ];
    let label = format!("{}: {}", if is_won { "Won" } else { "Lost" }, card.name);
    view! {
        <dialog class="help ask" node_ref=dialog aria-labelledby="ask-title"
            on:cancel=move |ev: Event| { ev.prevent_default(); leave.run(()) }>
            <h2 id="ask-title">{label.clone()}</h2>
            <LiveForm action id="closing" label texts done drafts=false>
                {hidden.map(|(name, value)| view! { <input type="hidden" name=name value=value/> })}
                {if is_won { view! { <WonFields unpriced/> }.into_any() } else { view! { <LostFields/> }.into_any() }}
                <div class="line end">
                    <button class="btn primary" type="submit">"Close the deal"</button>
                    <button class="btn plain" type="button" on:click=move |_: MouseEvent| leave.run(())>"Put it back"</button>
                </div>
            </LiveForm>
        </dialog>
    }
}
