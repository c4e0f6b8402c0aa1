//! Dates in whatever order a file writes them. One row cannot tell `03-04-2017`; the whole column mostly can.

use chrono::NaiveDate;

/// In which order day, month and year stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum DateOrder {
    /// 2017-03-31
    YearFirst,
    /// 31-03-2017
    DayFirst,
    /// 03-31-2017
    MonthFirst,
}

impl DateOrder {
    const ALL: [Self; 3] = [Self::YearFirst, Self::DayFirst, Self::MonthFirst];

    /// Reads a date of three numbers with `-`, `/` or `.` between them; a time of day behind it is ignored.
    pub fn parse(self, text: &str) -> Option<NaiveDate> {
        let day_part = text.split([' ', 'T']).next()?;
        let mut numbers = day_part.split(['-', '/', '.']);
        let (a, b, c) = (numbers.next()?, numbers.next()?, numbers.next()?);
        if numbers.next().is_some() {
            return None;
        }
        let (year, month, day) = match self {
            Self::YearFirst => (a, b, c),
            Self::DayFirst => (c, b, a),
            Self::MonthFirst => (c, a, b),
        };
        if year.len() != 4 || month.len() > 2 || day.len() > 2 {
            return None;
        }
        NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }
}

/// What a column's values leave possible.
#[derive(Clone, Debug)]
pub struct Detector {
    possible: Vec<DateOrder>,
    /// First value that no remaining order could read, and its line.
    odd: Option<(u64, String)>,
}

impl Default for Detector {
    fn default() -> Self {
        Self { possible: DateOrder::ALL.to_vec(), odd: None }
    }
}

/// What a whole column says about its dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All values read in this order (or there are none).
    Order(DateOrder),
    /// Every day is 12 or less: both orders read them all.
    Ambiguous,
    /// A value that is no date in the order of the others.
    Odd { line: u64, value: String },
}

impl Detector {
    pub fn see(&mut self, line: u64, text: &str) {
        let left: Vec<_> = self.possible.iter().copied().filter(|order| order.parse(text).is_some()).collect();
        if left.is_empty() {
            self.odd.get_or_insert_with(|| (line, text.to_string()));
        } else {
            self.possible = left;
        }
    }

    /// The order of a column that leaves no doubt by itself.
    pub fn settled(&self) -> Option<DateOrder> {
        match self.possible.as_slice() {
            [only] if self.odd.is_none() => Some(*only),
            _ => None,
        }
    }

    /// The first of `said` that the column allows decides where the column does not.
    pub fn verdict(&self, said: &[DateOrder]) -> Verdict {
        if let Some((line, value)) = &self.odd {
            return Verdict::Odd { line: *line, value: value.clone() };
        }
        match self.possible.as_slice() {
            [only] => Verdict::Order(*only),
            // no date at all leaves all three
            left if left.len() == DateOrder::ALL.len() => Verdict::Order(DateOrder::YearFirst),
            left => said.iter().find(|s| left.contains(s)).map_or(Verdict::Ambiguous, |s| Verdict::Order(*s)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(values: &[&str], said: Option<DateOrder>) -> Verdict {
        let mut detector = Detector::default();
        for (line, value) in values.iter().enumerate() {
            detector.see(line as u64 + 2, value);
        }
        detector.verdict(said.as_slice())
    }

    #[test]
    fn one_telling_day_settles_the_column() {
        assert_eq!(verdict(&["03-04-2017", "25-10-2016"], None), Verdict::Order(DateOrder::DayFirst));
        assert_eq!(verdict(&["03/04/2017", "10/25/2016"], None), Verdict::Order(DateOrder::MonthFirst));
        assert_eq!(verdict(&["2016-10-25 10:00:00", "2016-01-02T00:00:00Z"], None), Verdict::Order(DateOrder::YearFirst));
        assert_eq!(verdict(&[], None), Verdict::Order(DateOrder::YearFirst));
    }

    #[test]
    fn doubt_is_said_and_can_be_settled() {
        assert_eq!(verdict(&["03-04-2017", "05-06-2017"], None), Verdict::Ambiguous);
        assert_eq!(verdict(&["03-04-2017"], Some(DateOrder::MonthFirst)), Verdict::Order(DateOrder::MonthFirst));
        // what was said does not overrule what the column shows
        assert_eq!(verdict(&["25-04-2017"], Some(DateOrder::MonthFirst)), Verdict::Order(DateOrder::DayFirst));
    }

    #[test]
    fn a_mixed_column_names_its_odd_value() {
        assert_eq!(verdict(&["25-10-2016", "10-25-2016"], None), Verdict::Odd { line: 3, value: "10-25-2016".into() });
        assert_eq!(verdict(&["soon"], None), Verdict::Odd { line: 2, value: "soon".into() });
        assert_eq!(verdict(&["31-02-2017"], None), Verdict::Odd { line: 2, value: "31-02-2017".into() });
    }
}
