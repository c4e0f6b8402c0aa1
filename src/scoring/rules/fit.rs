//! Fit, 40 points: how close the account is to the startup's profile. Industry 12, size 10, region 8, technologies 10.
//!
//! What nobody knows has half of that, is called unknown, and lowers coverage. What the profile leaves open fits. A person's
//! word comes before what was found, that before the account's own fields.

use chrono::NaiveDate;

use super::words::alike;
use super::{days, plain_line, within_most};
use crate::enrichment::Fact;
use crate::enrichment::fact::plain;
use crate::scoring::evidence::{AccountEvidence, KnownFact, Standing};
use crate::scoring::icp::Employees;
use crate::scoring::regions::lies_in;
use crate::scoring::{Evidence, Kind, Line, State, Topic};

/// Points of one technology of the profile; two are all that is asked for.
const TECHNOLOGY: i32 = 5;

pub(super) fn lines(account: &AccountEvidence, today: NaiveDate) -> Vec<Line> {
    let mut lines = vec![industry(account, today), size(account, today), region(account, today)];
    lines.extend(tech(account, today));
    lines
}

fn open(topic: Topic, any: &str) -> Line {
    plain_line(topic, State::Known, topic.most(), format!("The profile asks for no particular {any}"))
}

fn unknown(topic: Topic) -> Line {
    plain_line(topic, State::Unknown, topic.most() / 2, "Not known: counts as the middle")
}

fn known(topic: Topic, points: i32, label: String, evidence: Evidence, at: Option<NaiveDate>, today: NaiveDate) -> Line {
    Line { label, points, evidence: vec![evidence], at, age: at.map(|at| days(at, today)), ..plain_line(topic, State::Known, points, "") }
}

/// The facts that say something, by a person if one did, the newest first.
fn told<'a, T>(account: &'a AccountEvidence, of: impl Fn(&'a Fact) -> Option<T>) -> Vec<(&'a KnownFact, T)> {
    let mut told: Vec<_> = account.facts.iter().filter_map(|fact| Some((fact, of(&fact.fact)?))).collect();
    told.sort_by_key(|(fact, _)| std::cmp::Reverse((fact.standing, fact.day(), fact.id)));
    if told.first().is_some_and(|(fact, _)| fact.standing == Standing::Person) {
        told.retain(|(fact, _)| fact.standing == Standing::Person);
    }
    told
}

fn own(account: &AccountEvidence) -> Evidence {
    Evidence { kind: Kind::Account, id: account.id }
}

fn industry(account: &AccountEvidence, today: NaiveDate) -> Line {
    let (topic, wanted) = (Topic::Industry, &account.icp.industries);
    if wanted.is_empty() {
        return open(topic, "industry");
    }
    let fits = |name: &str| wanted.iter().any(|entry| alike(entry, name));
    let told = told(account, |fact| if let Fact::Industry { name } = fact { Some(name) } else { None });
    let best = told.iter().find(|(_, name)| fits(name)).or(told.first());
    let (name, evidence, at) = match (best, &account.own.industry) {
        (Some((fact, name)), _) => (name.as_str(), fact.evidence(), Some(fact.day())),
        (None, Some(name)) => (name.as_str(), own(account), None),
        (None, None) => return unknown(topic),
    };
    let (points, says) = if fits(name) { (topic.most(), ": in the profile") } else { (0, ": outside the profile") };
    known(topic, points, format!("{}{says}", plain(name, 80)), evidence, at, today)
}

/// Within a range all points; within half and double of one, half of them.
fn size(account: &AccountEvidence, today: NaiveDate) -> Line {
    let (topic, wanted) = (Topic::Size, &account.icp.sizes);
    if wanted.is_empty() {
        return open(topic, "size");
    }
    let told = told(account, |fact| if let Fact::Employees { count } = fact { Some(*count) } else { None });
    let counted = match (told.first(), account.own.employees) {
        (Some((fact, count)), _) => Some((*count, fact.evidence(), Some(fact.day()))),
        (None, Some(count)) => Some((count, own(account), None)),
        (None, None) => None,
    };
    if let Some((count, evidence, at)) = counted {
        let near = |range: &Employees| Employees { least: range.least / 2, most: range.most.map(|most| most.saturating_mul(2)) }.has(count);
        let (points, says) = match (wanted.iter().any(|range| range.has(count)), wanted.iter().any(near)) {
            (true, _) => (topic.most(), ": in the profile"),
            (false, true) => (topic.most() / 2, ": close to the profile"),
            (false, false) => (0, ": outside the profile"),
        };
        return known(topic, points, format!("{count} employees{says}"), evidence, at, today);
    }
    let Some((least, most)) = account.own.segment else { return unknown(topic) };
    let segment = Employees { least, most };
    let (points, says) = match (wanted.iter().any(|range| range.covers(segment)), wanted.iter().any(|range| range.meets(segment))) {
        (true, _) => (topic.most(), ": in the profile"),
        (false, true) => (topic.most() / 2, ": partly in the profile"),
        (false, false) => (0, ": outside the profile"),
    };
    known(topic, points, format!("Its segment ({segment} employees){says}"), own(account), None, today)
}

fn region(account: &AccountEvidence, today: NaiveDate) -> Line {
    let (topic, wanted) = (Topic::Region, &account.icp.regions);
    if wanted.is_empty() {
        return open(topic, "region");
    }
    let fits = |city: Option<&str>, country: Option<&str>| wanted.iter().any(|region| lies_in(city, country, region));
    let told = told(account, |fact| match fact {
        Fact::Location { city, country } if city.is_some() || country.is_some() => Some((city.as_deref(), country.as_deref())),
        _ => None,
    });
    let best = told.iter().find(|(_, (city, country))| fits(*city, *country)).or(told.first());
    let (city, country, evidence, at) = match (best, account.own.place.as_deref()) {
        (Some((fact, (city, country))), _) => (*city, *country, fact.evidence(), Some(fact.day())),
        (None, Some(place)) => (None, Some(place), own(account), None),
        (None, None) => return unknown(topic),
    };
    let place: Vec<_> = [city, country].into_iter().flatten().map(|text| plain(text, 60)).collect();
    let (points, says) = if fits(city, country) { (topic.most(), ": in the profile") } else { (0, ": outside the profile") };
    known(topic, points, format!("{}{says}", place.join(", ")), evidence, at, today)
}

/// Each technology of the profile that the account uses; a profile that names one asks for that one alone.
fn tech(account: &AccountEvidence, today: NaiveDate) -> Vec<Line> {
    let (topic, wanted) = (Topic::Tech, &account.icp.technologies);
    if wanted.is_empty() {
        return vec![open(topic, "technology")];
    }
    let told = told_all(account);
    if told.is_empty() {
        return vec![unknown(topic)];
    }
    let full = if wanted.len() == 1 { topic.most() } else { TECHNOLOGY };
    // two words of the profile may mean one technology: each fact counts once
    let mut found: Vec<(&KnownFact, &str)> = Vec::new();
    for entry in wanted {
        let hit = told.iter().find(|(fact, name)| alike(entry, name) && !found.iter().any(|(known, _)| known.id == fact.id));
        found.extend(hit);
    }
    let signals = found.into_iter().map(|(fact, name)| super::Signal {
        label: format!("Uses {}", plain(name, 60)),
        full,
        evidence: fact.evidence(),
        day: fact.day(),
        // what is used does not age
        half_life: i32::MAX,
    });
    let lines = within_most(topic, signals.collect(), today);
    match lines.is_empty() {
        true => vec![plain_line(topic, State::Nothing, 0, format!("None of the profile's technologies among {} known", told.len()))],
        false => lines,
    }
}

fn told_all(account: &AccountEvidence) -> Vec<(&KnownFact, &str)> {
    let technology = |fact: &'_ KnownFact| matches!(fact.fact, Fact::Technology { .. });
    let mut told: Vec<_> = account.facts.iter().filter(|fact| technology(fact)).collect();
    told.sort_by_key(|fact| std::cmp::Reverse((fact.standing, fact.day(), fact.id)));
    told.into_iter()
        .filter_map(|fact| if let Fact::Technology { name, .. } = &fact.fact { Some((fact, name.as_str())) } else { None })
        .collect()
}
