//! A link that was just made, to hand on.

use leptos::prelude::*;

use super::MadeLink;
use crate::ui::clipboard::CopyField;

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
    view! {
        <section class="made" aria-labelledby="made">
            <h2 id="made">"Your link"</h2>
            <p role="status">{what} " Copy it now: we keep no more than its hash."</p>
            <CopyField label="Link" text=address/>
        </section>
    }
}
