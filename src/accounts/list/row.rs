//! A line of the list.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::accounts::AccountRow;
use crate::accounts::dashboard::OpenAccount;
use crate::accounts::query::{Query, Tab};
use crate::money::Money;
use crate::team::initials;
use crate::ui::meter::Meter;
use crate::ui::tag::{Tag, Tone};
use crate::ui::time::{Ago, date};

#[component]
pub fn Row(row: AccountRow, edits: bool, currency: String, now: Signal<DateTime<Utc>>) -> impl IntoView {
    let query = expect_context::<Query>();
    let OpenAccount { id: open, .. } = expect_context();
    let AccountRow { id: account, name, domain, status, segment, mrr, health, priority, owner, last_contact, created_at, stale, .. } = row;
    let id = account.to_string();
    let address = {
        let id = id.clone();
        move || query.with(|q| q.at_tab(&id, Tab::Overview))
    };
    let current = {
        let id = id.clone();
        move || open.with(|open| open.as_deref() == Some(&id)).then_some("true")
    };
    let edit = move || query.with(|q| q.at_row(open.get().as_deref(), account));
    let select = format!("Select {name}");
    let change = format!("Change {name}");
    let mrr = if mrr == Money::ZERO { "–".into() } else { mrr.show(&currency) };
    view! {
        <tr aria-current=current>
            {edits.then(|| view! { <td class="tick"><label><input type="checkbox" name="ids[]" value=id form="bulk" aria-label=select/></label></td> })}
            <th scope="row"><a class="open" href=address>{name}</a>{domain.map(|d| view! { <span class="sub">{d}</span> })}</th>
            <td><Tag tone=status.tone() text=status.as_str()/></td>
            <td class="wide">{segment.as_str()}</td>
            <td class="num">{mrr}</td>
            <td class="num prio"><span class="named">"Priority "</span>{priority}</td>
            <td class="wide"><Meter score=health/></td>
            <td class="wide">{owner.map(|o| view! { <span class="who" title=o.clone() role="img" aria-label=o.clone()>{initials(&o)}</span> })}</td>
            <td>
                {last_contact.map_or_else(|| view! { <span class="quiet">"never"</span> }.into_any(), |at| view! { <Ago at now/> }.into_any())}
                {stale.then(|| view! { " " <Tag tone=Tone::Warn text="Stale"/> })}
                {edits.then(|| view! { <a class="edit" href=edit aria-label=change>"✎"</a> })}
            </td>
            <td class="widest">{date(created_at)}</td>
        </tr>
    }
}
