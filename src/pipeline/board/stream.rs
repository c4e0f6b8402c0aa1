//! The board's end of the stream that tells of changes.

use std::time::Duration;

use chrono::DateTime;
use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use leptos::web_sys::{EventSource, MessageEvent};

use super::follow::Follow;

/// A stream that was refused is opened again after this long; one that was lost, by the browser itself.
const AGAIN: Duration = Duration::from_secs(3);

/// An open stream with what it calls.
struct Stream {
    source: EventSource,
    _heard: [Closure<dyn Fn(MessageEvent)>; 2],
    _turned: [Closure<dyn Fn()>; 2],
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Where the open stream is kept; none while the board cannot be seen.
type Place = StoredValue<Option<Stream>, LocalStorage>;

/// Listens while the board is there and can be seen: a browser has few connections for all its windows.
pub fn listen(follow: Follow) {
    let place: Place = StoredValue::new_local(None);
    let turn = move || {
        let stream = if document().hidden() { None } else { open(follow, place) };
        place.try_set_value(stream);
    };
    turn();
    let seen = window_event_listener(ev::visibilitychange, move |_| turn());
    on_cleanup(move || {
        seen.remove();
        place.try_set_value(None);
    });
}

fn open(follow: Follow, place: Place) -> Option<Stream> {
    let since = follow.since().timestamp_micros();
    let source = EventSource::new(&format!("/live?startup={}&since={since}", follow.startup())).ok()?;
    let deals = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        heard(follow, &event);
        let told = event.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
        follow.told(told.unwrap_or_default());
    });
    let all = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        heard(follow, &event);
        follow.told_all();
    });
    let opened = Closure::<dyn Fn()>::new(move || follow.reached(true));
    let failed = Closure::<dyn Fn()>::new(move || failed(follow, place));
    for (name, closure) in [("deals", deals.as_ref()), ("all", all.as_ref()), ("open", opened.as_ref()), ("error", failed.as_ref())] {
        source.add_event_listener_with_callback(name, closure.unchecked_ref()).ok()?;
    }
    Some(Stream { source, _heard: [deals, all], _turned: [opened, failed] })
}

/// A stream that is opened again begins where this one was.
fn heard(follow: Follow, event: &MessageEvent) {
    if let Some(at) = event.last_event_id().parse().ok().and_then(DateTime::from_timestamp_micros) {
        follow.heard(at);
    }
}

/// The browser tries a lost connection again by itself, a refused one it does not. Whoever was signed out meanwhile finds
/// out by reading the board.
fn failed(follow: Follow, place: Place) {
    follow.reached(false);
    let is_closed = move || place.try_with_value(|stream| stream.as_ref().is_some_and(|s| s.source.ready_state() == EventSource::CLOSED));
    if is_closed() != Some(true) {
        return;
    }
    let again = move || {
        if is_closed() == Some(true) {
            follow.told_all();
            place.try_set_value(open(follow, place));
        }
    };
    set_timeout(again, AGAIN);
}
