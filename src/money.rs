//! Amounts of money in whole cents, so that sums are exact on both sides.

use serde::{Deserialize, Serialize};

/// An amount in cents of the startup's currency, never negative, at most 999,999,999,999.99.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Money(i64);

impl Money {
    pub const ZERO: Self = Self(0);
    const MAX_CENTS: i64 = 99_999_999_999_999;

    /// From cents, as the database's `*_cents` columns hold them. `None` below zero or above the largest amount.
    pub fn from_cents(cents: i64) -> Option<Self> {
        (0..=Self::MAX_CENTS).contains(&cents).then_some(Self(cents))
    }

    pub const fn cents(self) -> i64 {
        self.0
    }

    /// Reads `1234.5`, `1,234.50`, `1.234,50`, `$1 234`: at most two decimals; commas and points in front of groups of three
    /// digits are grouping. What could be either (`1.234`) is refused where it would change the amount a thousandfold.
    pub fn parse(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '_' | '\'' | '$' | '€' | '£')).collect();
        // the last mark parts decimals if at most two digits follow it
        let (whole, fraction) = match plain.rfind(['.', ',']) {
            Some(at) if plain.len() - at <= 3 => (&plain[..at], &plain[at + 1..]),
            Some(_) if plain.matches('.').count() == 1 && !plain.contains(',') => return None,
            _ => (plain.as_str(), ""),
        };
        let whole = ungroup(whole)?;
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || whole.len() > 12 || !digits(&whole) || !digits(fraction) {
            return None;
        }
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let fraction: i64 = format!("{fraction:0<2}").parse().ok()?;
        Self::from_cents(whole * 100 + fraction)
    }

    /// For reading: the currency's sign, thousands grouped, cents only where there are some.
    pub fn show(self, currency: &str) -> String {
        show_cents(self.0, currency)
    }

    /// For a form's field: `1234.50`, without cents where there are none; empty for nothing.
    pub fn plain(self) -> String {
        match (self.0, self.0 % 100) {
            (0, _) => String::new(),
            (cents, 0) => (cents / 100).to_string(),
            _ => self.decimal(),
        }
    }

    /// For the database and for files: `1234.50`.
    pub fn decimal(self) -> String {
        format!("{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// Cents for reading, as [`Money::show`] has them; a sum may be larger than one amount.
pub fn show_cents(cents: i64, currency: &str) -> String {
    let whole = grouped(cents / 100);
    let cents = match cents % 100 {
        0 => String::new(),
        c => format!(".{c:02}"),
    };
    signed(currency, &format!("{whole}{cents}"))
}

/// Cents in short, for a chart's axis and title: `$950`, `$2.4k`, `€1.2M`. Two digits at least, or whole units.
pub fn show_short(cents: i64, currency: &str) -> String {
    let units = cents as f64 / 100.0;
    let (divisor, unit) = match units {
        ..999.5 => (1.0, ""),
        ..999_500.0 => (1e3, "k"),
        ..999_500_000.0 => (1e6, "M"),
        _ => (1e9, "B"),
    };
    let much = units / divisor;
    let decimals = usize::from(!unit.is_empty() && much < 9.95);
    let text = format!("{much:.decimals$}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    signed(currency, &format!("{text}{unit}"))
}

/// A whole number with its thousands apart: `12,345`.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::from(if number < 0 { "-" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// With the currency's sign, or its code where it has none that everybody knows.
fn signed(currency: &str, number: &str) -> String {
    match currency {
        "USD" => format!("${number}"),
        "EUR" => format!("€{number}"),
        "GBP" => format!("£{number}"),
        other => format!("{other} {number}"),
    }
}

/// The digits of a whole number, without marks between groups of three.
fn ungroup(whole: &str) -> Option<String> {
    let mark = if whole.contains(',') { ',' } else { '.' };
    let mut groups = whole.split(mark);
    let first = groups.next()?;
    let rest: Vec<_> = groups.collect();
    let sound = rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || (1..=3).contains(&first.len()));
    sound.then(|| format!("{first}{}", rest.concat()))
}

/// From a `*_cents` column.
#[cfg(feature = "ssr")]
impl TryFrom<i64> for Money {
    type Error = String;
    fn try_from(cents: i64) -> Result<Self, String> {
        Self::from_cents(cents).ok_or_else(|| format!("{cents} cents is no amount"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, cents) in [
            ("0", 0),
            ("1054", 105_400),
            ("1,234.5", 123_450),
            ("$ 12.07", 1_207),
            (".5", 50),
            ("1054,50", 105_450),
            ("1.234,50", 123_450),
            ("1,234,567", 123_456_700),
            ("1.234.567", 123_456_700),
            ("1 234,5", 123_450),
            ("999999999999.99", 99_999_999_999_999),
        ] {
            assert_eq!(Money::parse(text).map(Money::cents), Some(cents), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_amount() {
        for text in ["", ".", "-1", "1.234", "1e5", "twelve", "1000000000000", "１２", "1,23,456", "12,3456", "1,2.3,4", ",", "1..2"] {
            assert_eq!(Money::parse(text), None, "{text}");
        }
    }

    #[test]
    fn shows_groups_and_only_real_cents() {
        assert_eq!(Money(1_840_000).show("USD"), "$18,400");
        assert_eq!(Money(123_456_789).show("EUR"), "€1,234,567.89");
        assert_eq!(Money(5).show("SEK"), "SEK 0.05");
        assert_eq!(Money(123_450).decimal(), "1234.50");
        assert_eq!(show_cents(199_999_999_999_998, "USD"), "$1,999,999,999,999.98");
        assert_eq!([Money(123_450).plain(), Money(123_400).plain(), Money(0).plain()], ["1234.50", "1234", ""]);
    }
    #[test]
    fn short_amounts_keep_two_digits() {
        for (cents, text) in [
            (0, "$0"),
            (95_049, "$950"),
            (99_949, "$999"),
            (99_950, "$1k"),
            (240_000, "$2.4k"),
            (994_999, "$9.9k"),
            (995_000, "$10k"),
            (8_840_000, "$88k"),
            (99_949_999, "$999k"),
            (99_950_000, "$1M"),
            (1_000_553_400, "$10M"),
            (120_000_000, "$1.2M"),
            (250_000_000_000, "$2.5B"),
        ] {
            assert_eq!(show_short(cents, "USD"), text, "{cents}");
        }
        assert_eq!(show_short(1_234_500, "SEK"), "SEK 12k");
    }
}
