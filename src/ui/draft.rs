//! What was typed into a form and not saved yet, kept for the window's session: a reload or a lost connection loses nothing.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{self, HtmlFormElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, Storage};

/// Texts of a form's fields by name.
type Typed = BTreeMap<String, String>;

/// A form's draft, by a key of its own within the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft(String);

impl Draft {
    pub fn new(key: &str) -> Self {
        Self(format!("draft:{key}"))
    }

    /// Keeps what the form says now.
    pub fn keep(&self, form: &HtmlFormElement) {
        if let Some(storage) = storage() {
            // full or forbidden storage: then only a reload loses it
            let _ = storage.set_item(&self.0, &said(form));
            let _ = storage.remove_item(&self.sent());
        }
    }

    /// Puts back what was kept, and says what it found.
    pub fn restore(&self, form: &HtmlFormElement) -> Restored {
        let read = |key: &str| storage().and_then(|s| s.get_item(key).ok().flatten());
        let Some(typed) = read(&self.0).and_then(|text| serde_json::from_str::<Typed>(&text).ok()) else { return Restored::Nothing };
        fill(form, |name| typed.get(name).cloned());
        if read(&self.sent()).is_some() { Restored::Sent } else { Restored::Typed }
    }

    /// Notes that what is kept has been sent; an answer takes the note away, with or without the draft.
    pub fn mark_sent(&self) {
        if let Some(storage) = storage() {
            let _ = storage.set_item(&self.sent(), "");
        }
    }

    fn sent(&self) -> String {
        format!("{}:sent", self.0)
    }

    pub fn forget(&self) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(&self.0);
            let _ = storage.remove_item(&self.sent());
        }
    }
}

/// What was put back into a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restored {
    Nothing,
    Typed,
    /// It had been sent, and the page was left before the answer.
    Sent,
}

impl Restored {
    pub const fn message(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Typed => "What you had typed is back.",
            Self::Sent => "You sent this and left before the answer: it may be saved already. Look before you send it again.",
        }
    }
}

/// What a form says now, as one text.
pub fn said(form: &HtmlFormElement) -> String {
    let typed: Typed = fields(form).into_iter().filter_map(|field| Some((field.name()?, field.value()))).collect();
    serde_json::to_string(&typed).unwrap_or_default()
}

/// Forgets every draft: the next person at this window is somebody else.
pub fn forget_all() {
    if let Some(storage) = storage() {
        let _ = storage.clear();
    }
}

/// Sets the fields for which there is a text.
pub fn fill(form: &HtmlFormElement, text: impl Fn(&str) -> Option<String>) {
    for field in fields(form) {
        if let Some(text) = field.name().and_then(|name| text(&name)) {
            field.set_value(&text);
        }
    }
}

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// A field that somebody types or chooses in. Passwords are never kept.
enum FormField {
    Input(HtmlInputElement),
    Tick(HtmlInputElement),
    Select(HtmlSelectElement),
    Text(HtmlTextAreaElement),
}

impl FormField {
    fn of(element: web_sys::Element) -> Option<Self> {
        let element = match element.dyn_into::<HtmlInputElement>() {
            Ok(input) => {
                return match input.type_().as_str() {
                    "password" | "file" | "submit" | "button" | "radio" => None,
                    // of what a form carries along only what an edit was made from belongs to what was typed
                    "hidden" if !["version", "was"].contains(&input.name().as_str()) => None,
                    "checkbox" => Some(Self::Tick(input)),
                    _ => Some(Self::Input(input)),
                };
            }
            Err(element) => element,
        };
        let element = match element.dyn_into::<HtmlSelectElement>() {
            Ok(select) => return Some(Self::Select(select)),
            Err(element) => element,
        };
        element.dyn_into::<HtmlTextAreaElement>().ok().map(Self::Text)
    }

    fn name(&self) -> Option<String> {
        let name = match self {
            Self::Input(field) | Self::Tick(field) => field.name(),
            Self::Select(field) => field.name(),
            Self::Text(field) => field.name(),
        };
        // a list of ticks is a choice of rows, not a text
        (!name.is_empty() && !name.ends_with("[]")).then_some(name)
    }

    fn value(&self) -> String {
        match self {
            Self::Input(field) => field.value(),
            Self::Tick(field) => if field.checked() { "on" } else { "" }.into(),
            Self::Select(field) => field.value(),
            Self::Text(field) => field.value(),
        }
    }

    fn set_value(&self, text: &str) {
        match self {
            Self::Input(field) => field.set_value(text),
            Self::Tick(field) => field.set_checked(!text.is_empty()),
            Self::Select(field) => field.set_value(text),
            Self::Text(field) => field.set_value(text),
        }
    }
}

fn fields(form: &HtmlFormElement) -> Vec<FormField> {
    let elements = form.elements();
    (0..elements.length()).filter_map(|n| elements.item(n)).filter_map(FormField::of).collect()
}
