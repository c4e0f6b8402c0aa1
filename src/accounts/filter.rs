//! Which accounts the list shows, as it stands in the address.

use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Kind, Segment, Status};

/// Whose accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owner {
    Nobody,
    Member(Uuid),
}

impl Owner {
    /// In addresses and forms: an id, or `none`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "none" { Some(Self::Nobody) } else { text.parse().ok().map(Self::Member) }
    }

    pub fn text(self) -> String {
        match self {
            Self::Nobody => "none".into(),
            Self::Member(id) => id.to_string(),
        }
    }
}

/// What accounts must be. What is empty is not asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    pub statuses: Vec<Status>,
    pub segments: Vec<Segment>,
    pub kinds: Vec<Kind>,
    pub owner: Option<Owner>,
    /// Least and greatest health, 0 to 100.
    pub health: (u8, u8),
    /// Only those whose research is older than 30 days.
    pub stale: bool,
}

/// Health as far as it goes.
const ANY_HEALTH: (u8, u8) = (0, 100);

impl Default for Filter {
    fn default() -> Self {
        Self { statuses: Vec::new(), segments: Vec::new(), kinds: Vec::new(), owner: None, health: ANY_HEALTH, stale: false }
    }
}

impl Filter {
    /// Whatever an address says, it parses: what is no value counts as not said.
    pub fn from_params(params: &ParamsMap) -> Self {
        let bound = |name, otherwise: u8| {
            let asked = params.get(name).and_then(|s| s.trim().parse::<u32>().ok());
            asked.map_or(otherwise, |n| u8::try_from(n.min(100)).unwrap_or(otherwise))
        };
        Self {
            statuses: words(params, "status"),
            segments: words(params, "segment"),
            kinds: words(params, "kind"),
            owner: params.get("owner").and_then(|s| Owner::parse(&s)),
            health: (bound("health_min", ANY_HEALTH.0), bound("health_max", ANY_HEALTH.1)),
            stale: params.get("stale").is_some_and(|s| s == "1"),
        }
        .normal()
    }

    /// Adds what is asked for.
    pub fn into_params(&self, params: &mut ParamsMap) {
        self.statuses.iter().for_each(|s| params.insert("status", s.to_string()));
        self.segments.iter().for_each(|s| params.insert("segment", s.to_string()));
        self.kinds.iter().for_each(|s| params.insert("kind", s.to_string()));
        if let Some(owner) = self.owner {
            params.insert("owner", owner.text());
        }
        let (least, most) = self.health;
        if least != ANY_HEALTH.0 {
            params.insert("health_min", least.to_string());
        }
        if most != ANY_HEALTH.1 {
            params.insert("health_max", most.to_string());
        }
        if self.stale {
            params.insert("stale", "1".into());
        }
    }

    /// Each word once, in its set's order, and health within its bounds: whatever came as JSON.
    pub fn normal(&self) -> Self {
        fn each_once<W: Copy + PartialEq>(all: &[W], asked: &[W]) -> Vec<W> {
            let asked: Vec<W> = all.iter().copied().filter(|word| asked.contains(word)).collect();
            // all of them ask for nothing
            if asked.len() == all.len() { Vec::new() } else { asked }
        }
        let (least, most) = (self.health.0.min(100), self.health.1.min(100));
        Self {
            statuses: each_once(Status::ALL, &self.statuses),
            segments: each_once(Segment::ALL, &self.segments),
            kinds: each_once(Kind::ALL, &self.kinds),
            owner: self.owner,
            health: (least.min(most), most.max(least)),
            stale: self.stale,
        }
    }

    pub fn has_health(&self) -> bool {
        self.health != ANY_HEALTH
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The values of `name` that are words of the set.
fn words<W: std::str::FromStr>(params: &ParamsMap, name: &str) -> Vec<W> {
    params.get_all(name).unwrap_or_default().iter().filter_map(|s| s.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_address_is_a_filter() {
        let mut odd = ParamsMap::new();
        for (name, value) in
            [("status", "Asleep"), ("owner", "7"), ("health_min", "some"), ("health_max", "-1"), ("stale", "yes"), ("kind", "")]
        {
            odd.insert(name, value.to_string());
        }
        assert!(Filter::from_params(&odd).is_empty());
    }

    #[test]
    fn what_is_asked_for_reads_back() {
        let filter = Filter {
            statuses: vec![Status::Lead, Status::Trial],
            segments: vec![Segment::MidMarket],
            kinds: vec![Kind::Investor],
            owner: Some(Owner::Nobody),
            health: (20, 60),
            stale: true,
        };
        let mut params = ParamsMap::new();
        filter.into_params(&mut params);
        assert_eq!(Filter::from_params(&params), filter);
        let many = Filter { statuses: [Status::Trial, Status::Lead].repeat(1000), health: (250, 20), ..Filter::default() };
        assert_eq!(many.normal(), Filter { statuses: vec![Status::Lead, Status::Trial], health: (20, 100), ..Filter::default() });
        let mut all = ParamsMap::new();
        Status::ALL.iter().for_each(|s| all.insert("status", s.to_string()));
        assert!(Filter::from_params(&all).is_empty());
    }
}
