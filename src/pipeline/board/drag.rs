//! Moving a card by mouse, pen or finger. A mouse lifts a card once it moves, a finger on the handle at once, elsewhere on
//! the card after a moment's rest, so that the board can still be scrolled. Near an edge the board scrolls by itself.

use std::time::Duration;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Event, HtmlElement, PointerEvent};
use uuid::Uuid;

use super::moves::{Lifted, Mover};
use super::state::Spot;
use crate::deals::Stage;

/// So far a press moves before it lifts, in pixels.
const SLACK: f64 = 5.0;
/// So long a finger rests on a card before it lifts.
const REST: Duration = Duration::from_millis(300);
/// Within so many pixels of an edge the board scrolls, the nearer the faster, by this much a step at most, a step in so long.
const EDGE: f64 = 44.0;
const STRIDE: f64 = 14.0;
const STEP: Duration = Duration::from_millis(16);

/// A pointer that is down on a card.
struct Press {
    pointer: i32,
    card: HtmlElement,
    id: Uuid,
    at: (f64, f64),
    rest: Option<TimeoutHandle>,
    lift: Option<Lift>,
}

/// A card in the hand.
struct Lift {
    lifted: Lifted,
    /// Its picture under the pointer, and where the pointer holds it.
    ghost: HtmlElement,
    hold: (f64, f64),
    scrolling: IntervalHandle,
}

/// What the pointer does on the board.
#[derive(Clone, Copy)]
pub struct Drag {
    press: StoredValue<Option<Press>, LocalStorage>,
    /// A click that ends a drag opens nothing.
    just_dropped: StoredValue<bool>,
    mover: Mover,
}

impl Drag {
    pub fn new(mover: Mover) -> Self {
        Self { press: StoredValue::new_local(None), just_dropped: StoredValue::new(false), mover }
    }

    pub fn down(self, event: &PointerEvent) {
        self.just_dropped.set_value(false);
        if !event.is_primary() || event.button() != 0 {
            return self.cancel();
        }
        let Some(target) = event.target().and_then(|t| t.dyn_into::<Element>().ok()) else { return };
        let Some(card) = closest(&target, "[data-card]") else { return };
        let Some(id) = card_id(&card) else { return };
        let by_rest = event.pointer_type() == "touch" && closest(&target, ".grip").is_none();
        let rest = by_rest.then(|| set_timeout_with_handle(move || self.lift(), REST).ok()).flatten();
        let at = (f64::from(event.client_x()), f64::from(event.client_y()));
        self.press.set_value(Some(Press { pointer: event.pointer_id(), card, id, at, rest, lift: None }));
    }

    pub fn moved(self, event: &PointerEvent) {
        let at = (f64::from(event.client_x()), f64::from(event.client_y()));
        let lifts = self.press.try_update_value(|press| {
            let press = press.as_mut().filter(|p| p.pointer == event.pointer_id())?;
            if press.lift.is_some() {
                press.at = at;
                return Some(false);
            }
            let far = (press.at.0 - at.0).hypot(press.at.1 - at.1) > SLACK;
            match (far, press.rest) {
                (true, Some(rest)) => {
                    // it scrolls
                    rest.clear();
                    None
                }
                (true, None) => Some(true),
                (false, _) => None,
            }
        });
        match lifts.flatten() {
            Some(true) => {
                self.lift();
                self.follow();
            }
            Some(false) => self.follow(),
            None => {}
        }
    }

    pub fn up(self, event: &PointerEvent) {
        if self.press.with_value(|p| p.as_ref().is_some_and(|p| p.pointer != event.pointer_id())) {
            return;
        }
        let target = self.press.with_value(|p| p.as_ref().filter(|p| p.lift.is_some()).and_then(|p| self.target(p.at, p.id)));
        let Some(lifted) = self.end() else { return };
        self.just_dropped.set_value(true);
        if let Some((spot, _)) = target {
            self.mover.state.put(lifted.card.id, spot);
        }
        self.mover.dropped(lifted);
    }

    /// Nothing moves after all.
    pub fn cancel(self) {
        if let Some(lifted) = self.end() {
            self.mover.put_back(lifted);
        }
    }

    pub fn is_lifted(self) -> bool {
        self.press.try_with_value(|p| p.as_ref().is_some_and(|p| p.lift.is_some())) == Some(true)
    }

    /// Keeps a drag from scrolling, selecting or opening a menu.
    pub fn keep(self, event: &Event) {
        if self.is_lifted() {
            event.prevent_default();
        }
    }

    /// Keeps the click that ends a drag from opening what it began on.
    pub fn clicked(self, event: &Event) {
        if self.just_dropped.try_update_value(std::mem::take) == Some(true) {
            event.prevent_default();
            event.stop_propagation();
        }
    }

    fn lift(self) {
        let Some(id) = self.press.try_with_value(|p| p.as_ref().map(|p| p.id)).flatten() else { return };
        let Some(lifted) = self.mover.lift(id) else { return self.cancel() };
        self.press.try_update_value(|press| {
            let press = press.as_mut()?;
            let bounds = press.card.get_bounding_client_rect();
            let ghost = press.card.clone_node_with_deep(true).ok()?.dyn_into::<HtmlElement>().ok()?;
            ghost.remove_attribute("data-card").ok()?;
            ghost.set_attribute("aria-hidden", "true").ok()?;
            ghost.class_list().add_1("ghost").ok()?;
            ghost.style().set_property("width", &format!("{}px", bounds.width())).ok()?;
            let board = press.card.closest(".board").ok()??;
            board.append_child(&ghost).ok()?;
            board.class_list().add_1("dragging").ok()?;
            // a card that is made anew under the finger would take the pointer along
            let _ = board.set_pointer_capture(press.pointer);
            press.card.class_list().add_1("lifted").ok()?;
            let hold = (press.at.0 - bounds.left(), press.at.1 - bounds.top());
            let scrolling = set_interval_with_handle(move || self.scroll(), STEP).ok()?;
            press.lift = Some(Lift { lifted, ghost, hold, scrolling });
            Some(())
        });
        self.mover.said.set(String::new());
        self.follow();
    }

    /// The card's picture goes with the pointer, and where it would fall is marked.
    fn follow(self) {
        self.press.with_value(|press| {
            let Some(press) = press else { return };
            let Some(lift) = &press.lift else { return };
            let (x, y) = (press.at.0 - lift.hold.0, press.at.1 - lift.hold.1);
            let _ = lift.ghost.style().set_property("transform", &format!("translate({x}px, {y}px) rotate(1.5deg)"));
            unmark();
            mark(self.target(press.at, press.id));
        });
    }

    /// Where a card would fall: its spot, counted without it, and the element before which it would stand. Of a long column
    /// the page has only a part: what the cards around it are says where that is.
    fn target(self, at: (f64, f64), id: Uuid) -> Option<(Spot, Element)> {
        let under = document().element_from_point(at.0 as f32, at.1 as f32)?;
        let column = closest(&under, "[data-stage]")?;
        let stage: Stage = column.get_attribute("data-stage")?.parse().ok()?;
        let cards = column.query_selector_all("[data-card]").ok()?;
        let cards = (0..cards.length()).filter_map(|n| cards.item(n)?.dyn_into::<Element>().ok());
        let others: Vec<_> = cards.filter_map(|card| Some((card_id(&card).filter(|other| *other != id)?, card))).collect();
        let next = others.iter().find(|(_, card)| {
            let bounds = card.get_bounding_client_rect();
            at.1 < bounds.top() + bounds.height() / 2.0
        });
        let index = |other: Uuid| self.mover.state.index_without(other, id);
        Some(match (next, others.last()) {
            (Some((other, card)), _) => (Spot { stage, index: index(*other)? }, card.clone()),
            (None, Some((last, _))) => (Spot { stage, index: index(*last)? + 1 }, find(&column, ".deals")?.into()),
            (None, None) => (Spot { stage, index: 0 }, find(&column, ".deals")?.into()),
        })
    }

    /// Scrolls whatever the pointer is at the edge of.
    fn scroll(self) {
        let Some(at) = self.press.try_with_value(|p| p.as_ref().map(|p| p.at)).flatten() else { return };
        let Some(under) = document().element_from_point(at.0 as f32, at.1 as f32) else { return };
        let (list, board) = (closest(&under, ".col").and_then(|col| find(&col, ".deals")), closest(&under, ".board"));
        let mut moved = false;
        if let Some(list) = list {
            let bounds = list.get_bounding_client_rect();
            moved |= push(at.1, bounds.top(), bounds.bottom(), |by| list.scroll_by_with_x_and_y(0.0, by));
        }
        if let Some(board) = board {
            let bounds = board.get_bounding_client_rect();
            moved |= push(at.0, bounds.left(), bounds.right(), |by| board.scroll_by_with_x_and_y(by, 0.0));
        }
        if moved {
            self.follow();
        }
    }

    /// Ends the press; returns the card if one was in the hand.
    fn end(self) -> Option<Lifted> {
        let press = self.press.try_update_value(Option::take).flatten()?;
        press.rest.inspect(TimeoutHandle::clear);
        let lift = press.lift?;
        lift.scrolling.clear();
        unmark();
        if let Some(board) = closest(&lift.ghost, ".board") {
            let _ = board.class_list().remove_1("dragging");
        }
        lift.ghost.remove();
        let _ = press.card.class_list().remove_1("lifted");
        Some(lift.lifted)
    }
}

/// Near an edge of what lies between `from` and `to`, scrolls towards it.
fn push(at: f64, from: f64, to: f64, scroll: impl Fn(f64)) -> bool {
    let depth = |past: f64| (past / EDGE).clamp(0.0, 1.0) * STRIDE;
    let by = depth(at - (to - EDGE)) - depth(from + EDGE - at);
    if by.abs() < 0.5 {
        return false;
    }
    scroll(by);
    true
}

fn mark(target: Option<(Spot, Element)>) {
    if let Some((_, element)) = target {
        let _ = element.class_list().add_1("here");
        if let Some(column) = closest(&element, "[data-stage]") {
            let _ = column.class_list().add_1("over");
        }
    }
}

fn unmark() {
    for (selector, class) in [(".board .here", "here"), (".board .over", "over")] {
        if let Ok(Some(marked)) = document().query_selector(selector) {
            let _ = marked.class_list().remove_1(class);
        }
    }
}

fn card_id(card: &Element) -> Option<Uuid> {
    card.get_attribute("data-card")?.parse().ok()
}

fn closest(element: &Element, selector: &str) -> Option<HtmlElement> {
    element.closest(selector).ok().flatten()?.dyn_into().ok()
}

fn find(element: &Element, selector: &str) -> Option<HtmlElement> {
    element.query_selector(selector).ok().flatten()?.dyn_into().ok()
}
