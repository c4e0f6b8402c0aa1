//! From one startup to another, in the frame's foot.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::SwitchStartup;
use super::{StartupName, Workspace};
use crate::ui::draft;

/// The person's other startups, one button each; nothing for who has one.
#[component]
pub fn SwitchMenu(desk: Workspace) -> impl IntoView {
    let others: Vec<_> = desk.startups.into_iter().filter(|startup| startup.slug != desk.viewer.slug).collect();
    let button = |StartupName { slug, name }: StartupName| {
        view! {
            <li>
                // what was typed in one startup does not turn up in another
                <form method="post" action=SwitchStartup::url() on:submit=|_| draft::forget_all()>
                    <input type="hidden" name="slug" value=slug/>
                    <button class="btn plain" type="submit">{name}</button>
                </form>
            </li>
        }
    };
    (!others.is_empty()).then(|| {
        view! {
            <details class="switch">
                <summary class="btn plain" aria-label="Switch startup"><span aria-hidden="true">"⇄"</span><span class="said">"Switch startup"</span></summary>
                <ul>{others.into_iter().map(button).collect_view()}</ul>
            </details>
        }
    })
}
