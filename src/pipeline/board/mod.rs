//! The board in the browser: columns of cards that can be moved by pointer, finger and keyboard.

mod card;
mod closing;
mod column;
mod drag;
mod follow;
mod keys;
mod moves;
mod state;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::Board;
use super::query::Asked;
use crate::deals::Stage;
use crate::ui::live::{Desk, Shown};
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

#[component]
pub fn DealBoard(board: Shown<Board>, desk: Desk) -> impl IntoView {
    let state = BoardState::new(board.get_untracked());
    let mover = Mover::new(state, Follow::new(state, expect_context::<Asked>()));
    let role = desk.with_value(|d| d.viewer.role);
    let currency = StoredValue::new(desk.with_value(|d| d.viewer.currency.clone()));
    let keys = role.edits().then(|| Keys::new(mover));
    keep_reading(board, state);
    Effect::new(move || mover.follow.listen());
    let root = NodeRef::<html::Div>::new();
    if let Some(keys) = keys {
        use_pointer(root, mover, keys);
    }
    let press = move |event: ev::KeyboardEvent| {
        if let Some(keys) = keys {
            keys.press(&event);
        }
    };
    view! {
        <p class="trouble" role="alert" hidden=move || mover.trouble.with(Option::is_none)>
            {move || mover.trouble.get()}
            <button class="btn plain" type="button" aria-label="Dismiss" on:click=move |_| mover.trouble.set(None)>"✕"</button>
        </p>
        <p class="away" role="status" aria-live="assertive">{move || mover.said.get()}</p>
        <p class="away" id="how-to-move">{HOW}</p>
        <div class="board" node_ref=root on:keydown=press>
            {Stage::ALL.iter().map(|stage| view! { <BoardColumn stage=*stage state keys currency/> }).collect_view()}
        </div>
        <ClosingDialog mover/>
    }
}

/// Takes over what is read anew, and remembers how far each column was read.
fn keep_reading(board: Shown<Board>, state: BoardState) {
    let CardsShown(shown) = expect_context();
    Effect::new(move |before: Option<()>| {
        let read = board.get();
        if before.is_some() {
            state.take(read);
        }
    });
    Effect::new(move || {
        Stage::ALL.iter().for_each(|stage| state.column(*stage).track());
        shown.set_value(state.shown());
    });
}

/// Listens to the pointer for the whole window: a drag may end anywhere.
fn use_pointer(root: NodeRef<html::Div>, mover: Mover, keys: Keys) {
    Effect::new(move || {
        let Some(board) = root.get() else { return };
        let drag = Drag::new(mover);
        let _ = board.on(ev::pointerdown, move |event| {
            keys.let_go();
            drag.down(&event);
        });
        let _ = board.on(ev::click, move |event| drag.clicked(&event));
        let _ = board.on(ev::touchmove, move |event| drag.keep(&event));
        let _ = board.on(ev::contextmenu, move |event| drag.keep(&event));
        let _ = board.on(ev::dragstart, |event| event.prevent_default());
        let handles = [
            window_event_listener(ev::pointermove, move |event| drag.moved(&event)),
            window_event_listener(ev::pointerup, move |event| drag.up(&event)),
            window_event_listener(ev::pointercancel, move |_| drag.cancel()),
            window_event_listener(ev::keydown, move |event| {
                if event.key() == "Escape" && drag.is_lifted() {
                    event.prevent_default();
                    drag.cancel();
                }
            }),
        ];
        on_cleanup(move || {
            drag.cancel();
            handles.into_iter().for_each(WindowListenerHandle::remove);
        });
    });
}
