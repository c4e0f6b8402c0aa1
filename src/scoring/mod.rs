//! Scoring: how good a lead is and why. A score is a list of lines whose points add up to it, nothing else.
//!
//! `overall = 0.40 × fit + 0.40 × intent + 0.20 × engagement`, each 0 to 100. The points are whole numbers of the overall
//! score: fit and intent have 40 each, engagement 20, so that a part's own value is points ÷ 40 (÷ 20) and the sum is exact.

#[cfg(feature = "ssr")]
pub mod evidence;
pub mod icp;
pub mod ingest;
pub mod leads;
pub mod panel;
pub mod profile;
#[cfg(feature = "ssr")]
pub mod reasoning;
#[cfg(feature = "ssr")]
mod regions;
#[cfg(feature = "ssr")]
pub mod rules;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod work;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::choice::choice;

/// Which rules gave points: stored with each score.
pub const RULES: &str = "rules-1";

choice! {
    /// What a score has three of.
    Part { Fit = "fit", Intent = "intent", Engagement = "engagement" }
}

impl Part {
    /// Points of the overall score that this part can bring.
    pub const fn most(self) -> i32 {
        match self {
            Self::Fit | Self::Intent => 40,
            Self::Engagement => 20,
        }
    }

    /// Its share of the overall score, as the formula says it.
    pub const fn share(self) -> &'static str {
        match self {
            Self::Fit | Self::Intent => "0.40",
            Self::Engagement => "0.20",
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Fit => "Fit",
            Self::Intent => "Intent",
            Self::Engagement => "Engagement",
        }
    }
}

choice! {
    /// What lines are about. Each topic has a most that its lines can come to together.
    Topic {
        Industry = "industry", Size = "size", Region = "region", Tech = "tech",
        Hiring = "hiring", Funding = "funding", News = "news", Keywords = "keywords", TechChange = "tech_change",
        Touches = "touches", AccountTouches = "account_touches", Events = "events",
    }
}

impl Topic {
    pub const fn part(self) -> Part {
        match self {
            Self::Industry | Self::Size | Self::Region | Self::Tech => Part::Fit,
            Self::Hiring | Self::Funding | Self::News | Self::Keywords | Self::TechChange => Part::Intent,
            Self::Touches | Self::AccountTouches | Self::Events => Part::Engagement,
        }
    }

    /// Points that the topic's lines can come to together. Those of a part add up to [`Part::most`].
    pub const fn most(self) -> i32 {
        match self {
            Self::Industry | Self::Hiring => 12,
            Self::Size | Self::Tech | Self::Funding => 10,
            Self::Region | Self::News | Self::Touches | Self::Events => 8,
            Self::Keywords => 6,
            Self::TechChange | Self::AccountTouches => 4,
        }
    }

    /// Days in which a line of this topic loses half its points; none for what does not age.
    pub const fn half_life(self) -> Option<i32> {
        match self {
            Self::Industry | Self::Size | Self::Region | Self::Tech => None,
            Self::Hiring | Self::Touches | Self::AccountTouches => Some(30),
            Self::Funding => Some(180),
            Self::News => Some(45),
            Self::Keywords => Some(90),
            Self::TechChange => Some(60),
            // each kind of event has its own: see `rules::engagement`
            Self::Events => Some(14),
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Industry => "Industry",
            Self::Size => "Size",
            Self::Region => "Region",
            Self::Tech => "Technologies",
            Self::Hiring => "Hiring",
            Self::Funding => "Funding",
            Self::News => "News",
            Self::Keywords => "Keywords",
            Self::TechChange => "New technologies",
            Self::Touches => "Contact with this person",
            Self::AccountTouches => "Contact with the account",
            Self::Events => "Events",
        }
    }
}

choice! {
    /// How a line came to its points.
    State {
        // By what is known.
        Known = "known",
        // Looked for, and not there.
        Nothing = "nothing",
        // Nobody knows: counts as the middle in fit and as nothing in intent, and lowers coverage.
        Unknown = "unknown",
        // Cut because its topic has its most already.
        Capped = "capped",
    }
}

choice! {
    /// Where a line's evidence is to be found.
    Kind { Fact = "fact", Account = "account", Interaction = "interaction", Event = "event" }
}

/// What a line rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub kind: Kind,
    pub id: Uuid,
}

/// One line of a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub part: Part,
    pub topic: Topic,
    /// What it says, as people read it.
    pub label: String,
    /// Points of the overall score; below zero for what speaks against.
    pub points: i32,
    /// The most that the line could have brought.
    pub weight: i32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// The day that the evidence is about, else when it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<NaiveDate>,
    /// Days since then when it was scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<i32>,
    /// Percent that age has left of the points.
    pub decay: i32,
    pub state: State,
}

/// Who gave the points.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Judge {
    /// The rules alone.
    #[default]
    Rules,
    /// A model, over the rules' evidence. `cost` in millionths of a US dollar.
    Model { name: String, prompt: String, cost: i64 },
}

/// A lead's score. What it comes to is calculated from its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    pub lines: Vec<Line>,
    /// Percent of the weight that is known.
    pub coverage: i32,
    pub intent_signals: Vec<String>,
    pub risk_factors: Vec<String>,
    pub next_actions: Vec<String>,
    pub judge: Judge,
}

impl Score {
    /// 0 to 100: the sum of the lines.
    pub fn overall(&self) -> i32 {
        self.lines.iter().map(|line| line.points).sum()
    }

    /// Points of a part: the sum of its lines.
    pub fn points(&self, part: Part) -> i32 {
        points_of(&self.lines, part)
    }

    /// Points of a topic: the sum of its lines.
    pub fn of_topic(&self, topic: Topic) -> i32 {
        self.lines.iter().filter(|line| line.topic == topic).map(|line| line.points).sum()
    }

    /// The same with another's lines of `part`.
    #[must_use]
    pub fn with_part(mut self, part: Part, other: &Self) -> Self {
        let mut lines: Vec<Line> = Vec::new();
        for topic in Topic::ALL {
            let from = if topic.part() == part { &other.lines } else { &self.lines };
            lines.extend(from.iter().filter(|line| line.topic == *topic).cloned());
        }
        self.lines = lines;
        self
    }
}

/// Points of a part: the sum of its lines.
pub fn points_of(lines: &[Line], part: Part) -> i32 {
    lines.iter().filter(|line| line.part == part).map(|line| line.points).sum()
}

/// A part's own value, 0 to 100, in tenths: its points as a share of its most. Exact: a point is 2.5 or 5.
pub const fn tenths(part: Part, points: i32) -> i32 {
    points * 1000 / part.most()
}

/// A part's own value as people read it: `42.5`, `40`.
pub fn value(part: Part, points: i32) -> String {
    let tenths = tenths(part, points);
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

/// Whom a score is about: a contact, or an account that has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LeadKey {
    pub account: Uuid,
    pub lead: Option<Uuid>,
}

/// A lead's latest score as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadScore {
    pub id: Uuid,
    pub lead: Option<Uuid>,
    /// The contact's name or address; none for the account as a whole.
    pub name: Option<String>,
    pub score: Score,
    pub at: DateTime<Utc>,
    /// When and how much: at most 30, oldest first, this one last.
    pub history: Vec<(DateTime<Utc>, i32)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_add_up_to_parts_and_parts_to_a_hundred() {
        for part in Part::ALL {
            assert_eq!(Topic::ALL.iter().filter(|t| t.part() == *part).map(|t| t.most()).sum::<i32>(), part.most());
        }
        assert_eq!(Part::ALL.iter().map(|p| p.most()).sum::<i32>(), 100);
    }

    /// `overall = 0.40 fit + 0.40 intent + 0.20 engagement` for every combination, in tenths without a remainder.
    #[test]
    fn the_formula_is_exact() {
        for (fit, intent, engagement) in (0..=40).flat_map(|f| (0..=40).flat_map(move |i| (0..=20).map(move |e| (f, i, e)))) {
            let [f, i, e] = [(Part::Fit, fit), (Part::Intent, intent), (Part::Engagement, engagement)].map(|(p, n)| tenths(p, n));
            assert_eq!(40 * f + 40 * i + 20 * e, 1000 * (fit + intent + engagement));
        }
        assert_eq!(value(Part::Fit, 17), "42.5");
        assert_eq!(value(Part::Engagement, 20), "100");
    }
}
