//! What the rules have to say beside points: signs of intent, risks, and what to do next, each a short text.

use chrono::NaiveDate;

use super::days;
use crate::scoring::evidence::{EventKind, LeadEvidence, Touch};
use crate::scoring::{Line, Part, State, Topic};

/// Below this coverage, in percent, a score is called uncertain.
const UNCERTAIN: i32 = 60;
/// Days after which silence is worth a word.
const SILENT: i32 = 30;

#[derive(Default)]
pub(super) struct Outlook {
    pub signals: Vec<String>,
    pub risks: Vec<String>,
    pub actions: Vec<String>,
}

pub(super) fn of(lead: &LeadEvidence, lines: &[Line], coverage: i32, today: NaiveDate) -> Outlook {
    let mut told: Vec<&Line> = lines.iter().filter(|line| line.part == Part::Intent && line.points > 0).collect();
    told.sort_by_key(|line| std::cmp::Reverse(line.points));
    Outlook {
        signals: told.into_iter().take(6).map(|line| line.label.clone()).collect(),
        risks: risks(lead, lines, coverage, today),
        actions: actions(lead, lines, today),
    }
}

fn ours(touch: Touch) -> bool {
    matches!(touch, Touch::CallOut | Touch::EmailOut)
}

fn risks(lead: &LeadEvidence, lines: &[Line], coverage: i32, today: NaiveDate) -> Vec<String> {
    let account = &lead.account;
    let mut risks = Vec::new();
    if let Some(event) = lead.events().find(|event| event.kind == EventKind::Unsubscribe) {
        risks.push(format!("Unsubscribed on {}", event.at.format("%-d %b %Y")));
    }
    let outside = |line: &&Line| line.part == Part::Fit && line.points == 0 && line.state != State::Unknown;
    risks.extend(lines.iter().filter(outside).map(|line| line.label.clone()));
    risks.extend(
        lines.iter().filter(|line| line.topic == Topic::Hiring && line.label.starts_with("Hiring less")).map(|line| line.label.clone()),
    );
    let tries = account.touches.iter().take_while(|contacted| ours(contacted.touch)).count();
    if tries >= 3 {
        risks.push(format!("No answer to the last {tries} attempts"));
    } else if let Some(last) = account.touches.first()
        && days(last.at.date_naive(), today) > SILENT
    {
        risks.push(format!("Silent for {} days", days(last.at.date_naive(), today)));
    }
    if coverage < UNCERTAIN {
        risks.push(format!("Only {coverage} % of what counts is known"));
    }
    risks
}

fn actions(lead: &LeadEvidence, lines: &[Line], today: NaiveDate) -> Vec<String> {
    let account = &lead.account;
    let mut actions = Vec::new();
    let asked = |kind| matches!(kind, EventKind::DemoRequest | EventKind::TrialStart);
    if let Some(event) = lead.events().find(|event| asked(event.kind) && days(event.at.date_naive(), today) <= SILENT) {
        let what = if event.kind == EventKind::DemoRequest { "they asked for a demo" } else { "they began a trial" };
        actions.push(format!("Call: {what} on {}", event.at.format("%-d %b %Y")));
    }
    match account.touches.first() {
        Some(last) if matches!(last.touch, Touch::EmailIn | Touch::CallIn) => {
            actions.push(format!("Answer: they came to you on {}", last.at.format("%-d %b %Y")));
        }
        Some(last) if days(last.at.date_naive(), today) <= SILENT => {}
        _ => actions.push(format!("Get in touch: nobody has in {SILENT} days")),
    }
    if lead.key.lead.is_none() {
        actions.push("Add a contact: nobody is known there".into());
    }
    let unknown: Vec<String> = Topic::ALL
        .iter()
        .filter(|topic| topic.part() == Part::Fit && lines.iter().any(|line| line.topic == **topic && line.state == State::Unknown))
        .map(|topic| topic.name().to_lowercase())
        .collect();
    if !account.researched {
        actions.push("Research the account: nobody has looked yet".into());
    } else if !unknown.is_empty() {
        actions.push(format!("Find out: {}", unknown.join(", ")));
    }
    if account.icp.is_empty() {
        actions.push("Say whom you sell to in the settings: the profile is empty, so everybody fits".into());
    }
    actions
}
