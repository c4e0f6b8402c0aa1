//! The Intelligence tab: what is known of a company, each fact with its source one click away, and what is being done to
//! know more.

mod correct;
mod facts;
mod google;
mod source;
mod status;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use uuid::Uuid;

use super::{Insight, Researched};
use crate::scoring::panel::ScoreCard;
use crate::ui::live::{Connection, Desk};
use crate::ui::stream::{Listener, listen};
use facts::Facts;
use google::Google;
use status::Status;

/// Where an account's research stands in the tab, and how it may be changed.
#[derive(Clone, Copy)]
pub(super) struct Tab {
    pub account: Uuid,
    pub edits: bool,
    pub now: Signal<DateTime<Utc>>,
}

/// The tab. `told` counts what the stream tells of this account, so that it is read again.
#[component]
pub fn Intelligence(account: Uuid, insight: Signal<Insight>, now: Signal<DateTime<Utc>>, desk: Desk, told: RwSignal<u32>) -> impl IntoView {
    let (startup, edits) = desk.with_value(|d| (d.viewer.startup_id, d.viewer.role.edits()));
    let ear = Ear { account, startup, told, connection: expect_context() };
    Effect::new(move || listen(ear));
    provide_context(Tab { account, edits, now });
    // a reading that brings nothing new changes nothing
    let researched = Signal::from(Memo::new(move |_| insight.with(|i| i.researched.clone())));
    let scores = Signal::derive(move || insight.with(|i| i.scores.clone()));
    view! {
        <section class="intelligence">
            <Status insight/>
            {move || insight.with(|i| i.is_sample).then(|| view! {
                <p class="notice">"A made-up company: its site is a sample that this server serves by itself. None of what stands here is real."</p>
            })}
            <Google insight is_owner=desk.with_value(|d| d.viewer.role == crate::team::Role::Owner)/>
            <ScoreCard account scores/>
            <Facts researched/>
            <Runs researched/>
        </section>
    }
}

/// Which providers have looked, when, for whom, and what it cost.
#[component]
fn Runs(researched: Signal<Researched>) -> impl IntoView {
    let Tab { now, .. } = expect_context();
    let lines = move || {
        let runs = researched.with(|r| r.runs.clone());
        let line = move |run: super::ShownRun| {
            let by = run.asked_by.map(|name| format!(", for {name}")).unwrap_or_default();
            let model = run.model.map(|model| format!(" ({model})")).unwrap_or_default();
            let cost = (run.cost_micros > 0).then(|| format!(", {}", dollars(run.cost_micros)));
            view! {
                <li>
                    {source::says(run.provider)} {model} ": " <crate::ui::time::Ago at=run.created_at now/> {by} {cost}
                    {run.is_private.then_some("; seen by nobody but you")}
                </li>
            }
        };
        runs.into_iter().map(line).collect_view()
    };
    view! { <ul class="runs quiet">{lines}</ul> }
}

/// Millionths of a US dollar, as people read them.
pub(in crate::enrichment) fn dollars(micros: i64) -> String {
    match micros {
        0 => "no cost".into(),
        1..10_000 => "under 1 US cent".into(),
        10_000..1_000_000 => format!("{} US cents", (micros + 5_000) / 10_000),
        _ => format!("{}.{:02} US dollars", micros / 1_000_000, micros % 1_000_000 / 10_000),
    }
}

/// Hears of this account.
#[derive(Clone, Copy)]
struct Ear {
    account: Uuid,
    startup: Uuid,
    told: RwSignal<u32>,
    connection: Connection,
}

impl Listener for Ear {
    const EVENTS: &'static [&'static str] = &["research", "all"];

    fn address(self) -> String {
        format!("/live?startup={}&of=research", self.startup)
    }

    fn hear(self, event: &'static str, said: Option<String>, _: String) {
        let accounts: Vec<Uuid> = said.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        if event == "all" || accounts.contains(&self.account) {
            self.told.try_update(|n| *n += 1);
        }
    }

    fn reached(self, there: bool) {
        if there { self.connection.found() } else { self.connection.lost() }
    }

    fn missed(self) {
        self.told.try_update(|n| *n += 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_read_well() {
        let said = [0, 900, 89_000, 994_999, 1_234_567].map(dollars);
        assert_eq!(said, ["no cost", "under 1 US cent", "9 US cents", "99 US cents", "1.23 US dollars"]);
    }
}
