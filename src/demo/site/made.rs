//! What a made-up company's site says: always the same for a company, and dated back from today.

use chrono::{Duration, NaiveDate};

use super::Company;
use super::words::{CHIEFS, CITIES, NEWS, POSTS, ROLES, STACKS, Stack, TRADES};
use crate::demo::words::{TONGUES, Tongue};

/// The contents of a site.
pub struct Made {
    pub industry: &'static str,
    /// What it does, after its name.
    pub does: &'static str,
    pub city: &'static str,
    pub stack: &'static Stack,
    /// Name and role; the first leads.
    pub people: Vec<(String, &'static str)>,
    pub posts: Vec<&'static str>,
    /// Whether the careers page marks its posts for machines, or just lists them.
    pub posts_are_marked: bool,
    news: Vec<(String, i64)>,
}

/// Something that is told.
pub struct Told {
    pub title: String,
    pub slug: String,
    pub day: NaiveDate,
}

impl Made {
    pub fn of(company: &Company) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed(&company.domain));
        let (_, industry, does) = *TRADES.iter().find(|(word, ..)| company.name.ends_with(word)).unwrap_or(&TRADES[TRADES.len() - 1]);
        let city = pick(&mut rng, by_country(&CITIES, &company.country).1);
        let stack = &STACKS[rng.usize(..STACKS.len())];
        let people = people(&mut rng, company);
        let open = if company.employees < 50 { 0..4 } else { 1..9 };
        let open = rng.usize(open);
        let posts = some(&mut rng, &POSTS, open);
        let posts_are_marked = rng.bool();
        let told = rng.usize(3..7);
        let titles = some(&mut rng, &NEWS, told);
        let mut ago = 0;
        let news = titles.into_iter().map(|title| {
            ago += rng.i64(3..40);
            (title.replace("{name}", &company.name).replace("{city}", city), ago)
        });
        let news = news.collect();
        Self { industry, does, city, stack, people, posts, posts_are_marked, news }
    }

    /// The news as of a day, the newest first.
    pub fn news(&self, today: NaiveDate) -> Vec<Told> {
        let told = self.news.iter().enumerate().map(|(nth, (title, ago))| Told {
            title: title.clone(),
            slug: format!("{}", self.news.len() - nth),
            day: today - Duration::days(*ago),
        });
        told.collect()
    }
}

fn people(rng: &mut fastrand::Rng, company: &Company) -> Vec<(String, &'static str)> {
    let tongue: &Tongue = TONGUES.iter().find(|tongue| tongue.country == company.country).unwrap_or(&TONGUES[0]);
    let chief = CHIEFS.iter().find(|(country, _)| *country == company.country).unwrap_or(&CHIEFS[CHIEFS.len() - 1]).1;
    let count = rng.usize(2..tongue.given.len().min(tongue.family.len()));
    let (given, family) = (some(rng, tongue.given, count), some(rng, tongue.family, count));
    let others = some(rng, &ROLES, count);
    let roles = std::iter::once(chief).chain(others);
    given.into_iter().zip(family).map(|(given, family)| format!("{given} {family}")).zip(roles).collect()
}

/// The entry of a country, or the last one.
fn by_country<T: Copy>(table: &[(&'static str, T); 8], country: &str) -> (&'static str, T) {
    *table.iter().find(|(known, _)| *known == country).unwrap_or(&table[table.len() - 1])
}

fn pick<T: Copy>(rng: &mut fastrand::Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}

/// So many, each once.
fn some<T: Copy>(rng: &mut fastrand::Rng, from: &[T], count: usize) -> Vec<T> {
    rng.choose_multiple(from.iter().copied(), count)
}

/// A number that stays the same for a name, in every version of the program.
fn seed(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
