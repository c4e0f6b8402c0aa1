//! Engagement, 20 points: what passed between the lead and the startup. With the person 8, with others of the account 4,
//! events 8.
//!
//! With the person, points when it happens: a meeting 5, their call 4, their email 3, our call 2, our email 1; with somebody
//! else half of that. What the log ascribes to nobody counts as with the account's only contact, or with the account if that
//! has none. They halve in 30 days. Notes are ours alone and count for nothing. Who unsubscribed loses up to 10 points, never
//! more than the rest has brought.

use chrono::NaiveDate;

use super::{LINES, Signal, plain_line, within_most};
use crate::scoring::evidence::{EventKind, LeadEvidence, Touch};
use crate::scoring::{Evidence, Kind, Line, State, Topic};

/// What an unsubscription takes.
const UNSUBSCRIBED: i32 = -10;

/// Points of an event as it happens, and its half-life in days.
pub(super) const fn event(kind: EventKind) -> (i32, i32, &'static str) {
    match kind {
        EventKind::EmailOpen => (1, 14, "Opened an email"),
        EventKind::EmailClick => (2, 14, "Followed a link in an email"),
        EventKind::EmailReply => (4, 30, "Answered an email"),
        EventKind::SiteVisit => (1, 14, "Visited the site"),
        EventKind::Form => (4, 30, "Sent a form"),
        EventKind::DemoRequest => (8, 30, "Asked for a demo"),
        EventKind::TrialStart => (8, 30, "Began a trial"),
        EventKind::Unsubscribe => (UNSUBSCRIBED, 180, "Unsubscribed"),
        EventKind::Other => (1, 14, "Did something else"),
    }
}

const fn touch(touch: Touch) -> (i32, &'static str) {
    match touch {
        Touch::Meeting => (5, "Meeting"),
        Touch::CallIn => (4, "They called"),
        Touch::EmailIn => (3, "They wrote"),
        Touch::CallOut => (2, "We called"),
        Touch::EmailOut => (1, "We wrote"),
    }
}

pub(super) fn lines(lead: &LeadEvidence, today: NaiveDate) -> Vec<Line> {
    let account = &lead.account;
    let (mut with_lead, mut with_others) = (Vec::new(), Vec::new());
    for contacted in &account.touches {
        let (full, label) = touch(contacted.touch);
        let theirs = contacted.with == lead.key.lead || contacted.with.is_none() && account.leads <= 1;
        let (group, topic, full) =
            if theirs { (&mut with_lead, Topic::Touches, full) } else { (&mut with_others, Topic::AccountTouches, (full + 1) / 2) };
        group.push(Signal {
            label: label.into(),
            full,
            evidence: Evidence { kind: Kind::Interaction, id: contacted.id },
            day: contacted.at.date_naive(),
            half_life: topic.half_life().unwrap_or(i32::MAX),
        });
    }
    let (mut done, mut against) = (Vec::new(), Vec::new());
    for happened in lead.events() {
        let (full, half_life, label) = event(happened.kind);
        let group = if full < 0 { &mut against } else { &mut done };
        group.push(Signal {
            label: label.into(),
            full,
            evidence: Evidence { kind: Kind::Event, id: happened.id },
            day: happened.at.date_naive(),
            half_life,
        });
    }
    let mut lines = Vec::new();
    for (topic, signals) in [(Topic::Touches, with_lead), (Topic::AccountTouches, with_others), (Topic::Events, done)] {
        match signals.is_empty() {
            true if topic == Topic::Events && !against.is_empty() => {}
            true => lines.push(plain_line(topic, State::Nothing, 0, nothing(topic))),
            false => lines.extend(within_most(topic, signals, today)),
        }
    }
    // the newest alone: to unsubscribe twice is to unsubscribe
    if let Some(signal) = against.into_iter().max_by_key(|signal| (signal.day, signal.evidence.id)) {
        let mut line = signal.line(Topic::Events, today);
        let brought: i32 = lines.iter().map(|line| line.points).sum();
        if line.points < -brought {
            line.points = -brought;
            line.state = State::Capped;
        }
        lines.push(line);
    }
    debug_assert!(lines.len() <= 3 * LINES + 1);
    lines
}

const fn nothing(topic: Topic) -> &'static str {
    match topic {
        Topic::Touches => "Nothing logged with this person in half a year",
        Topic::AccountTouches => "Nothing logged with others of the account in half a year",
        _ => "No events in half a year",
    }
}
