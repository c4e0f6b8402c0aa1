//! Follows what teammates do. A stream tells which deals changed; only those are read again. Own moves come back on it,
//! too, and are known already.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use leptos::web_sys::{self, EventSource, MessageEvent};
use uuid::Uuid;

use super::Moves;
use super::state::BoardState;
use crate::pipeline::Changed;
use crate::pipeline::api::{ASKED, read_changed};
use crate::pipeline::query::Asked;
use crate::ui::frame::Changes;
use crate::ui::live::Connection;

/// What comes within this time is read at once.
const GATHER: Duration = Duration::from_millis(60);
/// What could not be read is tried again, and a stream that ended is opened again, after this long.
const AGAIN: Duration = Duration::from_secs(3);

/// What is known of changes that were told.
#[derive(Default)]
struct Known {
    /// To be read.
    asked: BTreeSet<Uuid>,
    /// Cards in the hand or under way, with the version that was told of meanwhile.
    held: HashMap<Uuid, Option<i32>>,
    /// Sums were read while a card was held, and counted it elsewhere.
    sums_due: bool,
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
            known.held.entry(id).or_default();
        });
    }

    /// Notes that it was let go: with the version that its move made, or none if there was no move.
    pub fn release(self, id: Uuid, version: Option<i32>) {
        let due = self.known.try_update_value(|known| {
            let told = known.held.remove(&id).flatten();
            if let (Some(version), None) = (version, told) {
                known.own.insert(id, version);
            }
            let news = told.is_some_and(|told| version.is_none_or(|version| told > version));
            let sums = known.held.is_empty() && std::mem::take(&mut known.sums_due);
            (news, sums)
        });
        match due {
            Some((true, _)) => self.read_soon([id]),
            Some((false, true)) => self.read_soon([]),
            _ => {}
        }
    }

    fn told(self, deals: Vec<(Uuid, i32)>) {
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

    /// Reads some deals again, with what else comes in the next moment.
    pub fn read_soon(self, ids: impl IntoIterator<Item = Uuid>) {
        let start = self.known.try_update_value(|known| {
            known.asked.extend(ids);
            !std::mem::replace(&mut known.is_reading, true)
        });
        if start == Some(true) {
            set_timeout(move || spawn_local(self.read()), GATHER);
        }
    }

    async fn read(self) {
        let Some(ids) = self.known.try_update_value(|known| std::mem::take(&mut known.asked)) else { return };
        if ids.len() > ASKED {
            self.known.update_value(|known| known.is_reading = false);
            return self.changes.notify();
        }
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let Some(filter) = self.asked.try_get_untracked() else { return };
        let read = read_changed(filter.clone(), ids.clone()).await;
        // the board may have been left, or asked for something else
        let Some(now) = self.asked.try_get_untracked() else { return };
        self.known.try_update_value(|known| known.is_reading = false);
        match read {
            Ok(changed) if now == filter => {
                self.connection.found();
                self.take(ids, changed);
                self.moves.happened();
            }
            Ok(_) => {}
            Err(_) => {
                self.connection.lost();
                set_timeout(move || self.read_soon(ids), AGAIN);
            }
        }
        if self.known.try_with_value(|known| !known.asked.is_empty() && !known.is_reading) == Some(true) {
            self.read_soon([]);
        }
    }

    /// Takes over what was read, but for what is held meanwhile.
    fn take(self, ids: Vec<Uuid>, mut changed: Changed) {
        let held: Vec<Uuid> = ids.iter().copied().filter(|id| self.is_held(*id)).collect();
        let ids: Vec<Uuid> = ids.into_iter().filter(|id| !held.contains(id)).collect();
        changed.cards.retain(|card| !held.contains(&card.id));
        let nothing_held = self.known.try_update_value(|known| {
            for id in &held {
                known.held.insert(*id, Some(i32::MAX));
            }
            known.sums_due = !known.held.is_empty();
            known.held.is_empty()
        });
        let sums = std::mem::take(&mut changed.sums);
        self.state.change(&ids, changed);
        if nothing_held == Some(true) {
            self.state.set_all_sums(sums);
        }
    }

    fn is_held(self, id: Uuid) -> bool {
        self.known.try_with_value(|known| known.held.contains_key(&id)) == Some(true)
    }

    /// Listens while the board is there and can be seen: a browser has few connections for all its windows.
    pub fn listen(self) {
        let source = StoredValue::new_local(None::<EventSource>);
        let open = move || {
            if !document().hidden() && source.with_value(Option::is_none) {
                source.set_value(self.open(source));
            }
        };
        let close = move || {
            source.try_update_value(|source| source.take().inspect(EventSource::close));
        };
        open();
        let seen = window_event_listener(ev::visibilitychange, move |_| if document().hidden() { close() } else { open() });
        on_cleanup(move || {
            seen.remove();
            close();
        });
    }

    fn open(self, place: StoredValue<Option<EventSource>, LocalStorage>) -> Option<EventSource> {
        let since = self.state.now.get_untracked().timestamp_micros();
        let source = EventSource::new(&format!("/live?since={since}")).ok()?;
        let deals = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            self.heard(&event);
            let told = event.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
            self.told(told.unwrap_or_default());
        });
        let all = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            self.heard(&event);
            self.changes.notify();
        });
        let opened = Closure::<dyn Fn()>::new(move || self.connection.found());
        let failed = Closure::<dyn Fn()>::new(move || self.failed(place));
        let listen = |name, closure: &web_sys::js_sys::Function| source.add_event_listener_with_callback(name, closure);
        listen("deals", deals.as_ref().unchecked_ref()).ok()?;
        listen("all", all.as_ref().unchecked_ref()).ok()?;
        listen("open", opened.as_ref().unchecked_ref()).ok()?;
        listen("error", failed.as_ref().unchecked_ref()).ok()?;
        // they live as long as the stream: a page has few of them
        deals.forget();
        all.forget();
        opened.forget();
        failed.forget();
        Some(source)
    }

    /// A stream that is opened again begins where this one was.
    fn heard(self, event: &MessageEvent) {
        let at = event.last_event_id().parse().ok().and_then(chrono::DateTime::from_timestamp_micros);
        if let Some(at) = at {
            self.state.now.try_set(at);
        }
    }

    /// The browser tries a lost connection again by itself; a refused one (the server restarts) it does not.
    fn failed(self, place: StoredValue<Option<EventSource>, LocalStorage>) {
        self.connection.lost();
        let closed = place.try_with_value(|source| source.as_ref().is_none_or(|s| s.ready_state() == EventSource::CLOSED));
        if closed != Some(true) {
            return;
        }
        place.set_value(None);
        let again = move || {
            if place.try_with_value(Option::is_none) == Some(true) && !document().hidden() {
                place.set_value(self.open(place));
            }
        };
        set_timeout(again, AGAIN);
    }
}
