//! Points in time as people read them. "Now" comes with the data, so that server and browser write the same.

use chrono::{DateTime, Datelike, Timelike, Utc};
use leptos::prelude::*;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `3 Sep 2026`.
pub fn date(at: impl Datelike) -> String {
    format!("{} {} {}", at.day(), MONTHS[at.month0() as usize], at.year())
}

/// `3 Sep`; with its year where that is not today's.
pub fn day(at: impl Datelike, today: impl Datelike) -> String {
    if at.year() == today.year() { format!("{} {}", at.day(), MONTHS[at.month0() as usize]) } else { date(at) }
}

/// `Nov`.
pub fn short_month(at: impl Datelike) -> &'static str {
    MONTHS[at.month0() as usize]
}

/// `Nov 2026`.
pub fn month(at: impl Datelike) -> String {
    format!("{} {}", MONTHS[at.month0() as usize], at.year())
}

/// `14:05`.
pub fn clock(at: impl Timelike) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// How long ago, in one word and a number: `just now`, `5 minutes`, `yesterday`, `41 days`, `3 years`.
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let minutes = (now - at).num_minutes();
    let count = |n: i64, unit: &str| if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") };
    match minutes {
        ..=0 => "just now".into(),
        1..=59 => count(minutes, "minute"),
        60..=1439 => count(minutes / 60, "hour"),
        1440..=2879 => "yesterday".into(),
        2880..=129_599 => count(minutes / 1440, "day"),
        129_600..=1_051_199 => count(minutes / 43_800, "month"),
        _ => count(minutes / 525_600, "year"),
    }
}

/// An age with its date on hover. It grows older with `now`.
#[component]
pub fn Ago(at: DateTime<Utc>, #[prop(into)] now: Signal<DateTime<Utc>>) -> impl IntoView {
    view! { <time datetime=at.to_rfc3339() title=date(at)>{move || ago(at, now.get())}</time> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    #[test]
    fn ages_read_well() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a valid time");
        for (minutes, text) in [
            (-5, "just now"),
            (0, "just now"),
            (1, "1 minute"),
            (59, "59 minutes"),
            (60, "1 hour"),
            (1439, "23 hours"),
            (1440, "yesterday"),
            (2880, "2 days"),
            (41 * 1440, "41 days"),
            (100 * 1440, "3 months"),
            (800 * 1440, "2 years"),
        ] {
            assert_eq!(ago(now - Duration::minutes(minutes), now), text);
        }
    }

    #[test]
    fn dates_name_the_month() {
        assert_eq!(date(DateTime::from_timestamp(0, 0).expect("a valid time")), "1 Jan 1970");
    }
}
