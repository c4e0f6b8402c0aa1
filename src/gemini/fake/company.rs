//! Good answers about any company: made up of its name alone, so that the same company is always answered the same.

use chrono::{Days, NaiveDate};

const FIRST: [&str; 8] = ["Ada", "Søren", "Lucía", "Jonas", "Mei", "Amara", "Pavel", "Ines"];
const LAST: [&str; 8] = ["Marlowe", "Kjær", "Ortega", "Vink", "Tanaka", "Okafor", "Novák", "Duarte"];
const PLACES: [(&str, &str); 4] =
    [("Rotterdam", "Netherlands"), ("Berlin", "Germany"), ("Lisbon", "Portugal"), ("Leeds", "United Kingdom")];
const INDUSTRIES: [&str; 4] = ["logistics software", "industrial automation", "financial services", "health technology"];

/// The company that a research question is about.
pub struct Company {
    pub name: String,
    pub domain: String,
}

impl Company {
    /// Out of the question: the first name in quotation marks, and the website after it.
    pub fn asked_about(question: &str) -> Self {
        let name = question.split('"').nth(1).map_or_else(|| question.chars().take(60).collect(), str::to_string);
        let site = question.split("whose website is ").nth(1).map(|rest| rest.trim_end().trim_end_matches('.').to_string());
        let word = |c: char| c.is_ascii_alphanumeric();
        let invented = || format!("{}.example", name.to_lowercase().split(|c| !word(c)).find(|part| !part.is_empty()).unwrap_or("company"));
        let domain = site.filter(|site| !site.is_empty()).unwrap_or_else(invented);
        Self { name, domain }
    }

    /// A number that is the name's own.
    fn number(&self) -> usize {
        self.name.bytes().fold(7_usize, |number, byte| number.wrapping_mul(31).wrapping_add(usize::from(byte)) % 1_000_003)
    }

    /// One claim a line, after the grammar that the question asks for.
    pub fn lines(&self, today: NaiveDate) -> Vec<String> {
        let (name, number) = (&self.name, self.number());
        let before = |days: u64| today.checked_sub_days(Days::new(days + number as u64 % 5)).unwrap_or(today);
        let ceo = format!("{} {}", FIRST[number % 8], LAST[number / 8 % 8]);
        let (city, country) = PLACES[number % 4];
        let industry = INDUSTRIES[number / 4 % 4];
        vec![
            format!("[CEO] {ceo} is chief executive of {name}."),
            format!("[SUMMARY] {name} makes {industry} for mid-sized companies in Europe."),
            format!("[INDUSTRY] {name} works in {industry}."),
            format!("[EMPLOYEES] {name} employs {} people.", 40 + number % 400),
            format!("[LOCATION] {name} has its headquarters in {city}, {country}."),
            format!("[NEWS {}] {name} opens an office in Vienna - the second one outside {country}.", before(4)),
            format!("[NEWS {}] {name} signs a supply contract with Harbour Group - it runs for three years.", before(21)),
            format!(
                "[FUNDING {}] Series B; {},000,000 EUR; Fjord Ventures, Kestrel Capital; raised by {name}",
                before(90),
                10 + number % 50
            ),
            format!("[HIRING] {name} is growing; {} openings; Rust engineers, account executives", 3 + number % 20),
            format!("[MARKET] The market of {name} grows by {} % a year and has few large vendors.", 5 + number % 15),
        ]
    }
}
