//! What calls cost. The API says no price: it is calculated from the counts that come with a reply.

use std::collections::HashMap;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::Deserialize;

use super::wire::{Grounding, Usage};

/// The day on which the table below was last compared with Google's list.
pub const AS_OF: &str = "2026-10-09";

/// US dollars per 1,000 searches. Those that are free each month are not counted off: what is recorded is the most it can be.
const SEARCH: f64 = 14.0;

/// Model, first day of the price, US dollars per million tokens in and out; a model's later prices stand after its earlier ones.
const TABLE: &[(&str, &str, f64, f64)] = &[
    ("gemini-3.8-flash", "2026-09-02", 0.75, 3.75),
    ("gemini-3.8-flash", "2027-01-01", 1.50, 7.50),
    ("gemini-3.7-flash", "2026-08-13", 0.75, 3.75),
    ("gemini-3.7-flash", "2027-01-01", 1.50, 7.50),
    ("gemini-3.6-flash", "2026-07-21", 1.50, 7.50),
    ("gemini-3.5-flash", "2026-05-19", 1.50, 9.00),
    ("gemini-3.5-flash-lite", "2026-07-21", 0.30, 2.50),
    ("gemini-3.1-flash-lite", "2026-05-07", 0.25, 1.50),
    ("gemini-3.1-pro-preview", "2026-02-19", 2.00, 12.00),
    ("gemini-3-flash-preview", "2025-12-17", 0.50, 3.00),
];

/// A model that the table does not know costs as much as its dearest.
const DEAREST: Price = Price { input: 2.00, output: 12.00 };

/// US dollars per million tokens, which is millionths of a dollar per token.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    input: f64,
    /// Thoughts included.
    output: f64,
}

/// The prices of the table, and what an operator knows better.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Prices {
    /// Per 1,000 searches.
    search: Option<f64>,
    models: HashMap<String, Price>,
}

impl FromStr for Prices {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let prices: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let all = prices.models.values().flat_map(|price| [price.input, price.output]).chain(prices.search);
        all.into_iter().all(|price| (0.0..=1e6).contains(&price)).then_some(prices).ok_or_else(|| "prices are not negative".into())
    }
}

impl Prices {
    /// What a reply cost on `day`, in millionths of a US dollar, rounded up.
    pub(super) fn cost(&self, model: &str, day: NaiveDate, usage: &Usage, grounding: Option<&Grounding>) -> i64 {
        let price = self.of(model, day);
        let input = usage.prompt_token_count as f64 * price.input;
        let output = (usage.candidates_token_count + usage.thoughts_token_count) as f64 * price.output;
        let searches = grounding.map_or(0, |grounding| grounding.queries().len()) as f64;
        // thousandths are gone before rounding up, so that 14.000000001 is not 15
        let cost = input + output + searches * self.search.unwrap_or(SEARCH) * 1_000.0;
        ((cost * 1_000.0).round() / 1_000.0).ceil() as i64
    }

    fn of(&self, model: &str, day: NaiveDate) -> Price {
        let day = day.to_string();
        let listed = || {
            let of_model = TABLE.iter().filter(|(name, ..)| *name == model);
            let known = of_model.clone().rfind(|(_, from, ..)| *from <= day.as_str()).or_else(|| of_model.clone().next());
            known.map(|(_, _, input, output)| Price { input: *input, output: *output })
        };
        self.models.get(model).copied().or_else(listed).unwrap_or(DEAREST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn usage(prompt: u64, candidates: u64, thoughts: u64) -> Usage {
        Usage { prompt_token_count: prompt, candidates_token_count: candidates, thoughts_token_count: thoughts }
    }

    #[test]
    fn thoughts_and_searches_are_paid_for() {
        let queries = ["", "a", "b", "a", " "].map(String::from).to_vec();
        let grounding = Grounding { web_search_queries: queries, ..Grounding::default() };
        let cost = Prices::default().cost("gemini-3.8-flash", day("2026-10-12"), &usage(1_200, 900, 2_000), Some(&grounding));
        assert_eq!(cost, 900 + 10_875 + 28_000);
    }

    #[test]
    fn prices_change_with_the_day_and_the_operator() {
        let million = usage(1_000_000, 0, 0);
        let prices = Prices::default();
        for (model, on, cost) in [
            ("gemini-3.8-flash", "2026-12-31", 750_000),
            ("gemini-3.8-flash", "2027-01-01", 1_500_000),
            ("gemini-3.8-flash", "2020-01-01", 750_000),
            ("gemini-9", "2026-10-12", 2_000_000),
        ] {
            assert_eq!(prices.cost(model, day(on), &million, None), cost, "{model} {on}");
        }
        let own: Prices = r#"{"models":{"gemini-3.8-flash":{"input":0.1,"output":1}},"search":5}"#.parse().unwrap();
        assert_eq!(own.cost("gemini-3.8-flash", day("2027-01-01"), &million, None), 100_000);
        assert!(r#"{"search":-1}"#.parse::<Prices>().is_err() && r#"{"serach":1}"#.parse::<Prices>().is_err());
    }
}
