//! What a person may say of a company in place of research: the same facts, typed by hand.

use super::fact::Fact;
use crate::choice::choice;

choice! {
    /// A fact that a person may set.
    Word {
        Ceo = "ceo",
        Summary = "summary",
        Industry = "industry",
        Employees = "employees",
        Location = "location",
        Founded = "founded",
    }
}

impl Word {
    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ceo => "Chief executive",
            Self::Summary => "What it does",
            Self::Industry => "Industry",
            Self::Employees => "Employees",
            Self::Location => "Headquarters",
            Self::Founded => "Founded",
        }
    }

    /// How it is typed.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Ceo => "First and last name",
            Self::Summary => "In a sentence or two",
            Self::Industry => "Such as Logistics",
            Self::Employees => "A whole number",
            Self::Location => "City, Country",
            Self::Founded => "A year",
        }
    }

    /// A fact as it would be typed; none for one that no person sets.
    pub fn write(fact: &Fact) -> Option<(Self, String)> {
        Some(match fact {
            Fact::Ceo { name } => (Self::Ceo, name.clone()),
            Fact::Summary { text } => (Self::Summary, text.clone()),
            Fact::Industry { name } => (Self::Industry, name.clone()),
            Fact::Employees { count } => (Self::Employees, count.to_string()),
            Fact::Founded { year } => (Self::Founded, year.to_string()),
            Fact::Location { city, country } => {
                (Self::Location, [city.as_deref(), country.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", "))
            }
            _ => return None,
        })
    }
}
