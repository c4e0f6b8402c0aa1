//! A stream of what happens elsewhere, for as long as a room is there and can be seen: a browser has few connections for
//! all its windows.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use leptos::web_sys::{EventSource, MessageEvent};

/// A stream that was refused is opened again after this long; one that was lost, by the browser itself.
const AGAIN: Duration = Duration::from_secs(3);

/// What a room does with a stream.
pub trait Listener: Copy + 'static {
    /// Names of the events that it hears.
    const EVENTS: &'static [&'static str];

    /// Where the stream is, asked anew each time that it is opened.
    fn address(self) -> String;

    /// Something was said: the event's name, its text, and its id.
    fn hear(self, event: &'static str, said: Option<String>, id: String);

    /// The server is there, or is not.
    fn reached(self, there: bool);

    /// The stream is opened again after it was refused: something may have been missed.
    fn missed(self);
}

/// An open stream with what it calls.
struct Stream {
    source: EventSource,
    _heard: Vec<Closure<dyn Fn(MessageEvent)>>,
    _turned: [Closure<dyn Fn()>; 2],
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Where the open stream is kept; none while the room cannot be seen.
type Place = StoredValue<Option<Stream>, LocalStorage>;

/// Listens from now on. Only to be called in the browser.
pub fn listen(listener: impl Listener) {
    let place: Place = StoredValue::new_local(None);
    let turn = move || {
        let stream = if document().hidden() { None } else { open(listener, place) };
        place.try_set_value(stream);
    };
    turn();
    let seen = window_event_listener(ev::visibilitychange, move |_| turn());
    on_cleanup(move || {
        seen.remove();
        place.try_set_value(None);
    });
}

fn open<L: Listener>(listener: L, place: Place) -> Option<Stream> {
    let source = EventSource::new(&listener.address()).ok()?;
    let mut heard = Vec::new();
    for event in L::EVENTS {
        let closure = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
            listener.hear(event, message.data().as_string(), message.last_event_id());
        });
        source.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref()).ok()?;
        heard.push(closure);
    }
    let opened = Closure::<dyn Fn()>::new(move || listener.reached(true));
    let failed = Closure::<dyn Fn()>::new(move || failed(listener, place));
    for (name, closure) in [("open", &opened), ("error", &failed)] {
        source.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()).ok()?;
    }
    Some(Stream { source, _heard: heard, _turned: [opened, failed] })
}

/// The browser tries a lost connection again by itself, a refused one it does not. Whoever was signed out meanwhile finds
/// out by reading the room.
fn failed(listener: impl Listener, place: Place) {
    listener.reached(false);
    let is_closed = move || place.try_with_value(|stream| stream.as_ref().is_some_and(|s| s.source.ready_state() == EventSource::CLOSED));
    if is_closed() != Some(true) {
        return;
    }
    let again = move || {
        if is_closed() == Some(true) {
            listener.missed();
            place.try_set_value(open(listener, place));
        }
    };
    set_timeout(again, AGAIN);
}
