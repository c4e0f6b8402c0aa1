//! Interactions: the log of what passed between a startup and its accounts. Nothing in it is ever changed.

pub mod api;
mod log_form;
#[cfg(feature = "ssr")]
pub mod store;
mod timeline;

pub use log_form::LogForm;
pub use timeline::Timeline;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::choice::choice;
use crate::error::AppError;

choice! {
    InteractionType { Call = "Call", Email = "Email", Meeting = "Meeting", Note = "Note" }
}

choice! {
    /// Who reached out: `in` the account, `out` the startup.
    Direction { In = "in", Out = "out" }
}

/// An account's panel shows so many interactions at most.
pub const SHOWN: i64 = 100;
/// Largest summary, in characters.
pub const SUMMARY: usize = 4000;

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Interaction {
    pub id: Uuid,
    #[cfg_attr(feature = "ssr", sqlx(rename = "type", try_from = "String"))]
    pub kind: InteractionType,
    /// `in` or `out`, where it has a direction.
    pub direction: Option<String>,
    pub summary: Option<String>,
    pub occurred_at: DateTime<Utc>,
    /// None for a person who is no longer a member.
    pub author: Option<String>,
}

/// An entry about to be written, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInteraction {
    pub account_id: Uuid,
    pub kind: InteractionType,
    pub direction: Option<Direction>,
    pub summary: String,
}

impl NewInteraction {
    /// # Errors
    /// [`AppError::Invalid`] with the field that has to change; [`AppError::NotFound`] for an id that is none.
    pub fn parse(account_id: &str, kind: &str, direction: &str, summary: &str) -> Result<Self, AppError> {
        let account_id = account_id.parse().map_err(|_| AppError::NotFound)?;
        let kind = kind.parse().map_err(|()| AppError::invalid("kind", "Choose what it was."))?;
        let direction = match direction {
            "" => None,
            text => Some(text.parse().map_err(|()| AppError::invalid("direction", "Choose who reached out."))?),
        };
        let summary = summary.trim().replace('\0', "");
        match summary.chars().count() {
            0 => Err(AppError::invalid("summary", "Say in a line what it was about.")),
            1..=SUMMARY => Ok(Self { account_id, kind, direction, summary }),
            n => Err(AppError::invalid("summary", format!("Use at most {SUMMARY} characters; these are {n}."))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_its_field() {
        let id = Uuid::nil().to_string();
        let field = |r: Result<NewInteraction, AppError>| match r {
            Err(AppError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(NewInteraction::parse(&id, "Fax", "", "x")), "kind");
        assert_eq!(field(NewInteraction::parse(&id, "Call", "up", "x")), "direction");
        assert_eq!(field(NewInteraction::parse(&id, "Call", "in", " \n")), "summary");
        assert_eq!(field(NewInteraction::parse(&id, "Call", "in", &"é".repeat(SUMMARY + 1))), "summary");
        assert!(NewInteraction::parse(&id, "Call", "", &"é".repeat(SUMMARY)).is_ok());
        assert_eq!(NewInteraction::parse("7", "Call", "", "x"), Err(AppError::NotFound));
    }
}
