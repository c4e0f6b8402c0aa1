//! The rules over cases and over random evidence.

use std::sync::Arc;

use chrono::{DateTime, Days, TimeDelta, Utc};
use uuid::Uuid;

use super::{aged, score};
use crate::enrichment::{Fact, Trend};
use crate::scoring::evidence::{AccountEvidence, Contacted, EventKind, KnownFact, LeadEvent, LeadEvidence, OwnFields, Standing, Touch};
use crate::scoring::icp::{Icp, IcpForm};
use crate::scoring::{LeadKey, Line, Part, Score, State, Topic};

fn now() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn profile() -> Icp {
    IcpForm {
        industries: "Software".into(),
        sizes: "50-500".into(),
        regions: "DACH".into(),
        technologies: "PostgreSQL, Rust".into(),
        keywords: "logistics, data platform".into(),
    }
    .parse()
    .unwrap()
}

fn fact(fact: Fact, days_ago: u64) -> KnownFact {
    let seen = now() - Days::new(days_ago);
    KnownFact { id: Uuid::now_v7(), fact, standing: Standing::Supported, about: Some(seen.date_naive()), observed: seen, first_seen: seen }
}

fn lead(icp: Icp, facts: Vec<KnownFact>) -> LeadEvidence {
    let id = Uuid::now_v7();
    let account = AccountEvidence {
        id,
        icp: Arc::new(icp),
        own: OwnFields::default(),
        researched: !facts.is_empty(),
        facts,
        leads: 2,
        touches: Vec::new(),
        events: Vec::new(),
    };
    LeadEvidence { key: LeadKey { account: id, lead: Some(Uuid::now_v7()) }, account: Arc::new(account) }
}

fn hiring(trend: Trend, openings: Option<u32>) -> Fact {
    Fact::Hiring { trend, openings, roles: vec![], departments: vec![] }
}

fn technology(name: &str) -> Fact {
    Fact::Technology { name: name.into(), version: None, category: "any".into() }
}

fn of(score: &Score, topic: Topic) -> Vec<&Line> {
    score.lines.iter().filter(|line| line.topic == topic).collect()
}

/// The sum, the parts' and topics' mosts, and the coverage: what holds whatever the evidence.
fn sound(score: &Score) {
    assert_eq!(score.lines.iter().map(|line| line.points).sum::<i32>(), score.overall());
    for part in Part::ALL {
        assert!((0..=part.most()).contains(&score.points(*part)), "{part}: {:#?}", score.lines);
    }
    for topic in Topic::ALL {
        assert!(score.of_topic(*topic) <= topic.most(), "{topic}");
        assert!(!of(score, *topic).is_empty(), "{topic} says nothing");
    }
    for line in &score.lines {
        assert_eq!(line.part, line.topic.part());
        assert!(line.points <= line.weight, "{line:?}");
        assert!((0..=100).contains(&line.decay));
    }
    assert!((0..=100).contains(&score.coverage));
}

#[test]
fn half_of_it_is_left_at_the_half_life() {
    for (full, half_life) in [(12, 30), (10, 180), (8, 14), (-10, 180)] {
        assert_eq!(aged(full, 0, half_life), (full, 100));
        assert_eq!(aged(full, half_life, half_life), (full / 2, 50));
        assert_eq!(aged(full, 2 * half_life, half_life).1, 25);
        assert_eq!(aged(full, -5, half_life), (full, 100), "nothing is younger than today");
        assert_eq!(aged(full, i32::MAX, half_life), (0, 0));
    }
    for days in [0, 30, 60] {
        let score = score(&lead(profile(), vec![fact(hiring(Trend::Growing, Some(3)), days)]), now());
        let line = of(&score, Topic::Hiring)[0];
        assert_eq!(line.points, 12 >> (days / 30));
        assert_eq!((line.age, line.label.as_str()), (Some(days as i32), "Hiring more: 3 open posts"));
    }
}

#[test]
fn a_lead_of_the_profile_has_all_of_fit() {
    let facts = vec![
        fact(Fact::Industry { name: "Software development".into() }, 5),
        fact(Fact::Employees { count: 120 }, 5),
        fact(Fact::Location { city: Some("Berlin".into()), country: Some("DE".into()) }, 5),
        fact(technology("PostgreSQL"), 400),
        fact(technology("Rust"), 5),
    ];
    let score = score(&lead(profile(), facts), now());
    sound(&score);
    assert_eq!(score.points(Part::Fit), 40);
    assert_eq!(score.coverage, 100);
}

#[test]
fn what_nobody_knows_is_the_middle_and_lowers_coverage() {
    let nothing = score(&lead(profile(), vec![]), now());
    sound(&nothing);
    assert_eq!((nothing.points(Part::Fit), nothing.points(Part::Intent), nothing.coverage), (20, 0, 20));
    assert!(nothing.lines.iter().filter(|line| line.part != Part::Engagement).all(|line| line.state == State::Unknown));
    // somebody looked: then what was not found is not there
    let looked = score(&lead(profile(), vec![fact(Fact::Founded { year: 1999 }, 1)]), now());
    assert_eq!((looked.points(Part::Fit), looked.coverage), (20, 60));
    assert_eq!(of(&looked, Topic::News)[0].state, State::Nothing);
    let known = score(&lead(profile(), vec![fact(Fact::Employees { count: 9 }, 1)]), now());
    assert_eq!((known.of_topic(Topic::Size), known.coverage), (0, 70));
}

#[test]
fn whom_the_profile_leaves_open_everybody_fits() {
    let score = score(&lead(Icp::default(), vec![]), now());
    sound(&score);
    assert_eq!((score.points(Part::Fit), score.coverage), (40, 60 + 6), "keywords were not asked for");
    assert!(score.next_actions.iter().any(|text| text.contains("profile is empty")));
}

#[test]
fn a_persons_word_comes_first_and_the_teams_own_fields_last() {
    let mut said = fact(Fact::Employees { count: 100 }, 300);
    said.standing = Standing::Person;
    let found = fact(Fact::Employees { count: 90_000 }, 1);
    let mut lead = lead(profile(), vec![found.clone(), said]);
    let of_size = |lead: &LeadEvidence| score(lead, now()).of_topic(Topic::Size);
    assert_eq!(of_size(&lead), 10);
    let account = Arc::make_mut(&mut lead.account);
    account.own = OwnFields { employees: Some(60), segment: Some((2_000, None)), ..OwnFields::default() };
    account.facts = vec![found];
    assert_eq!(of_size(&lead), 0);
    Arc::make_mut(&mut lead.account).facts.clear();
    assert_eq!(of_size(&lead), 10);
    Arc::make_mut(&mut lead.account).own.employees = None;
    assert_eq!(of_size(&lead), 0, "by its segment");
}

#[test]
fn who_unsubscribes_loses_what_there_was_and_no_more() {
    let mut lead = lead(profile(), vec![]);
    let id = lead.key.lead.unwrap();
    let event = |kind| LeadEvent { id: Uuid::now_v7(), lead: id, kind, at: now() };
    let account = Arc::make_mut(&mut lead.account);
    account.events = vec![event(EventKind::Unsubscribe), event(EventKind::Unsubscribe), event(EventKind::Form)];
    let score = score(&lead, now());
    sound(&score);
    assert_eq!(score.points(Part::Engagement), 0);
    assert_eq!(of(&score, Topic::Events).iter().map(|line| line.points).collect::<Vec<_>>(), [4, -4]);
    assert!(score.risk_factors[0].starts_with("Unsubscribed"));
}

#[test]
fn contact_with_the_lead_weighs_more_than_with_others() {
    let mut lead = lead(profile(), vec![]);
    let met = |with| Contacted { id: Uuid::now_v7(), touch: Touch::Meeting, with, at: now() };
    let touches = |lead: &mut LeadEvidence, all: Vec<Contacted>| {
        Arc::make_mut(&mut lead.account).touches = all;
        score(lead, now()).points(Part::Engagement)
    };
    let (theirs, other) = (lead.key.lead, Some(Uuid::now_v7()));
    assert_eq!(touches(&mut lead, vec![met(theirs)]), 5);
    assert_eq!(touches(&mut lead, vec![met(other)]), 3);
    assert_eq!(touches(&mut lead, vec![met(None)]), 3);
    assert_eq!(touches(&mut lead, vec![met(other), met(other), met(theirs), met(theirs)]), 12, "each topic to its most");
    Arc::make_mut(&mut lead.account).leads = 1;
    assert_eq!(touches(&mut lead, vec![met(None)]), 5, "there is nobody else");
}

fn random_lead(random: &mut fastrand::Rng) -> LeadEvidence {
    let facts: Vec<_> = (0..random.usize(0..25))
        .map(|_| {
            let any = match random.u8(0..9) {
                0 => Fact::Industry { name: ["Software", "Mining", ""][random.usize(0..3)].into() },
                1 => Fact::Employees { count: random.u32(..) >> random.u32(0..32) },
                2 => Fact::Location { city: None, country: Some(["DE", "Peru", "?"][random.usize(0..3)].into()) },
                3 => technology(["Rust", "PostgreSQL", "COBOL", "nginx"][random.usize(0..4)]),
                4 => hiring(Trend::ALL[random.usize(0..4)], Some(random.u32(0..40))),
                5 => Fact::Funding {
                    round: "Series A".into(),
                    amount: Some(random.i64(..)),
                    currency: Some("EUR".into()),
                    investors: vec![],
                },
                6 => Fact::News { title: ["A data platform", "Nothing"][random.usize(0..2)].into() },
                7 => Fact::Keyword { text: "logistics".into() },
                _ => Fact::Summary { text: "Logistics by a data platform".into() },
            };
            let mut fact = fact(any, random.u64(0..900));
            if random.u8(0..5) == 0 {
                fact.standing = Standing::Person;
            }
            if random.bool() {
                fact.about = None;
            }
            // the future, too: an announced round, a wrong clock
            fact.observed += TimeDelta::days(random.i64(-5..20));
            fact
        })
        .collect();
    let mut lead = lead(if random.bool() { profile() } else { Icp::default() }, facts);
    let id = lead.key.lead.unwrap();
    let account = Arc::make_mut(&mut lead.account);
    account.leads = random.usize(1..3);
    let with = |random: &mut fastrand::Rng| [None, Some(id), Some(Uuid::now_v7())][random.usize(0..3)];
    let touch = [Touch::Meeting, Touch::CallIn, Touch::CallOut, Touch::EmailIn, Touch::EmailOut];
    account.touches = (0..random.usize(0..12))
        .map(|_| Contacted {
            id: Uuid::now_v7(),
            touch: touch[random.usize(0..5)],
            with: with(random),
            at: now() - Days::new(random.u64(0..200)),
        })
        .collect();
    account.events = (0..random.usize(0..12))
        .map(|_| LeadEvent {
            id: Uuid::now_v7(),
            lead: if random.bool() { id } else { Uuid::now_v7() },
            kind: EventKind::ALL[random.usize(0..EventKind::ALL.len())],
            at: now() - Days::new(random.u64(0..200)),
        })
        .collect();
    lead
}

#[test]
fn whatever_the_evidence_the_lines_add_up() {
    let mut random = fastrand::Rng::with_seed(20_261_123);
    for _ in 0..2_000 {
        let lead = random_lead(&mut random);
        let first = score(&lead, now());
        sound(&first);
        assert_eq!(first, score(&lead, now()), "the same evidence at the same time");
    }
}

/// Evidence of intent and engagement that is taken away takes its own points and no others, where no topic was at its most and
/// nobody unsubscribed. (In fit what is not known is the middle, and a technology is new against those before it.)
#[test]
fn evidence_that_is_taken_away_takes_its_own_line() {
    let mut random = fastrand::Rng::with_seed(42);
    let mut tried = 0;
    for _ in 0..2_000 {
        let lead = random_lead(&mut random);
        let before = score(&lead, now());
        let counted: Vec<&Line> = before.lines.iter().filter(|line| line.part != Part::Fit && !line.evidence.is_empty()).collect();
        let Some(line) = (!counted.is_empty()).then(|| counted[random.usize(0..counted.len())]) else { continue };
        let gone = line.evidence[0].id;
        let full = |topic: Topic| of(&before, topic).len() >= super::LINES || of(&before, topic).iter().any(|l| l.state == State::Capped);
        // a newer word on hiring hides an older one; a keyword may stand in several texts
        if full(line.topic)
            || matches!(line.topic, Topic::TechChange | Topic::Hiring | Topic::Keywords)
            || before.lines.iter().any(|l| l.points < 0)
        {
            continue;
        }
        let shared = before.lines.iter().filter(|l| l.evidence.iter().any(|e| e.id == gone)).count() > 1;
        if shared {
            continue;
        }
        let mut less = lead.clone();
        let account = Arc::make_mut(&mut less.account);
        account.facts.retain(|fact| fact.id != gone);
        account.touches.retain(|touch| touch.id != gone);
        account.events.retain(|event| event.id != gone);
        let after = score(&less, now());
        assert_eq!(after.overall(), before.overall() - line.points, "{line:?}");
        let others = |score: &Score| score.lines.iter().filter(|l| l.topic != line.topic).cloned().collect::<Vec<_>>();
        assert_eq!(others(&after), others(&before));
        tried += 1;
    }
    assert!(tried > 300, "only {tried} cases");
}
