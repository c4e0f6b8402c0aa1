//! Copying text. A page that did not come over https has no clipboard, and a browser may refuse it.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;
use leptos::wasm_bindgen::closure::Closure;

/// Copies `text`; `done` runs once it is copied, and never where it cannot be.
pub fn copy(text: &str, done: impl Fn() + 'static) {
    let clipboard = window().navigator().clipboard();
    if AsRef::<JsValue>::as_ref(&clipboard).is_undefined() {
        return;
    }
    let (copied, refused) = (Closure::new(move |_: JsValue| done()), Closure::new(|_: JsValue| {}));
    let _ = clipboard.write_text(text).then2(&copied, &refused);
    // they are called after this returns
    copied.forget();
    refused.forget();
}
