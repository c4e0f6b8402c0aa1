//! The board in the browser: columns of cards that can be moved by pointer, finger and keyboard.

mod card;
mod closing;
mod column;
mod drag;
mod follow;
mod keys;
mod moves;
mod pile;
mod state;
mod stream;
mod window;

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use uuid::Uuid;

use super::Board;
use super::query::Asked;
use crate::deals::Stage;
use crate::ui::live::{Desk, Shown};
use crate::ui::stream::listen;
use closing::ClosingDialog;
use column::BoardColumn;
use drag::Drag;
use follow::Follow;
use keys::{HOW, Keys};
use moves::Mover;
use state::BoardState;

/// How many cards of each column were read; they are read again when the board is.
#[derive(Clone, Copy)]
pub struct CardsShown(pub StoredValue<Vec<usize>>);

/// After a move the charts wait so long for the next one before they are read again.
const CALM: Duration = Duration::from_secs(3);

/// Counts moves on the board, for what stands beside it: charts follow when it has come to rest, the drawer at once.
#[derive(Clone, Copy)]
pub struct Moves {
    rested: RwSignal<u32>,
    waiting: StoredValue<Option<TimeoutHandle>>,
    /// Moves of the deal that is open.
    of_open: RwSignal<u32>,
    open: Memo<Option<String>>,
}

impl Moves {
    /// `open` is the id of the deal whose drawer is open.
    pub fn provide(open: Memo<Option<String>>) -> Self {
        let moves = Self { rested: RwSignal::new(0), waiting: StoredValue::new(None), of_open: RwSignal::new(0), open };
        provide_context(moves);
        moves
    }

    pub fn count(self) -> u32 {
        self.rested.get()
    }

    pub fn of_open(self) -> u32 {
        self.of_open.get()
    }

    fn happened(self, deals: &[Uuid]) {
        let is_open = self.open.with_untracked(|open| open.as_ref().is_some_and(|open| deals.iter().any(|id| id.to_string() == *open)));
        if is_open {
            self.of_open.update(|n| *n += 1);
        }
        let rest = move || {
            self.rested.try_update(|n| *n += 1);
        };
        let next = set_timeout_with_handle(rest, CALM).ok();
        self.waiting.try_update_value(|waiting| {
            if let Some(before) = std::mem::replace(waiting, next) {
                before.clear();
            }
        });
    }
}

#[component]
pub fn DealBoard(board: Shown<Board>, desk: Desk) -> impl IntoView {
    let state = BoardState::new(board.get_untracked());
    let mover = Mover::new(state, Follow::new(state, expect_context::<Asked>()));
    let role = desk.with_value(|d| d.viewer.role);
    let currency = StoredValue::new(desk.with_value(|d| d.viewer.currency.clone()));
    let keys = role.edits().then(|| Keys::new(mover));
    keep_reading(board, mover.follow, state);
    Effect::new(move || listen(mover.follow));
    // the browser's alone: on the server there is no pointer
    let drag = StoredValue::new(None::<Drag>);
    if let Some(keys) = keys {
        use_window(drag, mover, keys);
    }
    let down = move |event: ev::PointerEvent| {
        keys.into_iter().for_each(Keys::let_go);
        drag.get_value().into_iter().for_each(|drag| drag.down(&event));
    };
    let keep = move |event: &ev::Event| drag.get_value().into_iter().for_each(|drag| drag.keep(event));
    view! {
        <p class="trouble" role="alert" hidden=move || mover.trouble.with(Option::is_none)>
            {move || mover.trouble.get()}
            <button class="btn plain" type="button" aria-label="Dismiss" on:click=move |_| mover.trouble.set(None)>"✕"</button>
        </p>
        <p class="away" role="status" aria-live="assertive">{move || mover.said.get()}</p>
        <p class="away" id="how-to-move">{HOW}</p>
        <div class="board" on:keydown=move |event| keys.into_iter().for_each(|keys| keys.press(&event))
            on:pointerdown=down on:click=move |event| drag.get_value().into_iter().for_each(|drag| drag.clicked(&event))
            on:touchmove=move |event| keep(&event) on:contextmenu=move |event| keep(&event) on:dragstart=|event| event.prevent_default()>
            {Stage::ALL.iter().map(|stage| view! { <BoardColumn stage=*stage state keys currency/> }).collect_view()}
        </div>
        <ClosingDialog mover/>
    }
}

/// Takes over what is read anew, and remembers how far each column was read.
fn keep_reading(board: Shown<Board>, follow: Follow, state: BoardState) {
    let CardsShown(shown) = expect_context();
    Effect::new(move |before: Option<()>| {
        let read = board.get();
        if before.is_some() {
            follow.take_board(read);
        }
    });
    Effect::new(move || {
        Stage::ALL.iter().for_each(|stage| state.column(*stage).track());
        shown.set_value(state.shown());
    });
}

/// Listens to pointer and keyboard for the whole window: a drag may end anywhere, and a card that moves by key is made anew
/// in its place, so that the focus comes a moment later.
fn use_window(drag: StoredValue<Option<Drag>>, mover: Mover, keys: Keys) {
    Effect::new(move || {
        let dragging = Drag::new(mover);
        drag.set_value(Some(dragging));
        let handles = [
            // the card is let go by whoever points elsewhere
            window_event_listener(ev::pointerdown, move |_| keys.let_go()),
            window_event_listener(ev::pointermove, move |event| dragging.moved(&event)),
            window_event_listener(ev::pointerup, move |event| dragging.up(&event)),
            window_event_listener(ev::pointercancel, move |_| dragging.cancel()),
            window_event_listener(ev::keydown, move |event| {
                if event.key() == "Escape" && dragging.is_lifted() {
                    event.prevent_default();
                    dragging.cancel();
                }
                keys.press_held(&event);
            }),
        ];
        on_cleanup(move || {
            dragging.cancel();
            handles.into_iter().for_each(WindowListenerHandle::remove);
        });
    });
}
