//! How numbers read in the charts.

use chrono::NaiveDate;

use super::numbers::{Charts, ClosedMonth};
use crate::money::grouped;
use crate::ui::time::month;

/// `1 deal`, `1,234 deals`.
pub fn deals(number: i64) -> String {
    format!("{} {}", grouped(number), if number == 1 { "deal" } else { "deals" })
}

/// `63 %`, of a share from 0 to 1.
pub fn percent(share: f64) -> String {
    format!("{:.0}\u{a0}%", share * 100.0)
}

/// `1 day`, `45 days`, `3.5 days`: a median may lie between two days.
pub fn days(number: f64) -> String {
    if number == 1.0 { "1 day".into() } else { format!("{} days", plain(number)) }
}

/// `45`, `3.5`.
pub fn plain(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.0}") } else { format!("{number:.1}") }
}

/// `3 open deals have no amount`, where there are some.
pub fn without_amount(number: i64, kind: &str) -> Option<String> {
    match number {
        0 => None,
        1 => Some(format!("1 {kind} deal has no amount")),
        _ => Some(format!("{} {kind} deals have no amount", grouped(number))),
    }
}

/// `Mar – Dec 2017`, from the first to the last month.
pub fn span(first: NaiveDate, last: NaiveDate) -> String {
    use chrono::Datelike;
    match (first == last, first.year() == last.year()) {
        (true, _) => month(last),
        (_, true) => format!("{} – {}", crate::ui::time::short_month(first), month(last)),
        _ => format!("{} – {}", month(first), month(last)),
    }
}

/// The months in which something closed, as they read together.
pub fn span_of_closed(charts: &Charts) -> String {
    let ends = |months: &[ClosedMonth]| Some(span(months.first()?.month, months.last()?.month));
    ends(&charts.closed).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_say_them() {
        assert_eq!([deals(1), deals(1_234), deals(0)], ["1 deal", "1,234 deals", "0 deals"]);
        assert_eq!([days(1.0), days(45.0), days(3.5)], ["1 day", "45 days", "3.5 days"]);
        assert_eq!([percent(0.628), percent(0.0), percent(1.0)], ["63\u{a0}%", "0\u{a0}%", "100\u{a0}%"]);
        assert_eq!(without_amount(0, "open"), None);
        let day = |y, m| NaiveDate::from_ymd_opt(y, m, 1).expect("a day");
        assert_eq!(span(day(2017, 3), day(2017, 12)), "Mar – Dec 2017");
        assert_eq!(span(day(2025, 12), day(2026, 11)), "Dec 2025 – Nov 2026");
        assert_eq!(span(day(2026, 1), day(2026, 1)), "Jan 2026");
    }
}
