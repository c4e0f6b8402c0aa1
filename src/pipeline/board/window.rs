//! Of a long column only the cards around what can be seen stand in the page: the browser lays out some dozens, however
//! many were read. What is left out has its height kept by a gap above and below.

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

/// Cards that stand beyond each edge of what can be seen. The range moves by halves of it, not by each card.
const BEYOND: usize = 40;
const STEP: usize = BEYOND / 2;
/// Height of a card with its gap until one was measured, in pixels.
const PITCH: f64 = 98.0;

/// Which cards of a column stand in the page.
#[derive(Clone, Copy)]
pub struct Window {
    list: NodeRef<html::Ul>,
    /// First and one past the last, of all that were read.
    range: RwSignal<(usize, usize)>,
    /// Height of a card with its gap, once it was measured.
    measured: RwSignal<Option<f64>>,
}

impl Window {
    /// At first all of them stand there, as the page came.
    pub fn new(list: NodeRef<html::Ul>, cards: usize) -> Self {
        Self { list, range: RwSignal::new((0, cards.max(2 * BEYOND))), measured: RwSignal::new(None) }
    }

    /// The part of `cards` that stands in the page.
    pub fn of<T: Clone>(self, cards: &[T]) -> Vec<T> {
        let (first, end) = self.range.get();
        cards[first.min(cards.len())..end.min(cards.len())].to_vec()
    }

    /// Height of what is left out above, in pixels.
    pub fn above(self) -> f64 {
        self.range.get().0 as f64 * self.pitch()
    }

    /// Height of what is left out below of `cards`.
    pub fn below(self, cards: usize) -> f64 {
        cards.saturating_sub(self.range.get().1) as f64 * self.pitch()
    }

    /// Follows the scroll. A card in the hand stays in the page: the pointer hangs on it.
    pub fn scrolled(self) {
        let Some(list) = self.list.try_get_untracked().flatten() else { return };
        let Some((first, end)) = self.range.try_get_untracked() else { return };
        self.measure(&list);
        let pitch = untrack(|| self.pitch());
        let (top, height) = (f64::from(list.scroll_top()), f64::from(list.client_height()));
        let seen = around((top / pitch) as usize, ((top + height) / pitch) as usize + 1);
        let is_dragging = list.closest(".dragging").is_ok_and(|board| board.is_some());
        let next = if is_dragging { (first.min(seen.0), end.max(seen.1)) } else { seen };
        if next != (first, end) {
            self.range.set(next);
        }
    }

    /// Sees to it that the card at `index` stands in the page.
    pub fn reveal(self, index: usize) {
        let (first, end) = self.range.get_untracked();
        if !(first..end).contains(&index) {
            self.range.set(around(index, index));
        }
    }

    fn pitch(self) -> f64 {
        self.measured.get().unwrap_or(PITCH)
    }

    /// Cards differ little in height: their mean is measured once.
    fn measure(self, list: &HtmlElement) {
        if self.measured.with_untracked(Option::is_some) {
            return;
        }
        let Ok(cards) = list.query_selector_all("[data-card]") else { return };
        let card = |n: u32| cards.item(n).and_then(|card| card.dyn_into::<HtmlElement>().ok());
        let last = cards.length().saturating_sub(1);
        if let (Some(first), Some(bottom)) = (card(0), card(last))
            && last > 0
        {
            self.measured.set(Some(f64::from(bottom.offset_top() - first.offset_top()) / f64::from(last)));
        }
    }
}

/// The range around the cards from `first` to `last`, on whole steps.
fn around(first: usize, last: usize) -> (usize, usize) {
    (first.saturating_sub(BEYOND) / STEP * STEP, (last + BEYOND).div_ceil(STEP) * STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_moves_by_steps_and_has_room_on_both_sides() {
        assert_eq!(around(0, 6), (0, 60));
        assert_eq!(around(1, 7), (0, 60));
        for first in [0, 39, 40, 59, 1000, 1019] {
            let (from, to) = around(first, first + 6);
            assert!(from + BEYOND <= first.max(BEYOND) && to >= first + 6 + BEYOND, "{first}: {from} {to}");
            assert!(to - from <= 6 + 2 * BEYOND + 2 * STEP, "{first}: {from} {to}");
        }
    }

    #[test]
    fn what_is_left_out_has_its_height_kept() {
        let owner = Owner::new();
        owner.with(|| {
            let window = Window::new(NodeRef::new(), 50);
            let cards: Vec<usize> = (0..1000).collect();
            assert_eq!((window.of(&cards).len(), window.above()), (80, 0.0));
            window.reveal(500);
            let shown = window.of(&cards);
            assert!(shown.contains(&500) && shown.len() < 120);
            let whole = window.above() + window.below(cards.len()) + shown.len() as f64 * PITCH;
            assert!((whole - 1000.0 * PITCH).abs() < 1.0);
            assert_eq!(window.of(&cards[..10]), [0; 0], "a column that became short");
        });
    }
}
