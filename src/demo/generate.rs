//! The made-up book of business, the same for a seed: accounts with their people, deals over two years, and a log.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::words::{CALLS, CHANNELS, EMAILS, LOST, MEETINGS, NOTES, PRODUCTS, ROLES, TONGUES, Tongue};
use crate::accounts::{Kind, Segment, Status};
use crate::deals::Stage;
use crate::interactions::{Direction, InteractionType};

/// How many accounts there are.
const ACCOUNTS: usize = 120;

pub struct Book {
    pub accounts: Vec<MadeAccount>,
    pub contacts: Vec<MadeContact>,
    pub deals: Vec<MadeDeal>,
    pub interactions: Vec<MadeInteraction>,
}

pub struct MadeAccount {
    pub id: Uuid,
    pub name: String,
    pub domain: String,
    pub kind: Kind,
    pub segment: Segment,
    pub status: Status,
    /// Whole units of currency.
    pub mrr: i64,
    pub owner: Option<Uuid>,
    pub info: serde_json::Value,
}

pub struct MadeContact {
    pub account: Uuid,
    pub first: &'static str,
    pub last: &'static str,
    pub role: &'static str,
    pub email: String,
}

pub struct MadeDeal {
    pub id: Uuid,
    pub account: Uuid,
    pub name: String,
    pub amount: i64,
    pub owner: Option<Uuid>,
    pub channel: &'static str,
    pub opened: DateTime<Utc>,
    pub expected_close: chrono::NaiveDate,
    /// Each stage it went through after the first, and when.
    pub moves: Vec<(Stage, DateTime<Utc>)>,
    pub lost_reason: Option<&'static str>,
}

pub struct MadeInteraction {
    pub account: Uuid,
    /// Index into the authors.
    pub author: usize,
    pub kind: InteractionType,
    pub direction: Option<Direction>,
    pub summary: &'static str,
    pub at: DateTime<Utc>,
}

struct Maker<'a> {
    rng: fastrand::Rng,
    now: DateTime<Utc>,
    team: &'a [Uuid],
}

/// Everything, as of `now`; `team` are those who own accounts and write to the log.
pub fn book(seed: u64, now: DateTime<Utc>, team: &[Uuid]) -> Book {
    let mut maker = Maker { rng: fastrand::Rng::with_seed(seed), now, team };
    let mut book = Book { accounts: Vec::new(), contacts: Vec::new(), deals: Vec::new(), interactions: Vec::new() };
    for index in 0..ACCOUNTS {
        let tongue = &TONGUES[index % TONGUES.len()];
        let account = maker.account(tongue, index);
        maker.contacts(tongue, &account, &mut book.contacts);
        maker.deals(&account, &mut book.deals);
        maker.interactions(&account, &mut book.interactions);
        book.accounts.push(account);
    }
    book
}

impl Maker<'_> {
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.rng.usize(..from.len())]
    }

    fn days_ago(&mut self, days: std::ops::Range<i64>) -> DateTime<Utc> {
        self.now - Duration::minutes(self.rng.i64(days.start * 1440..days.end * 1440))
    }

    fn account(&mut self, tongue: &Tongue, index: usize) -> MadeAccount {
        // every pair of words once
        let nth = index / TONGUES.len();
        let name = format!("{} {}", tongue.firsts[nth % 6], tongue.seconds[(nth + nth / 6) % 5]);
        let status =
            self.pick(&[Status::Lead, Status::Lead, Status::Trial, Status::Active, Status::Active, Status::Active, Status::Churned]);
        let segment = self.pick(&[Segment::Smb, Segment::Smb, Segment::MidMarket, Segment::MidMarket, Segment::Enterprise]);
        let (employees, price) = match segment {
            Segment::Smb => (self.rng.i64(8..250), 90..2_400),
            Segment::MidMarket => (self.rng.i64(250..2_000), 1_800..11_000),
            Segment::Enterprise => (self.rng.i64(2_000..40_000), 9_000..34_000),
        };
        let mrr = if status == Status::Active { self.rng.i64(price) / 10 * 10 } else { 0 };
        let owned = self.rng.u8(..10) > 0;
        let founded = self.rng.i64(1951..2022);
        MadeAccount {
            id: Uuid::now_v7(),
            domain: format!("{}.example", ascii(&name, index)),
            name,
            kind: self.pick(&[
                Kind::Customer,
                Kind::Customer,
                Kind::Customer,
                Kind::Customer,
                Kind::Customer,
                Kind::Partner,
                Kind::Investor,
            ]),
            segment,
            status,
            mrr,
            owner: owned.then(|| self.pick(self.team)),
            info: serde_json::json!({ "employees": employees, "founded": founded, "country": tongue.country }),
        }
    }

    fn contacts(&mut self, tongue: &Tongue, account: &MadeAccount, contacts: &mut Vec<MadeContact>) {
        for nth in 0..self.rng.usize(1..5) {
            let (first, last) = (self.pick(tongue.given), self.pick(tongue.family));
            contacts.push(MadeContact {
                account: account.id,
                first,
                last,
                role: self.pick(&ROLES),
                email: format!("{}@{}", ascii(&format!("{first} {last}"), nth), account.domain),
            });
        }
    }

    fn deals(&mut self, account: &MadeAccount, deals: &mut Vec<MadeDeal>) {
        let outcomes: &[Stage] = match account.status {
            Status::Lead => &[Stage::Qualified, Stage::Proposal, Stage::ClosedLost],
            Status::Trial => &[Stage::Proposal, Stage::Negotiation, Stage::Qualified],
            Status::Active => &[Stage::ClosedWon, Stage::ClosedWon, Stage::ClosedLost, Stage::Negotiation],
            Status::Churned => &[Stage::ClosedWon, Stage::ClosedLost, Stage::ClosedLost],
        };
        for nth in 0..self.rng.usize(1..5) {
            // a customer has bought once at least
            let outcome = if nth == 0 { outcomes[0] } else { self.pick(outcomes) };
            let deal = self.deal(account, outcome);
            deals.push(deal);
        }
    }

    fn deal(&mut self, account: &MadeAccount, outcome: Stage) -> MadeDeal {
        let opened = if outcome.is_closed() { self.days_ago(100..730) } else { self.days_ago(3..110) };
        let path: &[Stage] = match outcome {
            Stage::Qualified => &[],
            Stage::Proposal => &[Stage::Proposal],
            Stage::Negotiation => &[Stage::Proposal, Stage::Negotiation],
            Stage::ClosedWon => &[Stage::Proposal, Stage::Negotiation, Stage::ClosedWon],
            Stage::ClosedLost => self.pick(&[
                &[Stage::ClosedLost][..],
                &[Stage::Proposal, Stage::ClosedLost],
                &[Stage::Proposal, Stage::Negotiation, Stage::ClosedLost],
            ]),
        };
        let mut at = opened;
        let moves = path.iter().map(|stage| {
            // never past now
            let left = (self.now - at).num_minutes().max(2);
            at += Duration::minutes(self.rng.i64(1..(left / 2).clamp(2, 45 * 1440)));
            (*stage, at)
        });
        let moves = moves.collect();
        let size = match account.segment {
            Segment::Smb => 600..12_000,
            Segment::MidMarket => 8_000..60_000,
            Segment::Enterprise => 40_000..220_000,
        };
        MadeDeal {
            id: Uuid::now_v7(),
            account: account.id,
            name: self.pick(&PRODUCTS).to_string(),
            amount: self.rng.i64(size) / 50 * 50,
            owner: account.owner,
            channel: self.pick(&CHANNELS),
            opened,
            expected_close: (self.now + Duration::days(self.rng.i64(-12..120))).date_naive(),
            moves,
            lost_reason: (outcome == Stage::ClosedLost).then(|| self.pick(&LOST)),
        }
    }

    fn interactions(&mut self, account: &MadeAccount, interactions: &mut Vec<MadeInteraction>) {
        let newest = match account.status {
            Status::Active | Status::Trial => 0,
            Status::Lead => self.rng.i64(0..60),
            Status::Churned => 60,
        };
        // a few accounts nobody has spoken to yet
        let count = if account.status == Status::Lead && self.rng.u8(..5) == 0 { 0 } else { self.rng.usize(2..14) };
        for nth in 0..count {
            let at = if nth == 0 { self.days_ago(newest..newest + 40) } else { self.days_ago(newest..700) };
            let kind = self.pick(InteractionType::ALL);
            let (summary, direction) = match kind {
                InteractionType::Call => (self.pick(&CALLS), Some(self.pick(Direction::ALL))),
                InteractionType::Email => (self.pick(&EMAILS), Some(self.pick(Direction::ALL))),
                InteractionType::Meeting => (self.pick(&MEETINGS), None),
                InteractionType::Note => (self.pick(&NOTES), None),
            };
            interactions.push(MadeInteraction {
                account: account.id,
                author: self.rng.usize(..self.team.len()),
                kind,
                direction,
                summary,
                at,
            });
        }
    }
}

/// Letters that a domain can have; a number keeps names of other scripts apart.
fn ascii(name: &str, number: usize) -> String {
    let folded: String = name.to_lowercase().chars().filter_map(fold).collect();
    let folded = folded.trim_matches('-');
    if folded.len() < 3 { format!("{folded}kaisha{number}") } else { folded.to_string() }
}

fn fold(c: char) -> Option<char> {
    Some(match c {
        'a'..='z' | '0'..='9' => c,
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' => 'a',
        'è' | 'é' | 'ê' | 'ë' | 'ę' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ç' | 'ć' => 'c',
        'ñ' | 'ń' => 'n',
        'ł' => 'l',
        'ś' | 'ş' => 's',
        'ż' | 'ź' => 'z',
        ' ' => '-',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> Book {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a valid time");
        book(7, now, &[Uuid::now_v7(), Uuid::now_v7()])
    }

    #[test]
    fn names_and_domains_are_distinct() {
        let book = made();
        let names: std::collections::HashSet<_> = book.accounts.iter().map(|a| &a.name).collect();
        let domains: std::collections::HashSet<_> = book.accounts.iter().map(|a| &a.domain).collect();
        assert_eq!((names.len(), domains.len()), (ACCOUNTS, ACCOUNTS));
    }

    #[test]
    fn time_runs_forward_and_ends_now() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a valid time");
        for deal in &made().deals {
            let times: Vec<_> = std::iter::once(deal.opened).chain(deal.moves.iter().map(|(_, at)| *at)).collect();
            assert!(times.is_sorted() && times.iter().all(|at| *at <= now), "{times:?}");
        }
    }

    #[test]
    fn a_seed_makes_the_same_book() {
        let names = |b: Book| b.accounts.into_iter().map(|a| (a.name, a.mrr)).collect::<Vec<_>>();
        assert_eq!(names(made()), names(made()));
    }
}
