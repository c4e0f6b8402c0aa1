//! Follows what teammates do. A stream tells which deals changed; only those are read again. Own moves come back on it,
//! too, and are known already.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

use super::Moves;
use super::state::{BoardState, start_anew};
use crate::error::AppError;
use crate::pipeline::Board;
use crate::pipeline::api::{ASKED, read_changed};
use crate::pipeline::filter::DealFilter;
use crate::pipeline::query::Asked;
use crate::ui::frame::Changes;
use crate::ui::live::Connection;

/// What comes within this time is read at once.
const GATHER: Duration = Duration::from_millis(60);
/// What could not be read is tried again after this long.
const AGAIN: Duration = Duration::from_secs(3);

/// What is known of changes that were told.
#[derive(Default)]
struct Known {
    /// To be read.
    asked: BTreeSet<Uuid>,
    /// Cards in the hand or under way, with the version that was told of meanwhile.
    held: HashMap<Uuid, Option<i32>>,
    /// The whole board was read while a card was held, and had it elsewhere.
    board_due: bool,
    /// Counts lifts and answers: what was read across one of them is old.
    turns: u32,
    /// Own moves that were answered, with their version: the stream tells of them, too.
    own: HashMap<Uuid, i32>,
    is_reading: bool,
}

/// The board's ear.
#[derive(Clone, Copy)]
pub struct Follow {
    known: StoredValue<Known>,
    state: BoardState,
    asked: Asked,
    changes: Changes,
    pub(super) moves: Moves,
    connection: Connection,
}

impl Follow {
    pub fn new(state: BoardState, asked: Asked) -> Self {
        Self {
            known: StoredValue::new(Known::default()),
            state,
            asked,
            changes: expect_context(),
            moves: expect_context(),
            connection: expect_context(),
        }
    }

    /// Notes that a card is in the hand: what is told of it waits until it is let go.
    pub fn hold(self, id: Uuid) {
        self.known.update_value(|known| {
            known.turns += 1;
            known.held.entry(id).or_default();
        });
    }

    /// Notes that it was let go: with the version that its move made, or none if there was no move.
    pub fn release(self, id: Uuid, version: Option<i32>) {
        let due = self.known.try_update_value(|known| {
            known.turns += 1;
            let told = known.held.remove(&id).flatten();
            if let (Some(version), None) = (version, told) {
                known.own.insert(id, version);
            }
            let news = told.is_some_and(|told| version.is_none_or(|version| told > version));
            let free = known.held.is_empty();
            known.asked.extend(news.then_some(id));
            (free && std::mem::take(&mut known.board_due), free && !known.asked.is_empty())
        });
        match due {
            Some((true, _)) => self.told_all(),
            Some((_, true)) => self.read_soon([]),
            _ => {}
        }
    }

    /// The whole board was read anew. While a card is held it would lie where it was: then it is read again afterwards.
    pub fn take_board(self, board: Board) {
        if board.startup != self.state.startup {
            return start_anew();
        }
        let is_free = self.known.try_update_value(|known| {
            known.board_due = !known.held.is_empty();
            known.held.is_empty()
        });
        if is_free == Some(true) {
            self.state.take(board);
        }
    }

    /// What the board is asked for now.
    pub fn filter(self) -> Option<DealFilter> {
        self.asked.try_get_untracked()
    }

    /// Whose changes the stream should tell.
    pub fn startup(self) -> Uuid {
        self.state.startup
    }

    /// Since when the stream should tell.
    pub fn since(self) -> DateTime<Utc> {
        self.state.now.get_untracked()
    }

    /// Until then everything was told.
    pub fn heard(self, at: DateTime<Utc>) {
        self.state.now.try_set(at);
    }

    /// Whether the server can be reached.
    pub fn reached(self, is_reached: bool) {
        if is_reached { self.connection.found() } else { self.connection.lost() }
    }

    /// Anything may have changed.
    pub fn told_all(self) {
        self.changes.notify();
    }

    /// Deals changed, and have these versions now.
    pub fn told(self, deals: Vec<(Uuid, i32)>) {
        let news: Vec<Uuid> = deals.into_iter().filter_map(|(id, version)| self.is_news(id, version).then_some(id)).collect();
        if !news.is_empty() {
            self.read_soon(news);
        }
    }

    fn is_news(self, id: Uuid, version: i32) -> bool {
        let own = self.known.try_update_value(|known| {
            if let Some(told) = known.held.get_mut(&id) {
                *told = Some(version);
                return true;
            }
            known.own.remove(&id).is_some_and(|made| made >= version)
        });
        !own.unwrap_or(true)
    }

    /// Reads some deals again, with what else comes in the next moment; while a card is held, when it is let go: it lies
    /// out of order, and counts elsewhere.
    pub fn read_soon(self, ids: impl IntoIterator<Item = Uuid>) {
        let start = self.known.try_update_value(|known| {
            known.asked.extend(ids);
            known.held.is_empty() && !std::mem::replace(&mut known.is_reading, true)
        });
        if start == Some(true) {
            set_timeout(move || spawn_local(self.read()), GATHER);
        }
    }

    async fn read(self) {
        let ids = self.known.try_update_value(|known| {
            // lifted since it was asked for: it waits
            known.is_reading = known.held.is_empty();
            known.is_reading.then(|| std::mem::take(&mut known.asked))
        });
        let Some(ids) = ids.flatten() else { return };
        if ids.len() > ASKED {
            self.known.update_value(|known| known.is_reading = false);
            return self.changes.notify();
        }
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let Some(filter) = self.filter() else { return };
        let turn = self.known.try_with_value(|known| known.turns);
        let read = read_changed(filter.clone(), ids.clone()).await;
        // the board may have been left, or asked for something else
        let Some(now) = self.filter() else { return };
        self.known.try_update_value(|known| known.is_reading = false);
        match read {
            Ok(changed) if changed.startup != self.state.startup => start_anew(),
            // a card was moved meanwhile: what was read may be from before
            Ok(_) if turn != self.known.try_with_value(|known| known.turns) => self.read_soon(ids),
            Ok(changed) if now == filter => {
                self.connection.found();
                self.moves.happened(&ids);
                self.state.change(&ids, changed);
            }
            Ok(_) => {}
            Err(AppError::Unreachable | AppError::Busy | AppError::Internal { .. }) => {
                self.connection.lost();
                set_timeout(move || self.read_soon(ids), AGAIN);
            }
            // signed out, or no member any more: reading the board says so
            Err(_) => self.told_all(),
        }
        if self.known.try_with_value(|known| !known.asked.is_empty() && !known.is_reading) == Some(true) {
            self.read_soon([]);
        }
    }
}
