//! A line of the Leads view.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::Lead;
use crate::accounts::AccountRow;
use crate::accounts::query::{ListQuery, Tab};
use crate::money::show_cents;
use crate::scoring::Part;
use crate::team::initials;
use crate::ui::meter::{Bar, Meter};
use crate::ui::tag::{Tag, Tone};
use crate::ui::time::Ago;

#[component]
pub fn LeadRow(row: AccountRow, lead: Lead, currency: String, now: Signal<DateTime<Utc>>) -> impl IntoView {
    let href = ListQuery::default().at_tab(&row.id.to_string(), Tab::Intelligence);
    let parts = [(Part::Fit, lead.fit), (Part::Intent, lead.intent), (Part::Engagement, lead.engagement)];
    let parts = parts.into_iter().filter_map(|(part, points)| Some((part, points?)));
    let part = |(part, points): (Part, i32)| {
        view! { <span>{part.name()}</span><Bar share=100 * points / part.most()/><span class="num">{format!("{points} of {}", part.most())}</span> }
    };
    let known = lead.coverage.filter(|coverage| *coverage < 100).map(|coverage| format!("{coverage} % known"));
    let open = if lead.open_cents == 0 { "–".into() } else { show_cents(lead.open_cents, &currency) };
    view! {
        <tr>
            <th scope="row"><a class="open" href=href>{row.name}</a>{row.domain.map(|d| view! { <span class="sub">{d}</span> })}</th>
            <td class="num prio"><span class="named">"Priority "</span><b>{row.priority}</b></td>
            <td>
                {match lead.score {
                    Some(score) => view! { <Meter score/> }.into_any(),
                    None => view! { <span class="quiet">"not scored"</span> }.into_any(),
                }}
                {known.map(|known| view! { <small class="quiet">" " {known}</small> })}
            </td>
            <td><div class="three">{parts.map(part).collect_view()}</div></td>
            <td class="wide">
                {lead.researched_at.map_or_else(|| view! { <span class="quiet">"never"</span> }.into_any(), |at| view! { <Ago at now/> }.into_any())}
                {row.stale.then(|| view! { " " <Tag tone=Tone::Warn text="Stale"/> })}
            </td>
            <td class="num wide">{open}</td>
            <td class="wide">{row.owner.map(|o| view! { <span class="who" title=o.clone() role="img" aria-label=o.clone()>{initials(&o)}</span> })}</td>
        </tr>
    }
}
