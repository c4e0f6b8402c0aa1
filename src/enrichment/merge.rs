//! What a run found, beside what is known already: which facts are new, which are seen again, which are no longer so, and
//! which contradict each other. Pure, so that it can be tested; what a person said is never touched.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::fact::{Fact, FactStatus, Finding, Many, Provider, Source};

/// A fact as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub id: Uuid,
    pub fact: Fact,
    pub provider: Provider,
    pub status: FactStatus,
    pub about: Option<NaiveDate>,
    pub observed_at: DateTime<Utc>,
    pub sources: Vec<Source>,
}

/// A fact as it shall be stored: a new one, or one that is known by its id.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub id: Uuid,
    pub is_new: bool,
    pub fact: Fact,
    pub about: Option<NaiveDate>,
    pub sources: Vec<Source>,
    pub status: FactStatus,
}

/// What a run changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub written: Vec<Written>,
    /// Known facts whose status changes, and nothing else.
    pub turned: Vec<(Uuid, FactStatus)>,
}

/// Lays what `provider` found over what is known.
pub fn plan(known: &[Known], findings: &[Finding], provider: Provider) -> Plan {
    let mut written: BTreeMap<(&str, String), Written> = BTreeMap::new();
    for Finding { fact, about, sources } in findings {
        let seen = known.iter().find(|k| k.provider == provider && k.fact.key() == fact.key() && k.fact.identity() == fact.identity());
        let status = if sources.is_empty() { FactStatus::Unsupported } else { FactStatus::Supported };
        let id = seen.map_or_else(Uuid::now_v7, |k| k.id);
        let one = Written { id, is_new: seen.is_none(), fact: fact.clone(), about: *about, sources: sources.clone(), status };
        // told twice in one run: with the sources of both
        written
            .entry((fact.key(), fact.identity()))
            .and_modify(|other| {
                let more: Vec<_> = sources.iter().filter(|s| !other.sources.contains(s)).cloned().collect();
                other.sources.extend(more);
                other.about = other.about.or(*about);
                if !other.sources.is_empty() {
                    other.status = FactStatus::Supported;
                }
            })
            .or_insert(one);
    }
    let mut written: Vec<_> = written.into_values().collect();
    let mut turned = retire(known, &written, provider);
    contradict(known, &mut written, &mut turned);
    Plan { written, turned: turned.into_iter().collect() }
}

/// What the same provider said before and says no longer. A run that says nothing of a key leaves it.
fn retire(known: &[Known], written: &[Written], provider: Provider) -> BTreeMap<Uuid, FactStatus> {
    let old = known.iter().filter(|k| k.provider == provider && k.status != FactStatus::Superseded);
    let replaced = old.filter(|k| k.fact.many() != Many::Events && !written.iter().any(|w| w.id == k.id));
    let replaced = replaced.filter(|k| written.iter().any(|w| w.fact.key() == k.fact.key()));
    replaced.map(|k| (k.id, FactStatus::Superseded)).collect()
}

/// Two supported values that cannot both be true are both marked; those that nothing contradicts any more are supported again.
fn contradict(known: &[Known], written: &mut [Written], turned: &mut BTreeMap<Uuid, FactStatus>) {
    let holds = |status| matches!(status, FactStatus::Supported | FactStatus::Contradicted);
    let stays = |k: &&Known| holds(k.status) && k.provider != Provider::Person && !turned.contains_key(&k.id);
    let others: Vec<&Known> = known.iter().filter(stays).filter(|k| !written.iter().any(|w| w.id == k.id)).collect();
    let facts: Vec<(Uuid, Fact)> = written
        .iter()
        .filter(|w| w.status == FactStatus::Supported)
        .map(|w| (w.id, w.fact.clone()))
        .chain(others.iter().map(|k| (k.id, k.fact.clone())))
        .collect();
    let is_contradicted = |id: Uuid, fact: &Fact| facts.iter().any(|(other, said)| *other != id && said.contradicts(fact));
    for one in written.iter_mut().filter(|w| w.status == FactStatus::Supported) {
        if is_contradicted(one.id, &one.fact) {
            one.status = FactStatus::Contradicted;
        }
    }
    for k in others {
        let status = if is_contradicted(k.id, &k.fact) { FactStatus::Contradicted } else { FactStatus::Supported };
        if status != k.status {
            turned.insert(k.id, status);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> Source {
        Source::new("https://konex.example/about", "About").unwrap()
    }

    fn found(fact: Fact) -> Finding {
        Finding { fact, about: None, sources: vec![source()] }
    }

    fn ceo(name: &str) -> Fact {
        Fact::Ceo { name: name.into() }
    }

    fn technology(name: &str) -> Fact {
        Fact::Technology { name: name.into(), version: None, category: "Web servers".into() }
    }

    fn news(title: &str) -> Fact {
        Fact::News { title: title.into() }
    }

    /// What is known after a plan was carried out.
    fn after(known: &[Known], plan: &Plan, provider: Provider) -> Vec<Known> {
        let mut next: Vec<Known> = known.to_vec();
        for w in &plan.written {
            next.retain(|k| k.id != w.id);
            let Written { id, fact, about, sources, status, .. } = w.clone();
            next.push(Known { id, fact, provider, status, about, observed_at: Utc::now(), sources });
        }
        for (id, status) in &plan.turned {
            next.iter_mut().filter(|k| k.id == *id).for_each(|k| k.status = *status);
        }
        next
    }

    fn statuses(known: &[Known]) -> Vec<(String, FactStatus)> {
        let mut all: Vec<_> = known.iter().map(|k| (format!("{} {} {}", k.fact.key(), k.fact.identity(), k.provider), k.status)).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    #[test]
    fn what_is_found_again_is_one_fact() {
        let findings = [found(ceo("Søren Kjær")), found(technology("nginx")), found(news("Opened an office"))];
        let first = plan(&[], &findings, Provider::Website);
        assert!(first.written.iter().all(|w| w.is_new && w.status == FactStatus::Supported) && first.turned.is_empty());
        let known = after(&[], &first, Provider::Website);
        let again = plan(&known, &[found(ceo("SØREN  Kjær")), findings[1].clone(), findings[2].clone()], Provider::Website);
        assert!(again.written.iter().all(|w| !w.is_new) && again.turned.is_empty());
        assert_eq!(after(&known, &again, Provider::Website).len(), 3);
    }

    #[test]
    fn what_is_no_longer_said_is_superseded_but_news_stay() {
        let known = after(
            &[],
            &plan(&[], &[found(ceo("A")), found(technology("nginx")), found(news("Old"))], Provider::Website),
            Provider::Website,
        );
        let next = after(
            &known,
            &plan(&known, &[found(ceo("B")), found(technology("Caddy")), found(news("New"))], Provider::Website),
            Provider::Website,
        );
        let expected = [
            ("ceo a website", FactStatus::Superseded),
            ("ceo b website", FactStatus::Supported),
            ("news new website", FactStatus::Supported),
            ("news old website", FactStatus::Supported),
            ("technology caddy website", FactStatus::Supported),
            ("technology nginx website", FactStatus::Superseded),
        ];
        assert_eq!(statuses(&next), expected.map(|(k, s)| (k.to_string(), s)));
        let silent = plan(&known, &[found(news("New"))], Provider::Website);
        assert_eq!(silent.turned, [], "a run that says nothing of it leaves it");
    }

    #[test]
    fn two_that_differ_are_both_marked_until_they_agree() {
        let known = after(&[], &plan(&[], &[found(ceo("A"))], Provider::Website), Provider::Website);
        let known = after(&known, &plan(&known, &[found(ceo("B"))], Provider::Gemini), Provider::Gemini);
        assert!(known.iter().all(|k| k.status == FactStatus::Contradicted), "{known:?}");
        let known = after(&known, &plan(&known, &[found(ceo("B"))], Provider::Website), Provider::Website);
        let expected =
            [("ceo a website", FactStatus::Superseded), ("ceo b gemini", FactStatus::Supported), ("ceo b website", FactStatus::Supported)];
        assert_eq!(statuses(&known), expected.map(|(k, s)| (k.to_string(), s)));
    }

    #[test]
    fn a_persons_word_is_never_touched() {
        let mut known = after(&[], &plan(&[], &[found(ceo("A"))], Provider::Website), Provider::Website);
        known[0].provider = Provider::Person;
        known[0].status = FactStatus::Person;
        let next = plan(&known, &[found(ceo("B"))], Provider::Website);
        assert_eq!(next.turned, []);
        assert!(next.written.iter().all(|w| w.id != known[0].id && w.status == FactStatus::Supported));
    }

    #[test]
    fn without_a_source_nothing_is_supported_and_nothing_contradicted() {
        let known = after(&[], &plan(&[], &[found(ceo("A"))], Provider::Website), Provider::Website);
        let bare = Finding { sources: Vec::new(), ..found(ceo("B")) };
        let next = plan(&known, &[bare.clone(), bare], Provider::Gemini);
        assert_eq!(next.written.iter().map(|w| w.status).collect::<Vec<_>>(), [FactStatus::Unsupported]);
        assert_eq!(next.turned, []);
        let supported = plan(&[], &[Finding { sources: Vec::new(), ..found(ceo("B")) }, found(ceo("b"))], Provider::Gemini);
        assert_eq!(supported.written[0].status, FactStatus::Supported, "told twice, once with a source");
    }
}
