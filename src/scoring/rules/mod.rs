//! Points by rules: the same evidence at the same time is always the same score. No model, no chance, no clock of its own.
//!
//! Ageing is exponential: a line has `full × 0.5^(age ÷ half-life)` points, rounded. A topic's lines come to its most and no
//! further, the strongest first. So a line that is taken away takes its own points with it and no others, unless its topic
//! had reached its most: then the next in line may take the place.

mod engagement;
mod fit;
mod intent;
mod outlook;
mod words;

#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, Utc};

use super::evidence::LeadEvidence;
use super::{Evidence, Judge, Line, Score, State, Topic};

/// So many lines of a topic are kept.
const LINES: usize = 8;

/// A lead's score by the rules.
pub fn score(lead: &LeadEvidence, now: DateTime<Utc>) -> Score {
    let today = now.date_naive();
    let account = &lead.account;
    let mut lines = fit::lines(account, today);
    lines.extend(intent::lines(account, today));
    lines.extend(engagement::lines(lead, today));
    let coverage = coverage(&lines);
    let outlook = outlook::of(lead, &lines, coverage, today);
    Score {
        lines,
        coverage,
        intent_signals: outlook.signals,
        risk_factors: outlook.risks,
        next_actions: outlook.actions,
        judge: Judge::Rules,
    }
}

/// Percent of the weight that is known. Engagement always is: the team's own log says what passed.
pub(super) fn coverage(lines: &[Line]) -> i32 {
    let unknown = |topic: &&Topic| lines.iter().any(|line| line.topic == **topic && line.state == State::Unknown);
    100 - Topic::ALL.iter().filter(unknown).map(|topic| topic.most()).sum::<i32>()
}

/// What `full` points are after `age` days, and the percent that is left. Nothing is younger than today.
fn aged(full: i32, age: i32, half_life: i32) -> (i32, i32) {
    let left = 0.5_f64.powf(f64::from(age.max(0)) / f64::from(half_life));
    #[expect(clippy::cast_possible_truncation, reason = "points and percents are small")]
    let round = |n: f64| n.round() as i32;
    (round(f64::from(full) * left), round(100.0 * left))
}

/// Something that brings points, before its age and its topic's most are seen to.
struct Signal {
    label: String,
    full: i32,
    evidence: Evidence,
    day: NaiveDate,
    half_life: i32,
}

impl Signal {
    fn line(self, topic: Topic, today: NaiveDate) -> Line {
        let age = days(self.day, today);
        let (points, decay) = aged(self.full, age, self.half_life);
        Line {
            part: topic.part(),
            topic,
            label: self.label,
            points,
            weight: self.full.max(0),
            evidence: vec![self.evidence],
            at: Some(self.day),
            age: Some(age),
            decay,
            state: State::Known,
        }
    }
}

fn days(day: NaiveDate, today: NaiveDate) -> i32 {
    i32::try_from((today - day).num_days()).unwrap_or(i32::MAX).max(0)
}

/// The lines of signals that speak for the lead: the strongest first, then the newest, up to the topic's most.
fn within_most(topic: Topic, signals: Vec<Signal>, today: NaiveDate) -> Vec<Line> {
    let mut lines: Vec<Line> = signals.into_iter().map(|signal| signal.line(topic, today)).collect();
    lines.sort_by(|a, b| {
        (b.points, b.at).cmp(&(a.points, a.at)).then_with(|| a.evidence.first().map(|e| e.id).cmp(&b.evidence.first().map(|e| e.id)))
    });
    lines.truncate(LINES);
    let mut room = topic.most();
    for line in &mut lines {
        if line.points > room {
            line.points = room;
            line.state = State::Capped;
        }
        room -= line.points;
    }
    lines
}

/// A line without evidence.
fn plain_line(topic: Topic, state: State, points: i32, label: impl Into<String>) -> Line {
    Line {
        part: topic.part(),
        topic,
        label: label.into(),
        points,
        weight: topic.most(),
        evidence: Vec::new(),
        at: None,
        age: None,
        decay: 100,
        state,
    }
}
