//! Where the charts stand in the page. They take longer than the board: the server sends the page up to [`MARK`] without
//! them, and goes on when they are there (`server/late.rs`). Alive, the page reads them by itself.

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use super::api::pipeline_charts;
use crate::pipeline::filter::DealFilter;

/// Stands in the page where the charts go.
pub const MARK: &str = "<!--charts-->";

/// The strip of charts. Its first content comes with the page, as text that the browser's side leaves alone.
#[component]
pub fn ChartsSection(source: Memo<(DealFilter, u32)>) -> impl IntoView {
    let strip = NodeRef::<html::Div>::new();
    let again = Action::new(move |key: &(DealFilter, u32)| {
        let key = key.clone();
        async move { (key.clone(), pipeline_charts(key.0).await) }
    });
    let html = RwSignal::new(MARK.to_string());
    Effect::new(move |before: Option<(DealFilter, u32)>| {
        let now = source.get();
        let there = before.is_none() && strip.get_untracked().is_some_and(|strip| strip.child_element_count() > 0);
        if before.as_ref() != Some(&now) && !there {
            again.dispatch(now.clone());
        }
        now
    });
    Effect::new(move || {
        // a late answer to an earlier question is none
        let Some((_, Ok(charts))) = again.value().get().filter(|(key, _)| *key == source.get_untracked()) else { return };
        let unfolded = strip.get_untracked().map(|strip| unfolded(&strip)).unwrap_or_default();
        html.set(charts);
        // once the new charts stand there
        request_animation_frame(move || {
            if let Some(strip) = strip.get_untracked() {
                unfold(&strip, &unfolded);
            }
        });
    });
    view! {
        <section class="charts" aria-label="Charts">
            <details class="charts-fold" open>
                <summary>"Charts"</summary>
                <div class="strip" tabindex="0" role="group" aria-label="Figures" node_ref=strip inner_html=html></div>
            </details>
        </section>
    }
}

/// Which tables somebody reads: they stay when the numbers change.
fn unfolded(strip: &web_sys::Element) -> Vec<bool> {
    tables(strip).map(|table| table.has_attribute("open")).collect()
}

fn unfold(strip: &web_sys::Element, unfolded: &[bool]) {
    for (table, _) in tables(strip).zip(unfolded).filter(|(_, open)| **open) {
        let _ = table.set_attribute("open", "");
    }
}

/// One for each figure, in their order; a figure without a table counts, too.
fn tables(strip: &web_sys::Element) -> impl Iterator<Item = web_sys::Element> {
    let figures = strip.query_selector_all(".below").ok();
    let count = figures.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(move |n| {
        let below: web_sys::Element = figures.as_ref()?.item(n)?.dyn_into().ok()?;
        Some(below.last_element_child().unwrap_or(below))
    })
}
