//! The bin's page.

use chrono::Duration;
use leptos::prelude::*;

use super::api::{Restore, list_bin};
use super::{Bin, Binned, KEPT, SHOWN};
use crate::error::AppError;
use crate::ui::form::Step;
use crate::ui::frame::{Changes, notified};
use crate::ui::live::{Live, Shown};
use crate::ui::time::{Ago, date};
use crate::ui::title::PageTitle;

#[component]
pub fn BinPage() -> impl IntoView {
    let changes = expect_context::<Changes>();
    let source = Memo::new(move |_| changes.count());
    view! {
        <PageTitle text="Bin"/>
        <main class="page room" id="main" tabindex="-1">
            <h1>"Bin"</h1>
            <p class="quiet">"What was put away stays here for " {KEPT} " days. An account comes back with the contacts and deals that went in with it."</p>
            <Live source read=read show=move |bin, _| view! { <Things bin/> }.into_any() waiting="Reading the bin…"/>
        </main>
    }
}

async fn read(_: u32) -> Result<Bin, AppError> {
    list_bin().await
}

#[component]
fn Things(bin: Shown<Bin>) -> impl IntoView {
    let bin = RwSignal::from(bin);
    let now = Signal::derive(move || bin.with(|b| b.now));
    let count = Memo::new(move |_| bin.with(|b| b.things.len()));
    move || {
        if count.get() == 0 {
            return view! { <div class="notice"><h2>"The bin is empty"</h2></div> }.into_any();
        }
        let cut = count.get() >= usize::try_from(SHOWN).unwrap_or(usize::MAX);
        view! {
            <div class="list">
                <table aria-label="Bin">
                    <thead><tr><th scope="col">"What"</th><th scope="col">"Put away"</th><th scope="col" class="wide">"Gone on"</th><th scope="col"><span class="away">"Restore"</span></th></tr></thead>
                    <tbody><For each=move || bin.with(|b| b.things.clone()) key=|thing| thing.clone() let:thing><Line thing now/></For></tbody>
                </table>
                {cut.then(|| view! { <p class="quiet">"The latest " {SHOWN} " are shown."</p> })}
            </div>
        }
        .into_any()
    }
}

#[component]
fn Line(thing: Binned, now: Signal<chrono::DateTime<chrono::Utc>>) -> impl IntoView {
    let action = ServerAction::<Restore>::new();
    let Binned { thing, id, name, account, deleted_at } = thing;
    let label = format!("Restore {name}");
    let whose = account.map_or_else(|| thing.to_string(), |account| format!("{thing} of {account}"));
    view! {
        <tr>
            <th scope="row">{name}<span class="sub">{whose}</span></th>
            <td><Ago at=deleted_at now/></td>
            <td class="wide">{date(deleted_at + Duration::days(KEPT))}</td>
            <td>
                <Step action label=label.clone() back="/bin" done=notified()>
                    <input type="hidden" name="thing" value=thing.as_str()/>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <button class="btn" type="submit" aria-label=label>"Restore"</button>
                </Step>
            </td>
        </tr>
    }
}
