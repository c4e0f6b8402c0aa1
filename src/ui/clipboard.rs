//! Copying text. A page that did not come over https has no clipboard, and a browser may refuse it.

use leptos::html;
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

/// A text to take along, marked as a whole when somebody goes into it, with a button that copies it.
#[component]
pub fn CopyField(label: &'static str, text: String) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let select = move || {
        if let Some(field) = field.get_untracked() {
            field.select();
        }
    };
    view! {
        <div class="line">
            <span class="field"><input type="text" readonly value=text.clone() aria-label=label node_ref=field on:focus=move |_| select()/></span>
            <CopyButton text select=Callback::new(move |()| select())/>
        </div>
    }
}

/// Shows once the page is alive. It marks the text as well, for where the browser gives no clipboard.
#[component]
fn CopyButton(text: String, select: Callback<()>) -> impl IntoView {
    let (alive, set_alive) = signal(false);
    let (copied, set_copied) = signal(false);
    Effect::new(move || set_alive.set(true));
    let press = move |_| {
        select.run(());
        copy(&text, move || set_copied.set(true));
    };
    view! {
        <button class="btn" type="button" hidden=move || !alive.get() on:click=press>{move || if copied.get() { "Copied" } else { "Copy" }}</button>
    }
}
