//! Whether a line has what was extracted from it. A model makes up days and numbers where it finds none.

use chrono::{Datelike, NaiveDate};

const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/// The day, if the line has it and it is not to come.
pub fn day(line: &str, text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let day: NaiveDate = text.trim().parse().ok()?;
    (day <= today && names_day(line, day)).then_some(day)
}

/// `2026-06-11`, or its year, month and day in words.
fn names_day(line: &str, day: NaiveDate) -> bool {
    if line.contains(&day.to_string()) {
        return true;
    }
    let line = line.to_lowercase();
    let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).collect();
    let month = MONTHS[day.month0() as usize];
    let is_month = |word: &str| word == month || word == &month[..3] || (month == "september" && word == "sept");
    let number = |word: &str| word.trim_end_matches(char::is_alphabetic).parse::<u32>().ok();
    words.contains(&day.year().to_string().as_str())
        && words.iter().any(|word| is_month(word))
        && words.iter().any(|word| word.len() <= 4 && number(word) == Some(day.day()))
}

/// Whether the line has the words, whatever their case.
pub fn says(line: &str, words: &str) -> bool {
    !words.is_empty() && line.to_lowercase().contains(&words.to_lowercase())
}

/// Whether the line has the number: plain, or in thousands, millions or billions.
pub fn counts(line: &str, number: f64) -> bool {
    let written = line.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).map(|word| word.trim_matches(['.', ',']));
    let readings = written.flat_map(|word| [word.replace(',', ""), word.replace('.', "").replace(',', "."), word.replace(['.', ','], "")]);
    let mut values = readings.filter_map(|reading| reading.parse::<f64>().ok());
    values.any(|value| [1.0, 1e3, 1e6, 1e9].iter().any(|scale| (value * scale - number).abs() < 0.5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_kept_where_the_line_has_it() {
        let today = "2026-10-12".parse().unwrap();
        for (line, text, kept) in [
            ("[NEWS 2026-09-03] Opens an office.", "2026-09-03", true),
            ("Announced on 3 September 2026.", "2026-09-03", true),
            ("Announced Sept 3rd, 2026.", "2026-09-03", true),
            ("Announced in September 2026.", "2026-09-01", false),
            ("Opens an office.", "2026-09-03", false),
            ("[NEWS 2026-12-24] To come.", "2026-12-24", false),
            ("[NEWS 2026-09-03] Opens an office.", "soon", false),
        ] {
            assert_eq!(day(line, text, today).is_some(), kept, "{line} {text}");
        }
    }

    #[test]
    fn a_number_is_counted_as_it_is_written() {
        for (line, number) in [
            ("€42 million", 42e6),
            ("$4.2m", 4.2e6),
            ("4,2 Mio. Euro", 4.2e6),
            ("1,200 employees", 1_200.0),
            ("1.200 people", 1_200.0),
            ("about 250.", 250.0),
        ] {
            assert!(counts(line, number), "{line}");
        }
        assert!(!counts("€42 million", 43e6) && !counts("many", 5.0) && !counts("", 0.0));
    }
}
