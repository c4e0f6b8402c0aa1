//! Which deals the pipeline shows, as it stands in the address.

use chrono::{Datelike, Days, Months, NaiveDate};
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

use crate::accounts::Segment;
use crate::accounts::filter::Owner;
use crate::choice::choice;
use crate::money::Money;

choice! {
    /// When a deal closes, seen from the startup's today. A closed deal has closed on its day; an open one will on the day
    /// that is expected.
    Span {
        Overdue = "overdue", ThisMonth = "this-month", NextMonth = "next-month", ThisQuarter = "this-quarter",
        Days90 = "next-90-days", Undated = "no-date",
    }
}

impl Span {
    /// First and last day of it; none where it has none.
    pub fn days(self, today: NaiveDate) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let months = |day: NaiveDate, n| day.checked_add_months(Months::new(n));
        let whole = |first: Option<NaiveDate>, n| (first, first.and_then(|day| months(day, n)?.pred_opt()));
        let month = today.with_day(1);
        match self {
            Self::Overdue => (None, today.pred_opt()),
            Self::ThisMonth => whole(month, 1),
            Self::NextMonth => whole(month.and_then(|day| months(day, 1)), 1),
            Self::ThisQuarter => whole(month.and_then(|day| day.with_month0(day.month0() / 3 * 3)), 3),
            Self::Days90 => (Some(today), today.checked_add_days(Days::new(90))),
            Self::Undated => (None, None),
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Overdue => "Overdue",
            Self::ThisMonth => "This month",
            Self::NextMonth => "Next month",
            Self::ThisQuarter => "This quarter",
            Self::Days90 => "Next 90 days",
            Self::Undated => "No date",
        }
    }
}

/// When deals close.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Closing {
    #[default]
    Whenever,
    Within(Span),
    /// First and last day; one of them may be open.
    Between(Option<NaiveDate>, Option<NaiveDate>),
}

/// What deals must be. What is empty is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DealFilter {
    /// Part of the deal's or its account's name; trimmed.
    pub search: String,
    pub owner: Option<Owner>,
    pub segments: Vec<Segment>,
    pub closing: Closing,
    /// Least and greatest amount. A deal whose amount is not known is in neither.
    pub least: Option<Money>,
    pub most: Option<Money>,
}

/// Longest search, in characters.
const LONGEST: usize = 100;

impl DealFilter {
    /// Whatever an address says, it parses: what is no value counts as not said.
    pub fn from_params(params: &ParamsMap) -> Self {
        let get = |name: &str| params.get(name).map(|s| s.trim().to_string()).filter(|s| !s.is_empty());
        let day = |name| get(name).and_then(|s| s.parse::<NaiveDate>().ok());
        let amount = |name| get(name).and_then(|s| Money::parse(&s));
        let closing = match (get("close").and_then(|s| s.parse().ok()), day("from"), day("to")) {
            (Some(span), _, _) => Closing::Within(span),
            (None, None, None) => Closing::Whenever,
            (None, from, to) => Closing::Between(from, to),
        };
        Self {
            search: params.get("q").unwrap_or_default(),
            owner: params.get("owner").and_then(|s| Owner::parse(&s)),
            segments: params.get_all("segment").unwrap_or_default().iter().filter_map(|s| s.parse().ok()).collect(),
            closing,
            least: amount("min"),
            most: amount("max"),
        }
        .normal()
    }

    /// Adds what is asked for.
    pub fn into_params(&self, params: &mut ParamsMap) {
        if !self.search.is_empty() {
            params.insert("q", self.search.clone());
        }
        if let Some(owner) = self.owner {
            params.insert("owner", owner.text());
        }
        self.segments.iter().for_each(|s| params.insert("segment", s.to_string()));
        match self.closing {
            Closing::Whenever => {}
            Closing::Within(span) => params.insert("close", span.to_string()),
            Closing::Between(from, to) => {
                from.into_iter().for_each(|day| params.insert("from", day.to_string()));
                to.into_iter().for_each(|day| params.insert("to", day.to_string()));
            }
        }
        self.least.into_iter().for_each(|amount| params.insert("min", amount.decimal()));
        self.most.into_iter().for_each(|amount| params.insert("max", amount.decimal()));
    }

    /// The same question as an address would put it, whatever came as JSON.
    pub fn normal(&self) -> Self {
        let asked: Vec<_> = Segment::ALL.iter().copied().filter(|s| self.segments.contains(s)).collect();
        let closing = match self.closing {
            Closing::Between(from, to) => {
                let sound = |day: Option<NaiveDate>| day.filter(|d| (1970..=2200).contains(&d.year()));
                match (sound(from), sound(to)) {
                    (None, None) => Closing::Whenever,
                    (Some(from), Some(to)) => Closing::Between(Some(from.min(to)), Some(to.max(from))),
                    (from, to) => Closing::Between(from, to),
                }
            }
            other => other,
        };
        let (least, most) = match (self.least, self.most) {
            (Some(least), Some(most)) => (Some(least.min(most)), Some(most.max(least))),
            bounds => bounds,
        };
        Self {
            search: self.search.trim().chars().filter(|c| *c != '\0').take(LONGEST).collect(),
            owner: self.owner,
            // all of them ask for nothing
            segments: if asked.len() == Segment::ALL.len() { Vec::new() } else { asked },
            closing,
            least,
            most,
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&'static str, &str)]) -> ParamsMap {
        pairs.iter().map(|(k, v)| (*k, v.to_string())).collect()
    }

    #[test]
    fn any_address_is_a_filter() {
        let odd =
            params(&[("close", "soon"), ("owner", "7"), ("min", "some"), ("from", "31.12.2026"), ("to", "9999-01-01"), ("q", " \0 ")]);
        assert!(DealFilter::from_params(&odd).is_empty());
    }

    #[test]
    fn what_is_asked_for_reads_back() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 24);
        for closing in [Closing::Within(Span::Days90), Closing::Between(day, None), Closing::Between(day, day), Closing::Whenever] {
            let filter = DealFilter {
                search: "licence & söhne".into(),
                owner: Some(Owner::Nobody),
                segments: vec![Segment::MidMarket],
                closing,
                least: Money::parse("1000.50"),
                most: Money::parse("20000"),
            };
            let mut params = ParamsMap::new();
            filter.into_params(&mut params);
            assert_eq!(DealFilter::from_params(&params), filter);
        }
    }

    #[test]
    fn spans_begin_and_end_with_their_days() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let today = day("2026-11-24").expect("a day");
        for (span, first, last) in [
            (Span::Overdue, None, day("2026-11-23")),
            (Span::ThisMonth, day("2026-11-01"), day("2026-11-30")),
            (Span::NextMonth, day("2026-12-01"), day("2026-12-31")),
            (Span::ThisQuarter, day("2026-10-01"), day("2026-12-31")),
            (Span::Days90, Some(today), day("2027-02-22")),
            (Span::Undated, None, None),
        ] {
            assert_eq!(span.days(today), (first, last), "{span}");
        }
    }

    #[test]
    fn bounds_the_wrong_way_around_are_turned() {
        let turned = DealFilter::from_params(&params(&[("min", "20"), ("max", "10"), ("from", "2026-12-01"), ("to", "2026-01-01")]));
        assert_eq!((turned.least, turned.most), (Money::parse("10"), Money::parse("20")));
        assert_eq!(turned.closing, Closing::Between(NaiveDate::from_ymd_opt(2026, 1, 1), NaiveDate::from_ymd_opt(2026, 12, 1)));
    }
}
