//! Moving a card by keyboard: space on its handle lifts it, arrows move it, space drops it, Escape puts it back. What
//! happens is said aloud.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement, KeyboardEvent};
use uuid::Uuid;

use super::moves::{Lifted, Mover};
use super::state::Spot;
use crate::deals::Stage;

/// The card that the keyboard holds.
#[derive(Clone, Copy)]
pub struct Keys {
    pub held: RwSignal<Option<Lifted>>,
    mover: Mover,
}

/// Read out with each handle.
pub const HOW: &str = "Space lifts the card, arrow keys move it, space drops it, Escape puts it back. Enter opens a form instead.";

impl Keys {
    pub fn new(mover: Mover) -> Self {
        Self { held: RwSignal::new(None), mover }
    }

    /// Whether a card's move has no answer yet.
    pub fn is_pending(self, id: Uuid) -> bool {
        self.mover.pending.with(|p| p.contains(&id))
    }

    /// A key on the board, while it holds nothing: space on a handle lifts.
    pub fn press(self, event: &KeyboardEvent) {
        if event.key() != " " || with_others(event) || self.held.with_untracked(Option::is_some) {
            return;
        }
        if handle(event).is_some_and(|id| self.lift(id)) {
            event.prevent_default();
            // the window's listener would drop it at once
            event.stop_propagation();
        }
    }

    /// A key anywhere, while it holds a card.
    pub fn press_held(self, event: &KeyboardEvent) {
        let Some(held) = self.held.try_get_untracked().flatten().filter(|_| !with_others(event)) else { return };
        if is_typing(event) {
            return self.put_back(held);
        }
        match event.key().as_str() {
            " " => self.drop_it(held),
            "Escape" => self.put_back(held),
            "ArrowUp" => self.step(&held, -1),
            "ArrowDown" => self.step(&held, 1),
            "ArrowLeft" => self.change_stage(&held, -1),
            "ArrowRight" => self.change_stage(&held, 1),
            // leaving the card leaves it where it was
            "Tab" | "Enter" => return self.put_back(held),
            // any other letter does what it does elsewhere, without the card
            key if key.chars().count() == 1 => return self.put_back(held),
            _ => return,
        }
        event.prevent_default();
    }

    /// Whoever takes the pointer lets go of what the keyboard holds.
    pub fn let_go(self) {
        if let Some(held) = self.held.get_untracked() {
            self.put_back(held);
        }
    }

    fn lift(self, id: Uuid) -> bool {
        let Some(lifted) = self.mover.lift(id) else { return false };
        self.say(&format!("{} lifted", lifted.card.name), lifted.from);
        self.held.set(Some(lifted));
        true
    }

    fn drop_it(self, held: Lifted) {
        self.held.set(None);
        if let Some((spot, _)) = self.mover.state.find(held.card.id) {
            self.say(&format!("{} dropped", held.card.name), spot);
        }
        focus(held.card.id);
        self.mover.dropped(held);
    }

    fn put_back(self, held: Lifted) {
        self.held.set(None);
        let (from, what) = (held.from, format!("{} is back", held.card.name));
        self.mover.put_back(held);
        self.say(&what, from);
    }

    fn step(self, held: &Lifted, by: isize) {
        if let Some((spot, _)) = self.mover.state.find(held.card.id) {
            let last = self.mover.state.column(spot.stage).with_untracked(|c| c.cards.len().saturating_sub(1));
            self.go(held, Spot { index: spot.index.saturating_add_signed(by).min(last), ..spot });
        }
    }

    fn change_stage(self, held: &Lifted, by: isize) {
        if let Some((spot, _)) = self.mover.state.find(held.card.id) {
            let here = Stage::ALL.iter().position(|s| *s == spot.stage).unwrap_or(0);
            if let Some(stage) = here.checked_add_signed(by).and_then(|n| Stage::ALL.get(n)).copied() {
                let end = self.mover.state.column(stage).with_untracked(|c| c.cards.len());
                self.go(held, Spot { stage, index: spot.index.min(end) });
            }
        }
    }

    fn go(self, held: &Lifted, to: Spot) {
        self.mover.state.put(held.card.id, to);
        self.mover.state.revealed.set(Some(to));
        self.say("", to);
        focus(held.card.id);
    }

    fn say(self, what: &str, spot: Spot) {
        let of = self.mover.state.column(spot.stage).with_untracked(|c| c.sums.deals);
        let what = if what.is_empty() { String::new() } else { format!("{what}. ") };
        self.mover.said.set(format!("{what}{}, {} of {of}", spot.stage, spot.index + 1));
    }
}

/// Whether the key goes into a field.
fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
    target.is_some_and(|field| field.matches("input, select, textarea").unwrap_or(false))
}

fn with_others(event: &KeyboardEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing()
}

/// The card whose handle has the focus.
fn handle(event: &KeyboardEvent) -> Option<Uuid> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest(".grip").ok()??.closest("[data-card]").ok()??.get_attribute("data-card")?.parse().ok()
}

/// A card that moves is made anew in its place, and takes the focus with it if nothing else has it by then.
pub fn keep_focus(id: Uuid) {
    request_animation_frame(move || {
        let lost = document().active_element().is_none_or(|here| here.tag_name() == "BODY");
        if lost {
            focus(id);
        }
    });
}

/// The focus follows a card that moves.
fn focus(id: Uuid) {
    request_animation_frame(move || {
        let grip = document().query_selector(&format!("[data-card='{id}'] .grip")).ok().flatten();
        if let Some(grip) = grip.and_then(|g| g.dyn_into::<HtmlElement>().ok()) {
            let _ = grip.focus();
            grip.scroll_into_view_with_scroll_into_view_options(&nearest());
        }
    });
}

fn nearest() -> leptos::web_sys::ScrollIntoViewOptions {
    let options = leptos::web_sys::ScrollIntoViewOptions::new();
    options.set_block(leptos::web_sys::ScrollLogicalPosition::Nearest);
    options.set_inline(leptos::web_sys::ScrollLogicalPosition::Nearest);
    options
}
