//! Where the charts stand in the page. They take longer than the board: the server sends the page up to [`MARK`] without
//! them, and goes on when they are there (`server/late.rs`). Alive, the page reads them by itself.

use leptos::html;
use leptos::prelude::*;

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
        // the same again would only close the tables that somebody reads
        if html.with_untracked(|before| *before != charts) {
            html.set(charts);
        }
    });
    view! {
        <section class="charts" aria-label="Charts">
            <details class="charts-fold" open>
                <summary>"Charts"</summary>
                <div class="strip" tabindex="0" role="group" aria-label="Charts, scroll sideways" node_ref=strip inner_html=html></div>
            </details>
        </section>
    }
}
