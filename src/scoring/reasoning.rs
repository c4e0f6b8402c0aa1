//! What a model makes of the same evidence. It says how much each topic of fit and intent is worth and why; code bounds it,
//! checks that its reasons exist, turns it into points of the same lines, and adds them up. Engagement stays with the rules:
//! people's mail and visits are not a model's to read.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rules::coverage;
use super::{Evidence, Judge, Kind, Line, Part, Score, State, Topic};
use crate::enrichment::fact::plain;
use crate::gemini::{Answered, reason as gemini};

/// So many texts of a kind, of so many characters.
const TEXTS: usize = 6;
const LETTERS: usize = 240;

/// A model's word on one topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    pub topic: Topic,
    /// 0 to 100: how much of the topic's points. Whatever else comes is brought within.
    pub value: i64,
    pub reason: String,
    /// Ids of the facts that it rests on.
    pub evidence: Vec<Uuid>,
}

/// Which question Gemini answered, stored with its scores.
pub const GEMINI: &str = "gemini-1";

/// What a model said of a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reasoning {
    pub judgements: Vec<Judgement>,
    pub intent_signals: Vec<String>,
    pub risk_factors: Vec<String>,
    pub next_actions: Vec<String>,
    pub model: String,
    /// Which prompt it answered.
    pub prompt: String,
    /// In millionths of a US dollar.
    pub cost: i64,
}

impl From<Answered<gemini::Judgement>> for Reasoning {
    fn from(Answered { value, model, cost }: Answered<gemini::Judgement>) -> Self {
        let judged =
            |topic, part: gemini::Component| Judgement { topic, value: part.value.into(), reason: part.reason, evidence: part.evidence };
        Self {
            judgements: vec![
                judged(Topic::Industry, value.industry),
                judged(Topic::Size, value.size),
                judged(Topic::Region, value.region),
                judged(Topic::Tech, value.tech),
                judged(Topic::Hiring, value.hiring),
                judged(Topic::Funding, value.funding),
                judged(Topic::News, value.news),
                judged(Topic::Keywords, value.keywords),
                judged(Topic::TechChange, value.tech_change),
            ],
            intent_signals: value.intent_signals,
            risk_factors: value.risk_factors,
            next_actions: value.next_actions,
            model,
            prompt: GEMINI.into(),
            cost,
        }
    }
}

impl Score {
    /// The rules' score with a model's word in place of theirs, where it has one. `known` are the ids of the facts that it
    /// was given: a judgement that rests on none of them is dropped, and the rules' lines stand. So what is unknown stays
    /// unknown, whatever a model makes up. Of two judgements on a topic the first counts.
    #[must_use]
    pub fn reasoned(rules: Self, reasoning: Reasoning, known: &HashSet<Uuid>) -> Self {
        let judged = |topic: Topic| {
            let line = |judgement: &Judgement| line(judgement, known, &rules.lines);
            (topic.part() != Part::Engagement).then(|| reasoning.judgements.iter().filter(|j| j.topic == topic).find_map(line)).flatten()
        };
        let mut lines = Vec::new();
        for topic in Topic::ALL {
            match judged(*topic) {
                Some(line) => lines.push(line),
                None => lines.extend(rules.lines.iter().filter(|line| line.topic == *topic).cloned()),
            }
        }
        let coverage = coverage(&lines);
        Self {
            lines,
            coverage,
            intent_signals: texts(&reasoning.intent_signals, rules.intent_signals),
            risk_factors: texts(&reasoning.risk_factors, rules.risk_factors),
            next_actions: texts(&reasoning.next_actions, rules.next_actions),
            judge: Judge::Model { name: plain(&reasoning.model, 100), prompt: plain(&reasoning.prompt, 60), cost: reasoning.cost.max(0) },
        }
    }
}

/// The judgement as a line, if it rests on a fact that was given.
fn line(judgement: &Judgement, known: &HashSet<Uuid>, rules: &[Line]) -> Option<Line> {
    let mut named: Vec<Uuid> = Vec::new();
    for id in &judgement.evidence {
        if known.contains(id) && !named.contains(id) {
            named.push(*id);
        }
    }
    named.truncate(8);
    if named.is_empty() {
        return None;
    }
    let topic = judgement.topic;
    let value = i32::try_from(judgement.value.clamp(0, 100)).unwrap_or_default();
    // its age is that of the newest evidence, as the rules know it
    let dated = rules.iter().filter(|line| line.part == topic.part() && line.evidence.iter().any(|e| named.contains(&e.id)));
    let newest = dated.max_by_key(|line| line.at);
    let reason = plain(&judgement.reason, LETTERS);
    Some(Line {
        part: topic.part(),
        topic,
        label: if reason.is_empty() { "The model gives no reason".into() } else { reason },
        points: (topic.most() * value + 50) / 100,
        weight: topic.most(),
        evidence: named.into_iter().map(|id| Evidence { kind: Kind::Fact, id }).collect(),
        at: newest.and_then(|line| line.at),
        age: newest.and_then(|line| line.age),
        decay: newest.map_or(100, |line| line.decay),
        state: State::Known,
    })
}

/// The model's texts, else the rules' own.
fn texts(said: &[String], otherwise: Vec<String>) -> Vec<String> {
    let said: Vec<String> = said.iter().map(|text| plain(text, LETTERS)).filter(|text| !text.is_empty()).take(TEXTS).collect();
    if said.is_empty() { otherwise } else { said }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::points_of;

    fn rules() -> Score {
        let line = |topic: Topic, points, state| Line {
            part: topic.part(),
            topic,
            label: "rules".into(),
            points,
            weight: topic.most(),
            evidence: Vec::new(),
            at: None,
            age: None,
            decay: 100,
            state,
        };
        let lines = Topic::ALL.iter().map(|topic| line(*topic, topic.most() / 2, State::Unknown)).collect();
        Score { lines, next_actions: vec!["Call".into()], ..Score::default() }
    }

    fn said(judgements: Vec<Judgement>) -> Reasoning {
        Reasoning {
            judgements,
            intent_signals: vec!["a\u{202e}\nb".into(); 100],
            risk_factors: vec!["x".repeat(10_000)],
            next_actions: vec![" \u{200b} ".into()],
            model: "m".into(),
            prompt: "p".into(),
            cost: -5,
        }
    }

    #[test]
    fn nonsense_is_brought_within_bounds() {
        let id = Uuid::now_v7();
        let judged = |topic, value| Judgement { topic, value, reason: "r".repeat(5_000), evidence: vec![id, id, Uuid::now_v7()] };
        let judgements = vec![
            judged(Topic::Industry, 1_000_000_000),
            judged(Topic::Industry, 0),
            judged(Topic::Hiring, i64::MIN),
            judged(Topic::Events, 100),
            Judgement { evidence: vec![Uuid::now_v7()], ..judged(Topic::Size, 100) },
            Judgement { evidence: vec![], ..judged(Topic::News, 100) },
        ];
        let score = Score::reasoned(rules(), said(judgements), &HashSet::from([id]));
        let of = |topic| score.lines.iter().filter(|line| line.topic == topic).map(|line| (line.points, line.state)).collect::<Vec<_>>();
        assert_eq!(of(Topic::Industry), [(12, State::Known)]);
        assert_eq!(of(Topic::Hiring), [(0, State::Known)]);
        assert_eq!(of(Topic::Events), [(4, State::Unknown)], "not a model's to judge");
        assert_eq!(of(Topic::Size), [(5, State::Unknown)], "evidence that nobody gave");
        assert_eq!(of(Topic::News), [(4, State::Unknown)], "no evidence");
        assert_eq!(score.lines[0].evidence.len(), 1);
        assert!(score.lines.iter().all(|line| line.label.chars().count() <= LETTERS));
        assert_eq!(Part::ALL.iter().map(|part| points_of(&score.lines, *part)).sum::<i32>(), score.overall());
        assert_eq!((score.intent_signals.len(), score.intent_signals[0].as_str()), (TEXTS, "a b"));
        assert_eq!(score.next_actions, ["Call"], "nothing said: the rules' own");
        assert_eq!(score.judge, Judge::Model { name: "m".into(), prompt: "p".into(), cost: 0 });
    }

    #[test]
    fn whatever_a_model_says_the_sum_is_the_sum() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..500 {
            let ids: Vec<Uuid> = (0..5).map(|_| Uuid::now_v7()).collect();
            let judgements = (0..random.usize(0..20)).map(|_| Judgement {
                topic: Topic::ALL[random.usize(0..Topic::ALL.len())],
                value: random.i64(..),
                reason: String::new(),
                evidence: vec![ids[random.usize(0..5)]],
            });
            let score = Score::reasoned(rules(), said(judgements.collect()), &ids[..3].iter().copied().collect());
            for part in Part::ALL {
                assert!((0..=part.most()).contains(&score.points(*part)));
            }
            assert!((0..=100).contains(&score.overall()));
        }
    }
}
