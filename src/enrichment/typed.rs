//! A person's word, read once at the edge into the same facts that research finds.

use super::fact::{Fact, plain};
use super::word::Word;
use crate::error::AppError;

impl Word {
    /// What was typed, as a fact.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for the field `text`.
    pub fn read(self, text: &str) -> Result<Fact, AppError> {
        let said = plain(text, if self == Self::Summary { 1_000 } else { 200 });
        if said.is_empty() {
            return Err(AppError::invalid("text", "Say something, or take your word back."));
        }
        Ok(match self {
            Self::Ceo => Fact::Ceo { name: said },
            Self::Summary => Fact::Summary { text: said },
            Self::Industry => Fact::Industry { name: said },
            Self::Employees => Fact::Employees { count: count(&said)? },
            Self::Founded => Fact::Founded { year: year(&said)? },
            Self::Location => {
                let (city, country) = match said.rsplit_once(',') {
                    Some((city, country)) => (Some(city.trim()), country.trim()),
                    None => (None, said.as_str()),
                };
                let some = |part: &str| (!part.is_empty()).then(|| part.to_string());
                Fact::Location { city: city.and_then(some), country: some(country) }
            }
        })
    }
}

fn count(text: &str) -> Result<u32, AppError> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | ',' | '.' | '’' | '\'' | '\u{a0}' | '\u{202f}')).collect();
    let count = digits.parse().ok().filter(|n| (1..=10_000_000).contains(n));
    count.ok_or_else(|| AppError::invalid("text", "Enter a whole number of people, such as 250."))
}

fn year(text: &str) -> Result<u16, AppError> {
    let year = text.parse().ok().filter(|year| (1000..=2100).contains(year));
    year.ok_or_else(|| AppError::invalid("text", "Enter a year such as 2014."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_a_fact_and_reads_back() {
        for (word, typed, back) in [
            (Word::Ceo, " Søren  Kjær ", "Søren Kjær"),
            (Word::Employees, "1,250", "1250"),
            (Word::Founded, "2014", "2014"),
            (Word::Location, "Aarhus, Denmark", "Aarhus, Denmark"),
            (Word::Location, "Denmark", "Denmark"),
            (Word::Summary, "Ships\nparcels.", "Ships parcels."),
        ] {
            let fact = word.read(typed).unwrap();
            assert_eq!(fact.key(), word.as_str());
            assert_eq!(Word::write(&fact), Some((word, back.to_string())));
        }
    }

    #[test]
    fn what_is_none_is_refused_beside_its_field() {
        for (word, typed) in
            [(Word::Ceo, " \u{200b} "), (Word::Employees, "many"), (Word::Employees, "0"), (Word::Founded, "99"), (Word::Founded, "3000")]
        {
            assert!(matches!(word.read(typed), Err(AppError::Invalid { field, .. }) if field == "text"), "{typed}");
        }
    }
}
