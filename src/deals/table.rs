//! An account's deals, as a table in its panel.

use leptos::prelude::*;

use super::{Deal, SHOWN};
use crate::ui::tag::Tag;
use crate::ui::time::date;

#[component]
pub fn DealTable(deals: Vec<Deal>, currency: String) -> impl IntoView {
    if deals.is_empty() {
        return view! { <p class="quiet">"No deals yet."</p> }.into_any();
    }
    let cut = deals.len() >= usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let rows = deals.into_iter().map(|deal| {
        let amount = deal.amount().map_or_else(|| "–".to_string(), |a| a.show(&currency));
        let close = deal.closed_at.map(date).or_else(|| deal.expected_close.map(date)).unwrap_or_else(|| "–".into());
        view! {
            <tr>
                <th scope="row">{deal.name}{deal.owner.map(|o| view! { <span class="sub">{o}</span> })}</th>
                <td><Tag tone=deal.stage.tone() text=deal.stage.as_str()/></td>
                <td class="num">{amount}</td>
                <td class="num">{close}</td>
            </tr>
        }
    });
    view! {
        <table class="small">
            <thead><tr><th scope="col">"Deal"</th><th scope="col">"Stage"</th><th scope="col" class="num">"Amount"</th><th scope="col" class="num">"Close"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        {cut.then(|| view! { <p class="quiet">"The newest " {SHOWN} " are shown."</p> })}
    }
    .into_any()
}
