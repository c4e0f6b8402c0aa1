//! The file's format: iCalendar, RFC 5545. What people typed is text in it: it makes no line of its own.

use std::fmt::Write;

use chrono::{Days, NaiveDate};

use super::store::{Calendar, Expected};
use crate::money::show_cents;

/// Bytes of a line, its end not counted.
const LINE: usize = 75;

/// The calendar as a file. `address` has the address of a deal's page from its path.
pub fn file(calendar: &Calendar, address: impl Fn(&str) -> String) -> String {
    let name = match &calendar.maker {
        Some(maker) => format!("Expected closes of {maker}, {}", calendar.startup),
        None => format!("Expected closes, {}", calendar.startup),
    };
    let mut file = String::new();
    line(&mut file, "BEGIN:VCALENDAR");
    line(&mut file, "VERSION:2.0");
    line(&mut file, "PRODID:-//Prospector//Expected closes//EN");
    line(&mut file, &format!("NAME:{}", text(&name)));
    line(&mut file, &format!("X-WR-CALNAME:{}", text(&name)));
    line(&mut file, &format!("X-WR-TIMEZONE:{}", text(&calendar.time_zone)));
    line(&mut file, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    line(&mut file, "X-PUBLISHED-TTL:PT1H");
    for deal in &calendar.deals.0 {
        let path = format!("/pipeline/deals/{}?team={}", deal.id, calendar.slug);
        event(&mut file, deal, &calendar.currency, &address(&path));
    }
    line(&mut file, "END:VCALENDAR");
    file
}

/// A deal on its day. It keeps nobody busy, and was last revised when the deal was.
fn event(file: &mut String, deal: &Expected, currency: &str, address: &str) {
    let revised = deal.updated_at.format("%Y%m%dT%H%M%SZ");
    let day = |day: NaiveDate| day.format("%Y%m%d").to_string();
    line(file, "BEGIN:VEVENT");
    line(file, &format!("UID:{}@prospector", deal.id));
    line(file, &format!("DTSTAMP:{revised}"));
    line(file, &format!("LAST-MODIFIED:{revised}"));
    line(file, &format!("SEQUENCE:{}", deal.version));
    line(file, &format!("DTSTART;VALUE=DATE:{}", day(deal.expected_close)));
    if let Some(next) = deal.expected_close.checked_add_days(Days::new(1)) {
        line(file, &format!("DTEND;VALUE=DATE:{}", day(next)));
    }
    line(file, &format!("SUMMARY:{}", text(&summary(deal, currency))));
    line(file, &format!("DESCRIPTION:{}", text(address)));
    line(file, &format!("URL:{}", plain(address)));
    line(file, "TRANSP:TRANSPARENT");
    line(file, "END:VEVENT");
}

/// `Licence, Konex, $1,200 (Proposal)`.
fn summary(deal: &Expected, currency: &str) -> String {
    let mut said = format!("{}, {}", deal.name, deal.account);
    if let Some(cents) = deal.amount_cents {
        let _ = write!(said, ", {}", show_cents(cents, currency));
    }
    let _ = write!(said, " ({})", deal.stage);
    said
}

/// A value of type TEXT: what would end it is escaped, and a break becomes the two letters that stand for one.
fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => escaped.push_str("\\n"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A value without escapes, such as an address: visible ASCII, and nothing else.
fn plain(value: &str) -> String {
    value.chars().filter(char::is_ascii_graphic).collect()
}

/// Adds a line, folded where it is too long; never within a character.
fn line(file: &mut String, content: &str) {
    let mut room = LINE;
    for c in content.chars() {
        if c.len_utf8() > room {
            file.push_str("\r\n ");
            // the space in front counts
            room = LINE - 1;
        }
        room -= c.len_utf8();
        file.push(c);
    }
    file.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deals::Stage;
    use chrono::DateTime;
    use sqlx::types::Json;
    use uuid::Uuid;

    fn of(name: &str, account: &str, amount_cents: Option<i64>) -> String {
        let deal = Expected {
            id: Uuid::nil(),
            name: name.into(),
            account: account.into(),
            amount_cents,
            stage: Stage::Proposal,
            expected_close: NaiveDate::from_ymd_opt(2026, 12, 31).expect("a day"),
            updated_at: DateTime::from_timestamp(1_800_000_000, 0).expect("a time"),
            version: 7,
        };
        let calendar = Calendar {
            startup: "Northwind, Labs".into(),
            slug: "northwind".into(),
            currency: "USD".into(),
            time_zone: "Europe/Berlin".into(),
            maker: None,
            deals: Json(vec![deal]),
        };
        file(&calendar, |path| format!("https://crm.test{path}"))
    }

    /// The lines as a calendar reads them.
    fn unfolded(file: &str) -> Vec<String> {
        assert!(file.ends_with("\r\n"));
        for line in file.split("\r\n") {
            assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
        }
        file.replace("\r\n ", "").trim_end().split("\r\n").map(str::to_string).collect()
    }

    #[test]
    fn a_deal_is_an_event_of_a_whole_day() {
        let lines = unfolded(&of("Licence", "Konex", Some(120_000)));
        for line in [
            "X-WR-CALNAME:Expected closes\\, Northwind\\, Labs",
            "UID:00000000-0000-0000-0000-000000000000@prospector",
            "DTSTAMP:20270115T080000Z",
            "SEQUENCE:7",
            "DTSTART;VALUE=DATE:20261231",
            "DTEND;VALUE=DATE:20270101",
            "SUMMARY:Licence\\, Konex\\, $1\\,200 (Proposal)",
            "URL:https://crm.test/pipeline/deals/00000000-0000-0000-0000-000000000000?team=northwind",
        ] {
            assert!(lines.iter().any(|l| l == line), "{line}: {lines:#?}");
        }
        assert!(unfolded(&of("Licence", "Konex", None)).contains(&"SUMMARY:Licence\\, Konex (Proposal)".to_string()));
    }

    #[test]
    fn what_people_typed_makes_no_line_and_ends_no_value() {
        let usual = unfolded(&of("Licence", "Konex", None)).len();
        let breaks = ["\r\n", "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{b}", "\u{c}"];
        for mark in breaks {
            let name = format!("A{mark}END:VEVENT{mark}BEGIN:VALARM{mark} B\u{0}\u{7f}\t;,\\n");
            let file = of(&name, &name, None);
            let lines = unfolded(&file);
            assert_eq!(lines.len(), usual, "{lines:#?}");
            assert!(!file.chars().any(|c| (c.is_control() && !['\r', '\n'].contains(&c)) || ['\u{2028}', '\u{2029}'].contains(&c)));
            let said = lines.iter().find(|l| l.starts_with("SUMMARY:")).expect("a summary");
            assert!(said.starts_with("SUMMARY:A\\nEND:VEVENT\\nBEGIN:VALARM\\n B   \\;\\,\\\\n\\, A"), "{said}");
        }
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        for letter in ["x", "ü", "語", "🎉"] {
            let name = letter.repeat(200);
            let said = format!("SUMMARY:{name}\\, Konex (Proposal)");
            // a file that was cut within a character would be no text, and one that lost some would not be this
            assert!(unfolded(&of(&name, "Konex", None)).contains(&said), "{letter}");
        }
    }
}
