//! A move as the board and forms send it, and as it is checked.

pub mod fields;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::deals::Stage;
use crate::deals::edit::{parse_amount, parse_closed};
use crate::edit::{Texts, texts};
use crate::error::AppError;
use crate::money::Money;

/// Why deals are lost, to choose from; own words may be added.
pub const REASONS: [&str; 7] = ["Price", "Competitor", "No budget", "No decision", "Bad timing", "Missing feature", "Went quiet"];

/// Longest reason, in characters.
const LONGEST: usize = 500;

/// A move as it is sent. What a form leaves out is empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MoveForm {
    pub stage: String,
    /// Where the mover saw it: a stage, and its rank there.
    pub from: String,
    pub rank: String,
    /// The card that it was dropped under, and the one over which; both empty: by `place`.
    pub above: String,
    pub below: String,
    /// `top` or `end` of the column.
    pub place: String,
    /// For a deal that is won.
    pub amount: String,
    /// For a deal that closes: `2026-12-31`; empty: today.
    pub closed_on: String,
    /// For a deal that is lost: one of [`REASONS`], own words, or both.
    pub reason: String,
    pub own_reason: String,
}

/// Where in its column a card goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    Top,
    End,
    /// Under the first of these that is (still) in the column, else over the second, else on top.
    Between(Option<Uuid>, Option<Uuid>),
}

/// A move, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    pub stage: Stage,
    pub from: Option<Stage>,
    pub rank: Option<f64>,
    pub spot: Spot,
    pub amount: Option<Money>,
    pub closed_on: Option<NaiveDate>,
    pub lost_reason: Option<String>,
}

impl MoveForm {
    /// # Errors
    /// [`AppError::Invalid`] with the first field that has to change. `today` is the startup's.
    pub fn parse(&self, today: NaiveDate) -> Result<Move, AppError> {
        let stage: Stage = self.stage.parse().map_err(|()| AppError::invalid("stage", "Choose one of the list."))?;
        let card = |text: &str| text.parse().ok();
        let spot = match (card(&self.above), card(&self.below), self.place.as_str()) {
            (None, None, "end") => Spot::End,
            (None, None, _) => Spot::Top,
            (above, below, _) => Spot::Between(above, below),
        };
        Ok(Move {
            stage,
            from: self.from.parse().ok(),
            rank: self.rank.parse().ok().filter(|r: &f64| r.is_finite()),
            spot,
            amount: parse_amount("amount", &self.amount)?,
            closed_on: parse_closed(&self.closed_on, today)?,
            lost_reason: self.reason()?,
        })
    }

    /// The listed reason, own words, or both.
    fn reason(&self) -> Result<Option<String>, AppError> {
        let (listed, own) = (self.reason.replace('\0', ""), self.own_reason.replace('\0', ""));
        let (listed, own) = (listed.trim(), own.trim());
        let whole = match (listed, own) {
            ("", "") => return Ok(None),
            (listed, "") => listed.to_string(),
            ("", own) => own.to_string(),
            (listed, own) => format!("{listed}: {own}"),
        };
        if whole.chars().count() > LONGEST {
            return Err(AppError::invalid("own_reason", format!("Use at most {LONGEST} characters.")));
        }
        Ok(Some(whole))
    }

    /// What was sent, to be given back with a refusal.
    pub fn texts(&self) -> Texts {
        let Self { stage, place, amount, closed_on, reason, own_reason, .. } = self.clone();
        texts([
            ("stage", stage),
            ("place", place),
            ("amount", amount),
            ("closed_on", closed_on),
            ("reason", reason),
            ("own_reason", own_reason),
        ])
    }
}

impl Move {
    /// That a deal which closes says what a closed one needs: for how much it was won, or why it was lost. `now` is where
    /// it is, `amount` what is known.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for the field that is missing.
    pub fn closes_well(&self, now: Stage, amount: Option<Money>) -> Result<(), AppError> {
        match self.stage {
            same if same == now => Ok(()),
            Stage::ClosedWon if self.amount.or(amount).is_none() => Err(AppError::invalid("amount", "Enter for how much it was won.")),
            Stage::ClosedLost if self.lost_reason.is_none() => {
                Err(AppError::invalid("reason", "Choose why it was lost, or say it in your own words."))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day")
    }

    fn lost(reason: &str, own: &str) -> Result<Option<String>, AppError> {
        let form = MoveForm { stage: "Closed Lost".into(), reason: reason.into(), own_reason: own.into(), ..MoveForm::default() };
        form.parse(today()).map(|m| m.lost_reason)
    }

    #[test]
    fn a_lost_deal_says_why() {
        assert_eq!(lost("Price", ""), Ok(Some("Price".into())));
        assert_eq!(lost("", " they merged "), Ok(Some("they merged".into())));
        assert_eq!(lost("Price", "40 % over"), Ok(Some("Price: 40 % over".into())));
        assert_eq!(lost(" ", " "), Ok(None));
        assert!(matches!(lost("", &"é".repeat(501)), Err(AppError::Invalid { field, .. }) if field == "own_reason"));
    }

    #[test]
    fn a_deal_closes_today_or_before() {
        assert_eq!(parse_closed("2026-11-24", today()), Ok(Some(today())));
        assert_eq!(parse_closed("", today()), Ok(None));
        assert!(parse_closed("2026-11-25", today()).is_err() && parse_closed("24.11.2026", today()).is_err());
    }

    #[test]
    fn a_place_is_a_card_or_an_end() {
        let spot = |above: &str, below: &str, place: &str| {
            let form =
                MoveForm { stage: "Proposal".into(), above: above.into(), below: below.into(), place: place.into(), ..MoveForm::default() };
            form.parse(today()).expect("a move").spot
        };
        let id = Uuid::now_v7();
        assert_eq!(spot("", "", ""), Spot::Top);
        assert_eq!(spot("", "", "end"), Spot::End);
        assert_eq!(spot("", &id.to_string(), "end"), Spot::Between(None, Some(id)));
        assert_eq!(spot("7", "x", "top"), Spot::Top);
    }
}
