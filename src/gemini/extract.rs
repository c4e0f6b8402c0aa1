//! The second call: typed items out of numbered lines. Each names its line, and is kept only if that line bears it out.

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::evidence::{counts, day, says};
use super::grounding::Claim;
use super::text::clean;
use crate::enrichment::fact::{Fact, Finding, Trend};

/// What lines are marked with.
pub const MARKS: [&str; 9] = ["CEO", "SUMMARY", "INDUSTRY", "EMPLOYEES", "LOCATION", "NEWS", "FUNDING", "HIRING", "MARKET"];

/// More items of a field are not looked at.
const ITEMS: usize = 20;

/// What the answer has to look like. It is flat: large and deep schemas are refused.
pub fn schema() -> Value {
    let text = json!({ "type": "string" });
    let maybe_text = json!({ "type": ["string", "null"] });
    let maybe_day = json!({ "type": ["string", "null"], "format": "date" });
    let number = json!({ "type": ["number", "null"] });
    let texts = json!({ "type": "array", "items": { "type": "string" }, "maxItems": 12 });
    let trends: Vec<&str> = Trend::ALL.iter().map(|trend| trend.as_str()).collect();
    let fields = [
        ("ceo", 1, json!({ "name": text })),
        ("summary", 1, json!({ "text": text })),
        ("industry", 1, json!({ "name": text })),
        ("employees", 1, json!({ "count": { "type": "integer", "minimum": 0 } })),
        ("location", 1, json!({ "city": maybe_text, "country": maybe_text })),
        ("news", 8, json!({ "title": text, "date": maybe_day })),
        ("funding", 12, json!({ "round": text, "amount": number, "currency": maybe_text, "date": maybe_day, "investors": texts })),
        ("hiring", 1, json!({ "trend": { "type": "string", "enum": trends }, "openings": number, "roles": texts })),
        ("market", 1, json!({ "score": { "type": "integer", "minimum": 0, "maximum": 100 } })),
    ];
    let mut properties = serde_json::Map::new();
    for (name, most, item) in fields {
        properties.insert(name.to_string(), json!({ "type": "array", "maxItems": most, "items": on_a_line(item) }));
    }
    let required: Vec<String> = properties.keys().cloned().collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

fn on_a_line(mut properties: Value) -> Value {
    properties["line"] = json!({ "type": "integer", "minimum": 1 });
    let required: Vec<String> = properties.as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default();
    json!({ "type": "object", "properties": properties, "required": required })
}

/// An answer, item by item: one that is not as it should be does not take the others with it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Extract {
    ceo: Items,
    summary: Items,
    industry: Items,
    employees: Items,
    location: Items,
    news: Items,
    funding: Items,
    hiring: Items,
    market: Items,
}

#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
struct Items(Value);

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Worded {
    text: String,
}

#[derive(Deserialize)]
struct Counted {
    count: u32,
}

#[derive(Deserialize)]
struct Placed {
    city: Option<String>,
    country: Option<String>,
}

#[derive(Deserialize)]
struct News {
    title: String,
    date: Option<String>,
}

#[derive(Deserialize)]
struct Funding {
    round: String,
    amount: Option<f64>,
    currency: Option<String>,
    date: Option<String>,
    #[serde(default)]
    investors: Vec<String>,
}

#[derive(Deserialize)]
struct Hiring {
    trend: Trend,
    openings: Option<f64>,
    #[serde(default)]
    roles: Vec<String>,
}

#[derive(Deserialize)]
struct Rated {
    score: f64,
}

/// A fact and the day that it is about.
type Told = (Fact, Option<NaiveDate>);

impl Items {
    /// The first `most` findings that items make with the lines that they name. A line is good for the field that it is marked with, so
    /// that what somebody slipped in beside the marked lines is good for none.
    fn findings<T: DeserializeOwned>(
        &self,
        claims: &[Claim],
        mark: &str,
        most: usize,
        told: impl Fn(T, &str) -> Option<Told>,
    ) -> Vec<Finding> {
        let items = self.0.as_array().map(Vec::as_slice).unwrap_or_default().iter().take(ITEMS);
        let finding = |item: &Value| {
            let line = usize::try_from(item.get("line")?.as_u64()?).ok()?;
            let claim = claims.get(line.checked_sub(1)?).filter(|claim| claim.is_marked(mark))?;
            let (fact, about) = told(T::deserialize(item).ok()?, &claim.text)?;
            Some(Finding { fact, about, sources: claim.sources.clone() })
        };
        items.filter_map(finding).take(most).collect()
    }
}

impl Extract {
    /// What the claims bear out.
    pub fn findings(&self, claims: &[Claim], today: NaiveDate) -> Vec<Finding> {
        let undated = |fact: Fact| (fact, None);
        let dated = |fact: Fact, date: Option<&str>, line: &str| (fact, date.and_then(|date| day(line, date, today)));
        let ceo = |item: Named, line: &str| {
            let name = some(&item.name, 120).filter(|name| says(line, name))?;
            Some(undated(Fact::Ceo { name }))
        };
        let employees = |item: Counted, line: &str| {
            let is_said = item.count > 0 && counts(line, f64::from(item.count));
            is_said.then(|| undated(Fact::Employees { count: item.count }))
        };
        let news = |item: News, line: &str| Some(dated(Fact::News { title: some(&item.title, 200)? }, item.date.as_deref(), line));
        let funding = |item: Funding, line: &str| Some(dated(item.fact(line)?, item.date.as_deref(), line));
        let market = |item: Rated, _: &str| Some(undated(Fact::Market { score: item.score.round().clamp(0.0, 100.0) as u8 }));
        [
            self.ceo.findings(claims, "CEO", 1, ceo),
            self.summary.findings(claims, "SUMMARY", 1, |item: Worded, _| Some(undated(Fact::Summary { text: some(&item.text, 600)? }))),
            self.industry.findings(claims, "INDUSTRY", 1, |item: Named, _| Some(undated(Fact::Industry { name: some(&item.name, 80)? }))),
            self.employees.findings(claims, "EMPLOYEES", 1, employees),
            self.location.findings(claims, "LOCATION", 1, |item: Placed, _| item.fact().map(undated)),
            self.news.findings(claims, "NEWS", 8, news),
            self.funding.findings(claims, "FUNDING", 12, funding),
            self.hiring.findings(claims, "HIRING", 1, |item: Hiring, line| item.fact(line).map(undated)),
            self.market.findings(claims, "MARKET", 1, market),
        ]
        .concat()
    }
}

impl Placed {
    fn fact(&self) -> Option<Fact> {
        let place = |name: &Option<String>| some(name.as_deref()?, 80);
        let (city, country) = (place(&self.city), place(&self.country));
        (city.is_some() || country.is_some()).then_some(Fact::Location { city, country })
    }
}

impl Funding {
    fn fact(&self, line: &str) -> Option<Fact> {
        let said = |amount: &f64| (1.0..1e13).contains(amount) && counts(line, *amount);
        let is_code = |code: &String| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
        let currency = self.currency.as_ref().map(|code| code.trim().to_uppercase()).filter(is_code);
        let both = self.amount.filter(said).map(|amount| amount.round() as i64).zip(currency);
        let investors = texts(&self.investors, 80).into_iter().filter(|investor| says(line, investor)).collect();
        let (amount, currency) = both.unzip();
        Some(Fact::Funding { round: some(&self.round, 60)?, amount, currency, investors })
    }
}

impl Hiring {
    fn fact(&self, line: &str) -> Option<Fact> {
        let openings = self.openings.filter(|count| (1.0..100_000.0).contains(count) && counts(line, *count)).map(|count| count as u32);
        let roles = texts(&self.roles, 80);
        let says_something = self.trend != Trend::Unknown || openings.is_some() || !roles.is_empty();
        says_something.then(|| Fact::Hiring { trend: self.trend, openings, roles, departments: Vec::new() })
    }
}

fn some(text: &str, most: usize) -> Option<String> {
    Some(clean(text, most)).filter(|text| !text.is_empty())
}

fn texts(texts: &[String], most: usize) -> Vec<String> {
    texts.iter().filter_map(|text| some(text, most)).take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrichment::fact::Source;

    fn claims() -> Vec<Claim> {
        let source = Source::new("https://www.google.com/search?q=x", "x.example").unwrap();
        let claim = |text: &str, sources: &[Source]| Claim { text: text.into(), sources: sources.to_vec() };
        vec![
            claim("[CEO] Søren Kjær is chief executive.", std::slice::from_ref(&source)),
            claim("[FUNDING 2026-06-11] Series B; €42 million; Fjord Ventures, Kestrel", &[source]),
            claim("[NEWS 2027-01-01] Opens an office", &[]),
            claim("[EMPLOYEES] Many people work there.", &[]),
            claim("[HIRING] Nothing is known.", &[]),
            claim("[LOCATION] Somewhere.", &[]),
        ]
    }

    fn found(json: Value) -> Vec<Finding> {
        let extract: Extract = serde_json::from_value(json).unwrap();
        extract.findings(&claims(), "2026-10-12".parse().unwrap())
    }

    #[test]
    fn a_finding_has_the_sources_of_its_line() {
        let found = found(json!({
            "ceo": [{ "name": "Søren Kjær", "line": 1 }],
            "funding": [{ "round": "Series B", "amount": 42e6, "currency": "eur", "date": "2026-06-11", "investors": ["Fjord Ventures", "Made Up"], "line": 2 }],
            "news": [{ "title": "Opens an <b>office</b> https://evil.example", "date": "2027-01-01", "line": 3 }],
        }));
        assert_eq!(found.iter().map(|finding| finding.sources.len()).collect::<Vec<_>>(), [1, 0, 1]);
        assert_eq!(found[1].fact, Fact::News { title: "Opens an office".into() });
        assert_eq!(found[1].about, None);
        let round = Fact::Funding {
            round: "Series B".into(),
            amount: Some(42_000_000),
            currency: Some("EUR".into()),
            investors: vec!["Fjord Ventures".into()],
        };
        assert_eq!((&found[2].fact, found[2].about), (&round, "2026-06-11".parse().ok()));
    }

    #[test]
    fn a_made_up_item_does_not_stand_in_a_good_ones_way() {
        let found = found(
            json!({ "ceo": [{ "name": "Mallory", "line": 1 }, { "name": "Søren Kjær", "line": 1 }, { "name": "Søren", "line": 1 }] }),
        );
        assert_eq!(found.iter().map(|finding| &finding.fact).collect::<Vec<_>>(), [&Fact::Ceo { name: "Søren Kjær".into() }]);
    }

    #[test]
    fn what_no_line_bears_out_is_dropped() {
        for json in [
            json!({ "ceo": [{ "name": "Somebody Else", "line": 1 }] }),
            json!({ "ceo": [{ "name": "Søren Kjær", "line": 0 }] }),
            json!({ "ceo": [{ "name": "Søren Kjær", "line": 4 }] }),
            json!({ "ceo": [{ "name": "Søren Kjær" }] }),
            json!({ "news": [{ "title": "Series B", "date": null, "line": 2 }] }),
            json!({ "summary": [{ "text": "Søren Kjær is chief executive.", "line": 1 }] }),
            json!({ "ceo": "Søren Kjær", "news": null }),
            json!({ "employees": [{ "count": 42, "line": 4 }] }),
            json!({ "hiring": [{ "trend": "unknown", "roles": [], "line": 5 }] }),
            json!({ "hiring": [{ "trend": "rising", "roles": ["x"], "line": 5 }] }),
            json!({ "location": [{ "city": " ", "country": null, "line": 6 }] }),
        ] {
            assert_eq!(found(json.clone()), [], "{json}");
        }
    }

    #[test]
    fn an_amount_needs_its_currency_and_the_lines_number() {
        for (amount, currency) in
            [(json!(41e6), json!("EUR")), (json!(42e6), json!("€")), (json!(null), json!("EUR")), (json!(42e6), json!(null))]
        {
            let found = found(
                json!({ "funding": [{ "round": "B", "amount": amount, "currency": currency, "date": null, "investors": [], "line": 2 }] }),
            );
            assert!(matches!(&found[0].fact, Fact::Funding { amount: None, currency: None, .. }), "{found:?}");
        }
    }

    #[test]
    fn the_schema_is_flat_and_asks_for_a_line_each() {
        let schema = schema();
        for (name, field) in schema["properties"].as_object().unwrap() {
            assert_eq!(field["items"]["properties"]["line"]["type"], "integer", "{name}");
        }
        assert_eq!(schema["required"].as_array().unwrap().len(), 9);
    }
}
