//! Where the focus goes when a room opens.

use leptos::html;
use leptos::prelude::*;

/// Who opens a record goes on in its panel. A page that comes with one leaves the focus where the browser has it.
pub fn focus_when_opened(id: Memo<String>, panel: NodeRef<html::Section>) {
    let came_with_page = Owner::current_shared_context().is_some_and(|shared| shared.during_hydration());
    Effect::new(move |before: Option<String>| {
        let now = id.get();
        let opened = before.map_or(!came_with_page, |before| before != now);
        if opened {
            // once it stands in the page
            request_animation_frame(move || {
                if let Some(Some(panel)) = panel.try_get_untracked() {
                    let _ = panel.focus();
                }
            });
        }
        now
    });
}
