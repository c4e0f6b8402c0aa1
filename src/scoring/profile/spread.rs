//! How leads spread over bands of ten points, as the profile is and as it would be.

use leptos::prelude::*;

use super::{Bands, PREVIEWED, Spread};
use crate::money::grouped;
use crate::ui::meter::Bar;

#[component]
pub fn SpreadTable(spread: Spread) -> impl IntoView {
    let Spread { now, then, accounts } = spread;
    let most = now.iter().chain(&then).copied().max().unwrap_or_default().max(1);
    let cell = move |count: u32| {
        let share = i32::try_from(u64::from(count) * 100 / u64::from(most)).unwrap_or_default();
        view! { <td><Bar share/>{grouped(count.into())}</td> }
    };
    let rows = (0..10).rev().map(|band: usize| {
        let name = if band == 9 { "90–100".to_string() } else { format!("{}–{}", 10 * band, 10 * band + 9) };
        view! { <tr><th scope="row">{name}</th>{cell(now[band])}{cell(then[band])}</tr> }
    });
    let of = if usize::try_from(accounts).is_ok_and(|n| n >= PREVIEWED) { "the best " } else { "" };
    view! {
        <section aria-labelledby="spread">
            <h2 id="spread">"How the present leads would spread"</h2>
            <p role="status">{said(&now, &then)}</p>
            <table class="spread" aria-labelledby="spread">
                <thead><tr><th scope="col">"Score"</th><th scope="col">"Now"</th><th scope="col">"With this profile"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            <p class="quiet">"By the rules, over " {of} {grouped(accounts.into())} " accounts; each counts with its best contact. Nothing is saved yet."</p>
        </section>
    }
}

/// In one sentence: how many are good leads.
fn said(now: &Bands, then: &Bands) -> String {
    let good = |bands: &Bands| bands[6..].iter().sum::<u32>();
    format!("With 60 points and more: {} now, {} with this profile.", grouped(good(now).into()), grouped(good(then).into()))
}
