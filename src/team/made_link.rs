//! A link that was just made, to hand on.

use leptos::html;
use leptos::prelude::*;

use super::MadeLink;
use crate::ui::clipboard;

#[component]
pub fn MadeLinkBox(link: MadeLink) -> impl IntoView {
    let (address, what) = match link {
        MadeLink::Invitation { address, role } => {
            (address, format!("Hand this link to the person you invite as {role}. It brings in whoever opens it first, within seven days."))
        }
        MadeLink::Reset { address, name } => {
            (address, format!("Hand this link to {name} alone. It sets a new password, once, within a day, and ends their sessions."))
        }
    };
    let field = NodeRef::<html::Input>::new();
    let select = move || {
        if let Some(field) = field.get_untracked() {
            field.select();
        }
    };
    view! {
        <section class="made" aria-labelledby="made">
            <h2 id="made">"Your link"</h2>
            <p role="status">{what} " Copy it now: we keep no more than its hash."</p>
            <div class="line">
                <span class="field"><input type="text" readonly value=address.clone() aria-label="Link" node_ref=field on:focus=move |_| select()/></span>
                <CopyButton text=address select=Callback::new(move |()| select())/>
            </div>
        </section>
    }
}

/// Shows once the page is alive. It marks the text as well, for where the browser gives no clipboard.
#[component]
fn CopyButton(text: String, select: Callback<()>) -> impl IntoView {
    let (alive, set_alive) = signal(false);
    let (copied, set_copied) = signal(false);
    Effect::new(move || set_alive.set(true));
    let copy = move |_| {
        select.run(());
        clipboard::copy(&text, move || set_copied.set(true));
    };
    view! {
        <button class="btn" type="button" hidden=move || !alive.get() on:click=copy>{move || if copied.get() { "Copied" } else { "Copy" }}</button>
    }
}
