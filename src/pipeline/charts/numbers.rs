//! The numbers of the charts, as the store reads them at once, and what is calculated from them. Amounts are in cents of the
//! startup's currency; days and months are those of its time zone. A deal whose amount is not known counts as a deal and
//! adds no value; `unknown` says how many those are. What lies in the bin is in none of them.

use chrono::{Months, NaiveDate};
use serde::Deserialize;

use crate::deals::Stage;

/// Months of the forecast before the current one.
pub const BEFORE: u32 = 2;
/// Months of the forecast, with the current one.
pub const FORECAST: u32 = 8;
/// Months over which closed deals are looked at.
pub const LOOKED_AT: u32 = 12;

/// All numbers of the page, of one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Charts {
    /// The startup's day when they were read.
    pub today: NaiveDate,
    /// Those stages that have deals, in no order.
    pub stages: Vec<StageSum>,
    /// Those months of the forecast in which something closes, in their order.
    pub forecast: Vec<ForecastMonth>,
    pub open: OpenDates,
    /// Those of the [`LOOKED_AT`] months in which something closed, in their order.
    pub closed: Vec<ClosedMonth>,
    pub lately: Lately,
    /// The open stages that deals have entered, in no order.
    pub passages: Vec<Passage>,
    /// Recorded moves from a stage to another.
    pub moves: i64,
    /// By value, then by name.
    pub owners: Vec<Won>,
    /// By value, then by name.
    pub segments: Vec<Won>,
}

/// The deals of a stage.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct StageSum {
    pub stage: Stage,
    pub deals: i64,
    pub cents: i64,
    /// Sum of amount × probability, in whole cents.
    pub weighted: i64,
    pub unknown: i64,
}

/// What closes in a month: won deals by the day they closed, open ones by the day that is expected. An open deal whose day
/// is over counts in the current month.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ForecastMonth {
    /// Its first day.
    pub month: NaiveDate,
    pub won: i64,
    pub won_cents: i64,
    pub open: i64,
    /// Sum of amount × probability of the open ones, in whole cents.
    pub weighted: i64,
    /// Sum of the open ones in full.
    pub open_cents: i64,
    pub unknown: i64,
}

impl ForecastMonth {
    pub const fn empty(month: NaiveDate) -> Self {
        Self { month, won: 0, won_cents: 0, open: 0, weighted: 0, open_cents: 0, unknown: 0 }
    }

    /// Won and weighted open: what the month should close at.
    pub const fn expected(&self) -> i64 {
        self.won_cents + self.weighted
    }

    /// Won and all of the open.
    pub const fn best(&self) -> i64 {
        self.won_cents + self.open_cents
    }
}

/// Open deals that the forecast has elsewhere than their date says, or nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct OpenDates {
    /// Expected before today.
    pub overdue: i64,
    /// Without an expected day.
    pub undated: i64,
    /// Expected after the forecast's last month.
    pub later: i64,
}

/// Deals that closed in a month.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ClosedMonth {
    /// Its first day.
    pub month: NaiveDate,
    pub won: i64,
    pub lost: i64,
    /// Median of the calendar days from opening to closing, of the won ones.
    pub days: Option<f64>,
}

impl ClosedMonth {
    /// Won of closed, 0 to 1.
    pub fn win_rate(&self) -> Option<f64> {
        share(self.won, self.won + self.lost)
    }
}

/// The same over all [`LOOKED_AT`] months: they end with the latest in which something closed, at the latest the current.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub struct Lately {
    /// First day of the latest month in which something closed.
    pub last: Option<NaiveDate>,
    pub won: i64,
    pub lost: i64,
    pub days: Option<f64>,
    /// Mean amount of those won deals whose amount is known.
    pub mean_cents: Option<i64>,
}

impl Lately {
    /// Won of closed, 0 to 1.
    pub fn win_rate(&self) -> Option<f64> {
        share(self.won, self.won + self.lost)
    }
}

/// What became of the deals that ever entered a stage.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Passage {
    pub stage: Stage,
    /// Entered it, as recorded.
    pub entered: i64,
    /// Of those, entered a further stage afterwards, or were won.
    pub moved_on: i64,
    /// Of those that did not move on, are lost now. The rest is still there, or went back.
    pub lost: i64,
    /// Of all that entered it, are won now.
    pub won: i64,
}

impl Passage {
    pub const fn still_there(&self) -> i64 {
        self.entered - self.moved_on - self.lost
    }
}

/// What an owner's or a segment's won deals come to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Won {
    /// None: nobody owns them.
    pub name: Option<String>,
    pub deals: i64,
    pub cents: i64,
    pub unknown: i64,
}

/// How much the pipeline turns into won value in a day: open deals × win rate × mean amount won ÷ median days from opening
/// to closing; rate, amount and days of the [`LOOKED_AT`] months.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Velocity {
    pub open: i64,
    pub win_rate: f64,
    pub mean_cents: i64,
    pub days: f64,
}

impl Velocity {
    /// In cents.
    pub fn per_day(&self) -> f64 {
        self.open as f64 * self.win_rate * self.mean_cents as f64 / self.days
    }
}

impl Charts {
    /// A stage's sums; zeros where it has no deals.
    pub fn stage(&self, stage: Stage) -> StageSum {
        let found = self.stages.iter().find(|s| s.stage == stage).cloned();
        found.unwrap_or(StageSum { stage, deals: 0, cents: 0, weighted: 0, unknown: 0 })
    }

    /// The stages of open deals, in their order.
    pub fn open_stages(&self) -> Vec<StageSum> {
        Stage::ALL.iter().filter(|stage| !stage.is_closed()).map(|stage| self.stage(*stage)).collect()
    }

    /// First day of the current month.
    pub fn this_month(&self) -> NaiveDate {
        month_of(self.today)
    }

    /// Every month of the forecast.
    pub fn forecast_months(&self) -> Vec<ForecastMonth> {
        let known = |month| self.forecast.iter().find(|f| f.month == month).cloned().unwrap_or(ForecastMonth::empty(month));
        run_of_months(first_of_forecast(self.today), FORECAST).map(known).collect()
    }

    /// From the first to the last month in which something closed, those between with nothing.
    pub fn closed_months(&self) -> Vec<ClosedMonth> {
        let (Some(first), Some(last)) = (self.closed.first(), self.closed.last()) else { return Vec::new() };
        let known = |month| {
            let found = self.closed.iter().find(|c| c.month == month).cloned();
            found.unwrap_or(ClosedMonth { month, won: 0, lost: 0, days: None })
        };
        run_of_months(first.month, LOOKED_AT).take_while(|month| *month <= last.month).map(known).collect()
    }

    /// None while one of its factors is not known, or deals close on the day on which they are opened.
    pub fn velocity(&self) -> Option<Velocity> {
        let open = self.open_stages().iter().map(|s| s.deals).sum();
        let (win_rate, mean_cents) = (self.lately.win_rate()?, self.lately.mean_cents?);
        let days = self.lately.days.filter(|days| *days > 0.0)?;
        Some(Velocity { open, win_rate, mean_cents, days })
    }
}

/// First day of the forecast's first month.
pub fn first_of_forecast(today: NaiveDate) -> NaiveDate {
    let month = month_of(today);
    month.checked_sub_months(Months::new(BEFORE)).unwrap_or(month)
}

/// First day of the month that `day` is in.
pub fn month_of(day: NaiveDate) -> NaiveDate {
    chrono::Datelike::with_day(&day, 1).unwrap_or(day)
}

fn run_of_months(first: NaiveDate, count: u32) -> impl Iterator<Item = NaiveDate> {
    (0..count).filter_map(move |n| first.checked_add_months(Months::new(n)))
}

/// `part` of `whole`, 0 to 1; none of nothing.
pub fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
