//! A deal as forms send it, and as it is checked.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Deal, Stage};
use crate::accounts::edit::parse_owner;
use crate::auth::parse_name;
use crate::edit::{Texts, texts};
use crate::error::AppError;
use crate::money::Money;

/// A deal as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DealForm {
    pub name: String,
    pub amount: String,
    pub stage: String,
    /// Percent; empty: as the stage has it.
    pub probability: String,
    /// `2026-12-31`, or empty.
    pub expected_close: String,
    pub owner: String,
    pub source_channel: String,
    pub lost_reason: String,
    /// For a closed deal: `2026-12-31`, or empty for the day on which it is closed.
    pub closed_on: String,
}

/// A deal about to be written, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DealEdit {
    pub name: String,
    pub amount: Option<Money>,
    pub stage: Stage,
    /// As a person set it; none: as the stage has it.
    pub probability: Option<i32>,
    pub expected_close: Option<NaiveDate>,
    pub owner: Option<Uuid>,
    pub source_channel: Option<String>,
    pub lost_reason: Option<String>,
    pub closed_on: Option<NaiveDate>,
}

impl DealForm {
    /// # Errors
    /// [`AppError::Invalid`] with the first field that has to change. `today` is the startup's.
    pub fn parse(&self, today: NaiveDate) -> Result<DealEdit, AppError> {
        let stage: Stage = self.stage.parse().map_err(|()| AppError::invalid("stage", "Choose one of the list."))?;
        let edit = DealEdit {
            name: parse_name("name", &self.name)?,
            amount: parse_amount("amount", &self.amount)?,
            stage,
            probability: some(&self.probability).map(parse_probability).transpose()?.filter(|p| *p != stage.probability()),
            expected_close: some(&self.expected_close).map(parse_date).transpose()?,
            owner: parse_owner(self.owner.trim())?,
            source_channel: short("source_channel", &self.source_channel, 100)?,
            lost_reason: short("lost_reason", &self.lost_reason, 500)?,
            closed_on: parse_closed(&self.closed_on, today)?,
        };
        if stage == Stage::ClosedWon && edit.amount.is_none() {
            return Err(AppError::invalid("amount", "Enter for how much it was won."));
        }
        if stage == Stage::ClosedLost && edit.lost_reason.is_none() {
            return Err(AppError::invalid("lost_reason", "Say in a few words why it was lost."));
        }
        Ok(edit)
    }

    /// What was sent, to be given back or laid beside what somebody else saved.
    pub fn texts(&self) -> Texts {
        let fields = [
            ("name", &self.name),
            ("amount", &self.amount),
            ("stage", &self.stage),
            ("probability", &self.probability),
            ("expected_close", &self.expected_close),
            ("owner", &self.owner),
            ("source_channel", &self.source_channel),
            ("lost_reason", &self.lost_reason),
            ("closed_on", &self.closed_on),
        ];
        texts(fields.map(|(name, value)| (name, value.trim().to_string())))
    }
}

impl Deal {
    /// As the form shows it.
    pub fn texts(&self) -> Texts {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        texts([
            ("name", self.name.clone()),
            ("amount", self.amount().map(Money::plain).unwrap_or_default()),
            ("stage", self.stage.to_string()),
            ("probability", if self.probability_by_hand { self.probability.to_string() } else { String::new() }),
            ("expected_close", self.expected_close.map(|d| d.to_string()).unwrap_or_default()),
            ("owner", self.owner_id.map(|o| o.to_string()).unwrap_or_default()),
            ("source_channel", text(&self.source_channel)),
            ("lost_reason", text(&self.lost_reason)),
            ("closed_on", self.closed_on.map(|d| d.to_string()).unwrap_or_default()),
        ])
    }
}

fn some(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|t| !t.is_empty())
}

fn parse_probability(text: &str) -> Result<i32, AppError> {
    let percent = text.trim_end_matches('%').trim().parse().ok();
    percent.filter(|p| (0..=100).contains(p)).ok_or_else(|| AppError::invalid("probability", "Enter a whole number from 0 to 100."))
}

fn parse_date(text: &str) -> Result<NaiveDate, AppError> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    date.filter(|d| (1970..=2200).contains(&d.year()))
        .ok_or_else(|| AppError::invalid("expected_close", "Enter a date such as 2026-12-31."))
}

/// An amount; none for an empty text.
///
/// # Errors
/// [`AppError::Invalid`] for the field `name`.
pub fn parse_amount(name: &str, text: &str) -> Result<Option<Money>, AppError> {
    some(text).map(|t| Money::parse(t).ok_or_else(|| AppError::invalid(name, "Enter an amount such as 12,000."))).transpose()
}

/// The day a deal closed: none for an empty text, never after today.
///
/// # Errors
/// [`AppError::Invalid`] for the field `closed_on`.
pub fn parse_closed(text: &str, today: NaiveDate) -> Result<Option<NaiveDate>, AppError> {
    let Some(text) = some(text) else { return Ok(None) };
    let day: Option<NaiveDate> = text.parse().ok().filter(|d: &NaiveDate| d.year() >= 1970);
    match day {
        None => Err(AppError::invalid("closed_on", "Enter a date such as 2026-12-31.")),
        Some(day) if day > today => Err(AppError::invalid("closed_on", "That day is still to come. Enter the day it closed.")),
        day => Ok(day),
    }
}

fn short(field: &str, text: &str, most: usize) -> Result<Option<String>, AppError> {
    let text = text.trim().replace('\0', "");
    match text.chars().count() {
        0 => Ok(None),
        n if n <= most => Ok(Some(text)),
        _ => Err(AppError::invalid(field, format!("Use at most {most} characters."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> DealForm {
        DealForm { name: "Licence".into(), stage: "Proposal".into(), ..DealForm::default() }
    }

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day")
    }

    #[test]
    fn the_stages_own_probability_is_nobodys_choice() {
        let probability = |text: &str| DealForm { probability: text.into(), ..form() }.parse(today()).map(|e| e.probability);
        assert_eq!(probability(""), Ok(None));
        assert_eq!(probability("40"), Ok(None));
        assert_eq!(probability("55 %"), Ok(Some(55)));
        assert!(probability("101").is_err() && probability("-1").is_err() && probability("half").is_err());
    }

    #[test]
    fn a_refusal_names_its_field() {
        let field = |form: DealForm| match form.parse(today()) {
            Err(AppError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(DealForm { name: " ".into(), ..form() }), "name");
        assert_eq!(field(DealForm { stage: "Won".into(), ..form() }), "stage");
        assert_eq!(field(DealForm { amount: "1.234".into(), ..form() }), "amount");
        assert_eq!(field(DealForm { expected_close: "31.12.2026".into(), ..form() }), "expected_close");
        assert_eq!(field(DealForm { expected_close: "0000-01-01".into(), ..form() }), "expected_close");
        assert_eq!(field(DealForm { stage: "Closed Lost".into(), ..form() }), "lost_reason");
        assert_eq!(field(DealForm { stage: "Closed Won".into(), ..form() }), "amount");
        assert_eq!(field(DealForm { closed_on: "2026-11-25".into(), ..form() }), "closed_on");
    }
}
