//! The button that puts a thing into the bin.

use leptos::prelude::*;

use super::Thing;
use super::api::PutAway;
use crate::ui::form::Step;

#[component]
pub fn BinButton(
    thing: Thing,
    #[prop(into)] id: Signal<String>,
    #[prop(into)] name: Signal<String>,
    /** where a page without JavaScript goes on */
    #[prop(into)]
    back: Signal<String>,
    /** where a live one does, if the thing's page goes with it */
    #[prop(optional, into)]
    go: Option<Signal<String>>,
    done: Callback<()>,
) -> impl IntoView {
    let action = ServerAction::<PutAway>::new();
    let label = Signal::derive(move || format!("Move {} to the bin", name.get()));
    view! {
        <Step action label back go done>
            <input type="hidden" name="thing" value=thing.as_str()/>
            <input type="hidden" name="id" value=move || id.get()/>
            <button class="btn plain" type="submit" aria-label=move || label.get()>"Bin"</button>
        </Step>
    }
}
