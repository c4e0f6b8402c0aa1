//! A room of records by keyboard. Keys work where nothing is being typed; each does what a link or field on the page does.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlDialogElement, HtmlElement, KeyboardEvent, MouseEvent};

/// A room whose records are links, one of which may be open beside them.
#[derive(Clone, Copy)]
pub struct Records {
    /// Selects the links, in order.
    pub links: &'static str,
    /// How the address of an open one begins, up to its id.
    pub address: &'static str,
    /// What the help lists.
    pub keys: &'static [(&'static str, &'static str)],
}

/// The dialog that [`use_keys`] opens.
const HELP: &str = "keys";

/// Where this browser keeps that single keys are off.
const OFF: &str = "keys-off";

/// Listens while the room is there. `open` says whether a panel is.
pub fn use_keys(records: Records, open: Memo<Option<String>>) {
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| press(&event, records, open));
        let clicks = window_event_listener(ev::click, |event| close_menus(&event));
        on_cleanup(move || {
            handle.remove();
            clicks.remove();
        });
    });
}

/// Who closes a panel goes on at the record that was open.
pub fn return_to_record(records: Records, open: Memo<Option<String>>) {
    Effect::new(move |before: Option<Option<String>>| {
        let now = open.get();
        if let (Some(Some(left)), None) = (before, &now) {
            let record = format!("{}[href^='{}{left}']", records.links, records.address);
            // once the panel is gone
            request_animation_frame(move || {
                focus(query(&record));
            });
        }
        now
    });
}

fn press(event: &KeyboardEvent, records: Records, open: Memo<Option<String>>) {
    let with_others = event.ctrl_key() || event.meta_key() || event.alt_key();
    // while a word is being composed the keys are the input method's; over a dialog, the dialog's
    if event.default_prevented() || with_others || event.is_composing() || query("dialog[open]").is_some() {
        return;
    }
    let typing = event
        .target()
        .and_then(|t| t.dyn_into::<Element>().ok())
        .filter(|e| e.matches("input:not([type=checkbox]), select, textarea").unwrap_or(false));
    let key = event.key();
    let done = match (key.as_str(), typing) {
        ("Escape", typing) => escape(typing, open),
        (_, Some(_)) => false,
        // arrows scroll what they are in
        ("ArrowDown", _) if in_list() => step(records, 1),
        ("ArrowUp", _) if in_list() => step(records, -1),
        _ if are_off() => false,
        ("j", _) => step(records, 1),
        ("k", _) => step(records, -1),
        ("?", _) => show_help(),
        ("/", _) => focus(query("[data-key='/']")),
        ("n" | "e" | "m", _) => click(query(&format!("[data-key='{key}']"))),
        _ => false,
    };
    if done {
        event.prevent_default();
    }
}

/// The innermost thing that is open: a menu, a form, a field's focus, health's parts, the panel. What was typed is kept.
fn escape(typing: Option<Element>, open: Memo<Option<String>>) -> bool {
    let cancel = typing
        .as_ref()
        .and_then(|field| field.closest("form").ok().flatten())
        .and_then(|form| form.query_selector("[data-cancel]").ok().flatten());
    if let Some(menu) = query("details.menu[open]") {
        menu.remove_attribute("open").is_ok()
    } else if cancel.is_some() {
        click(cancel)
    } else if let Some(field) = typing {
        field.dyn_into::<HtmlElement>().is_ok_and(|field| field.blur().is_ok())
    } else if let Some(health) = query(".health .score:focus").and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        health.blur().is_ok()
    } else if click(query("[data-cancel]")) {
        true
    } else {
        open.with_untracked(Option::is_some) && click(query("[data-key='Escape']"))
    }
}

/// Moves the focus by records; the first step goes to the one that is open, or to the first.
fn step(records: Records, by: i32) -> bool {
    let Ok(links) = document().query_selector_all(records.links) else { return false };
    let count = i32::try_from(links.length()).unwrap_or(0);
    let link = |n: i32| u32::try_from(n).ok().and_then(|n| links.item(n)).and_then(|l| l.dyn_into::<HtmlElement>().ok());
    let here = document().active_element();
    let row = |l: &HtmlElement| l.closest("tr, li").ok().flatten();
    let focused =
        (0..count).find(|n| link(*n).is_some_and(|l| here.as_ref().is_some_and(|h| row(&l).is_some_and(|r| r.contains(Some(h))))));
    let opened = (0..count).find(|n| link(*n).and_then(|l| row(&l)).is_some_and(|r| r.has_attribute("aria-current")));
    let next = match (focused, opened) {
        (Some(n), _) | (None, Some(n)) => n + by,
        (None, None) => 0,
    };
    link(next.clamp(0, (count - 1).max(0))).is_some_and(|l| l.focus().is_ok())
}

/// Whether the focus is in a list, or nowhere. On a board the arrows are for the card that is lifted.
fn in_list() -> bool {
    document().active_element().is_none_or(|here| here.closest(".panel, .rail, .board").is_ok_and(|room| room.is_none()))
}

/// Single keys can be turned off: who speaks to the computer says letters all the time (WCAG 2.1.4).
fn are_off() -> bool {
    window().local_storage().ok().flatten().and_then(|s| s.get_item(OFF).ok().flatten()).is_some()
}

fn turn(on: bool) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = if on { storage.remove_item(OFF) } else { storage.set_item(OFF, "") };
    }
}

/// A click elsewhere closes a menu.
fn close_menus(event: &MouseEvent) {
    let within = event.target().and_then(|t| t.dyn_into::<Element>().ok()).and_then(|e| e.closest("details.menu").ok().flatten());
    if let Some(menu) = query("details.menu[open]").filter(|menu| within.as_ref() != Some(menu)) {
        let _ = menu.remove_attribute("open");
    }
}

fn show_help() -> bool {
    let dialog = document().get_element_by_id(HELP).and_then(|d| d.dyn_into::<HtmlDialogElement>().ok());
    dialog.is_some_and(|dialog| dialog.show_modal().is_ok())
}

fn query(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn focus(element: Option<Element>) -> bool {
    element.and_then(|e| e.dyn_into::<HtmlElement>().ok()).is_some_and(|e| e.focus().is_ok())
}

fn click(element: Option<Element>) -> bool {
    element.and_then(|e| e.dyn_into::<HtmlElement>().ok()).map(|e| e.click()).is_some()
}

/// Shows the keys.
#[component]
pub fn KeyHelp(records: Records) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let on = RwSignal::new(true);
    Effect::new(move |_| on.set(!are_off()));
    let toggle = move |ev: leptos::ev::Event| {
        on.set(event_target_checked(&ev));
        turn(on.get_untracked());
    };
    view! {
        <button class="btn plain keys" type="button" aria-label="Keys" title="Keys" on:click=|_| { show_help(); }>"?"</button>
        <dialog id=HELP class="help" aria-labelledby="keys-title" node_ref=dialog>
            <div class="line"><h2 id="keys-title">"Keys"</h2><button class="btn plain close" type="button" aria-label="Close" on:click=close>"✕"</button></div>
            <label class="tick"><input type="checkbox" prop:checked=move || on.get() on:change=toggle/>"Single keys work"</label>
            <dl class="facts">{records.keys.iter().map(|(key, what)| view! { <dt><kbd>{*key}</kbd></dt><dd>{*what}</dd> }).collect_view()}</dl>
        </dialog>
    }
}
