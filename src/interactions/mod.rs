//! Interactions: the log of what passed between a startup and its accounts. Nothing in it is ever changed.

pub mod api;
mod log_form;
#[cfg(feature = "ssr")]
pub mod mood;
#[cfg(feature = "ssr")]
pub mod store;
mod timeline;

pub use log_form::LogForm;
pub use timeline::Timeline;

use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::choice::choice;
use crate::edit::{Texts, texts};
use crate::error::AppError;

choice! {
    InteractionType { Call = "Call", Email = "Email", Meeting = "Meeting", Note = "Note" }
}

choice! {
    /// Who reached out: `in` the account, `out` the startup.
    Direction { In = "in", Out = "out" }
}

choice! {
    /// How the other side sounds in an entry.
    Sentiment { Positive = "Positive", Neutral = "Neutral", Negative = "Negative" }
}

/// An account's panel shows so many interactions at most.
pub const SHOWN: i64 = 100;
/// Largest summary, in characters.
pub const SUMMARY: usize = 4000;

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Interaction {
    pub id: Uuid,
    #[cfg_attr(feature = "ssr", sqlx(rename = "type", try_from = "String"))]
    pub kind: InteractionType,
    /// `in` or `out`, where it has a direction.
    pub direction: Option<String>,
    pub summary: Option<String>,
    /// A word of [`Sentiment`], once the worker has read it.
    pub sentiment: Option<String>,
    pub occurred_at: DateTime<Utc>,
    /// The same on the startup's clock, by whose days the timeline is parted.
    pub local: NaiveDateTime,
    pub contact: Option<String>,
    pub deal: Option<String>,
    /// None for a person who is no longer a member.
    pub author: Option<String>,
}

/// A deal came into a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct StageMove {
    pub id: Uuid,
    pub deal_id: Uuid,
    pub deal: String,
    /// None: the deal was made in `to`. Texts, as they were recorded.
    pub from_stage: Option<String>,
    pub to_stage: String,
    pub occurred_at: DateTime<Utc>,
    /// The same on the startup's clock.
    pub local: NaiveDateTime,
    /// Seconds that it had been in the stage before.
    pub stayed: Option<i64>,
    /// None where no person did it, or one who is no longer a member.
    pub author: Option<String>,
}

/// What stands in a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    Logged(Interaction),
    Moved(StageMove),
}

impl Entry {
    pub fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Logged(entry) => entry.occurred_at,
            Self::Moved(step) => step.occurred_at,
        }
    }

    /// On the startup's clock.
    pub fn local(&self) -> NaiveDateTime {
        match self {
            Self::Logged(entry) => entry.local,
            Self::Moved(step) => step.local,
        }
    }
}

/// Something of the account that an entry can be about: its id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Subject {
    pub id: Uuid,
    pub name: String,
}

/// An account's log, and what a new entry can be about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// The newest [`SHOWN`].
    pub entries: Vec<Entry>,
    pub contacts: Vec<Subject>,
    /// Open ones.
    pub deals: Vec<Subject>,
    /// The id that the next entry will have: sent twice, it is one entry.
    pub next: Uuid,
}

/// An entry as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogEntry {
    /// The entry's id, from [`Activity::next`].
    pub entry: String,
    pub kind: String,
    pub direction: String,
    /// `2026-11-23T14:30` on the startup's clock; empty: now.
    pub at: String,
    pub contact: String,
    pub deal: String,
    pub summary: String,
}

/// An entry about to be written, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInteraction {
    pub id: Option<Uuid>,
    pub kind: InteractionType,
    pub direction: Option<Direction>,
    /// On the startup's clock; none: now.
    pub at: Option<NaiveDateTime>,
    pub contact: Option<Uuid>,
    pub deal: Option<Uuid>,
    pub summary: String,
}

impl LogEntry {
    /// # Errors
    /// [`AppError::Invalid`] with the field that has to change.
    pub fn parse(&self) -> Result<NewInteraction, AppError> {
        let subject = |field: &str, text: &str| match text {
            "" => Ok(None),
            id => id.parse().map(Some).map_err(|_| AppError::invalid(field, "Choose one of the list.")),
        };
        let kind = self.kind.parse().map_err(|()| AppError::invalid("kind", "Choose what it was."))?;
        let direction = match self.direction.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|()| AppError::invalid("direction", "Choose who reached out."))?),
        };
        let at = parse_time(&self.at)?;
        let (contact, deal) = (subject("contact", &self.contact)?, subject("deal", &self.deal)?);
        let summary = crate::accounts::edit::lines(&self.summary);
        match summary.chars().count() {
            0 => Err(AppError::invalid("summary", "Say in a line what it was about.")),
            1..=SUMMARY => Ok(NewInteraction { id: self.entry.parse().ok(), kind, direction, at, contact, deal, summary }),
            n => Err(AppError::invalid("summary", format!("Use at most {SUMMARY} characters; these are {n}."))),
        }
    }

    /// What was sent, to be given back with a refusal.
    pub fn texts(&self) -> Texts {
        let Self { kind, direction, at, contact, deal, summary, .. } = self.clone();
        texts([("kind", kind), ("direction", direction), ("at", at), ("contact", contact), ("deal", deal), ("summary", summary)])
    }
}

fn parse_time(text: &str) -> Result<Option<NaiveDateTime>, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let time = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"].into_iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let time = time.filter(|t| (1970..=2200).contains(&t.year()));
    time.map(Some).ok_or_else(|| AppError::invalid("at", "Enter a day and a time, or leave it empty for now."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_its_field() {
        let entry = || LogEntry { kind: "Call".into(), summary: "x".into(), ..LogEntry::default() };
        let field = |entry: LogEntry| match entry.parse() {
            Err(AppError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(LogEntry { kind: "Fax".into(), ..entry() }), "kind");
        assert_eq!(field(LogEntry { direction: "up".into(), ..entry() }), "direction");
        assert_eq!(field(LogEntry { at: "yesterday".into(), ..entry() }), "at");
        assert_eq!(field(LogEntry { at: "0001-01-01T00:00".into(), ..entry() }), "at");
        assert_eq!(field(LogEntry { contact: "7".into(), ..entry() }), "contact");
        assert_eq!(field(LogEntry { summary: " \n".into(), ..entry() }), "summary");
        assert_eq!(field(LogEntry { summary: "é".repeat(SUMMARY + 1), ..entry() }), "summary");
        assert!(LogEntry { summary: "é".repeat(SUMMARY), ..entry() }.parse().is_ok());
    }
}
