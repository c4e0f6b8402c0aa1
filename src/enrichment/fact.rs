//! What research finds: typed, of bounded length, each with its sources. Both the database and the pages speak of these.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::choice::choice;

choice! {
    /// Who found a fact.
    Provider {
        Gemini = "gemini",
        Website = "website",
        Person = "person",
    }
}

choice! {
    /// Whether a company takes people on.
    Trend {
        Growing = "growing",
        Steady = "steady",
        Shrinking = "shrinking",
        Unknown = "unknown",
    }
}

/// One fact about a company. Stored as its key and a JSON value of the variant's fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "key", content = "value", rename_all = "snake_case")]
pub enum Fact {
    /// Who leads it.
    Ceo {
        name: String,
    },
    /// What it does, in a sentence or a paragraph.
    Summary {
        text: String,
    },
    News {
        title: String,
    },
    /// `amount` in whole units of `currency` (ISO 4217), where the source says both.
    Funding {
        round: String,
        amount: Option<i64>,
        currency: Option<String>,
        investors: Vec<String>,
    },
    Hiring {
        trend: Trend,
        openings: Option<u32>,
        roles: Vec<String>,
        departments: Vec<Department>,
    },
    Technology {
        name: String,
        version: Option<String>,
        category: String,
    },
    Person {
        name: String,
        role: String,
    },
    Industry {
        name: String,
    },
    Employees {
        count: u32,
    },
    /// `country` in English or as an ISO 3166 code, as the source has it.
    Location {
        city: Option<String>,
        country: Option<String>,
    },
    Founded {
        year: u16,
    },
    /// How attractive its market looks, 0-100, as a model judged it.
    Market {
        score: u8,
    },
    /// A page elsewhere that the company says is its own: LinkedIn, GitHub, …
    Profile {
        url: String,
    },
    /// A word that the company uses of itself.
    Keyword {
        text: String,
    },
}

choice! {
    /// Whether a fact can be relied on.
    FactStatus {
        Supported = "supported",
        Unsupported = "unsupported",
        Contradicted = "contradicted",
        Superseded = "superseded",
        Person = "person",
    }
}

impl Fact {
    /// Which fact it is, as it is stored.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Ceo { .. } => "ceo",
            Self::Summary { .. } => "summary",
            Self::News { .. } => "news",
            Self::Funding { .. } => "funding",
            Self::Hiring { .. } => "hiring",
            Self::Technology { .. } => "technology",
            Self::Person { .. } => "person",
            Self::Industry { .. } => "industry",
            Self::Employees { .. } => "employees",
            Self::Location { .. } => "location",
            Self::Founded { .. } => "founded",
            Self::Market { .. } => "market",
            Self::Profile { .. } => "profile",
            Self::Keyword { .. } => "keyword",
        }
    }

    /// How a company has this: one at a time, several at a time, or as events that stay true.
    pub const fn many(&self) -> Many {
        match self {
            Self::News { .. } | Self::Funding { .. } => Many::Events,
            Self::Technology { .. } | Self::Person { .. } | Self::Profile { .. } | Self::Keyword { .. } => Many::Several,
            _ => Many::One,
        }
    }

    /// What two facts of one key have alike when they say the same, however they spell it.
    pub fn identity(&self) -> String {
        let said = match self {
            Self::Ceo { name } | Self::Industry { name } | Self::Technology { name, .. } | Self::Person { name, .. } => name.clone(),
            // texts and figures of these are told anew each time
            Self::Summary { .. } | Self::Hiring { .. } | Self::Market { .. } => String::new(),
            Self::News { title } => title.clone(),
            Self::Funding { round, amount, .. } => format!("{round} {}", amount.map(|a| a.to_string()).unwrap_or_default()),
            Self::Employees { count } => count.to_string(),
            Self::Location { city, country } => [city.as_deref(), country.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" "),
            Self::Founded { year } => year.to_string(),
            Self::Profile { url } => url.clone(),
            Self::Keyword { text } => text.clone(),
        };
        let words = said.to_lowercase();
        let words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        plain(&words.collect::<Vec<_>>().join(" "), 300)
    }

    /// Whether two of one key cannot both be true. Judgements and texts differ without contradiction.
    pub fn contradicts(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Ceo { .. }, Self::Ceo { .. }) | (Self::Founded { .. }, Self::Founded { .. }) => self.identity() != other.identity(),
            // counts of people are never exact
            (Self::Employees { count: a }, Self::Employees { count: b }) => f64::from(*a.max(b)) > 1.25 * f64::from(*a.min(b)),
            (Self::Location { country: Some(a), .. }, Self::Location { country: Some(b), .. }) => a.to_lowercase() != b.to_lowercase(),
            _ => false,
        }
    }
}

/// How many of a fact are true at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Many {
    One,
    Several,
    /// Each happened, and stays so.
    Events,
}

/// Open posts of a department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    pub name: String,
    pub openings: u32,
}

/// Where a fact was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// `https:` or `http:`; checked by [`Source::new`].
    pub url: String,
    /// The page's title, or its site.
    pub title: String,
}

impl Source {
    /// `None` unless the address is a web page's.
    pub fn new(url: &str, title: &str) -> Option<Self> {
        let url = url.trim();
        let is_web = ["https://", "http://"]
            .iter()
            .any(|scheme| url.len() > scheme.len() && url.as_bytes()[..scheme.len()].eq_ignore_ascii_case(scheme.as_bytes()));
        let is_clean = url.len() <= 2_000 && !url.chars().any(|c| c.is_control() || c.is_whitespace() || "\"<>\\^`{|}".contains(c));
        (is_web && is_clean).then(|| Self { url: url.to_string(), title: plain(title, 200) })
    }
}

/// A fact with the day that it is about, and its sources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    #[serde(flatten)]
    pub fact: Fact,
    pub about: Option<NaiveDate>,
    pub sources: Vec<Source>,
}

/// Text from the web as it may be kept: one line, without control, direction and invisible characters, at most `most` characters.
pub fn plain(text: &str, most: usize) -> String {
    let visible = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !c.is_control() && !is_hidden(*c));
    let words: String = visible.collect();
    let line = words.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line[..end].trim_end().chars().take(most.saturating_sub(1)).collect::<String>()),
        None => line,
    }
}

/// Characters that are not seen, or turn the direction of what follows.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_sources() {
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//example.com",
            "https://",
            "ftp://x.example",
            "https://x.example/a b",
            "https://x.example/\"onclick=",
            " ",
        ] {
            assert_eq!(Source::new(bad, "t"), None, "{bad}");
        }
        assert_eq!(
            Source::new(" HTTPS://x.example/a ", " a\nb ").unwrap(),
            Source { url: "HTTPS://x.example/a".into(), title: "a b".into() }
        );
    }

    #[test]
    fn text_is_plain_and_bounded() {
        assert_eq!(plain(" a\t\u{202e}b\u{0}\n\nc\u{200b} ", 10), "a b c");
        assert_eq!(plain("Søren Kjær", 5), "Søre…");
        assert_eq!(plain("abcde", 5), "abcde");
    }

    #[test]
    fn a_fact_is_a_key_and_a_value() {
        let fact = Fact::Technology { name: "nginx".into(), version: None, category: "Web servers".into() };
        let json = serde_json::to_value(&fact).unwrap();
        assert_eq!(
            json,
            serde_json::json!({ "key": "technology", "value": { "name": "nginx", "version": null, "category": "Web servers" } })
        );
        assert_eq!(serde_json::from_value::<Fact>(json).unwrap(), fact);
    }
}
