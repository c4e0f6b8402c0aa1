//! The figures as a Markdown table, with the goals beside them.

use std::time::Duration;

/// The page may take so many times as long as its bare SQL.
const RATIO: f64 = 3.0;
/// A move may take so many milliseconds.
const MOVE: f64 = 5.0;

/// How long something took, each time.
#[derive(Default)]
pub struct Samples {
    taken: Vec<Duration>,
    seconds: u64,
}

impl Samples {
    pub fn add(&mut self, sample: Duration) {
        self.taken.push(sample);
    }

    pub fn lasted(&mut self, seconds: u64) {
        self.seconds += seconds;
    }

    /// Milliseconds that so many percent stayed within.
    fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.taken.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(at).map_or(f64::NAN, |taken| taken.as_secs_f64() * 1e3)
    }

    fn row(&self, what: &str, clients: usize) {
        let rate = self.taken.len() as f64 / self.seconds.max(1) as f64;
        println!("| {what} | {clients} | {:.1} | {:.1} | {rate:.0} | {} |", self.percentile(50), self.percentile(95), self.taken.len());
    }
}

/// All measurements with so many clients.
#[derive(Default)]
pub struct Measured {
    /// As a superuser, past all policies: the board's statements, the whole page's, and of them sums, medians, cards.
    pub superuser: [Samples; 5],
    /// The same as the application's role.
    pub policies: [Samples; 5],
    pub page_board: Samples,
    pub page_whole: Samples,
    pub page_bytes: usize,
    pub move_http: Samples,
    pub move_store: Samples,
    pub move_statements: Samples,
}

impl Measured {
    pub fn rows(&self, clients: usize) {
        self.superuser[0].row("bare SQL of the board, superuser", clients);
        self.policies[0].row("bare SQL of the board, application's role", clients);
        self.page_board.row("**page, until the board is there**", clients);
        self.superuser[1].row("bare SQL of board and charts, superuser", clients);
        self.policies[1].row("bare SQL of board and charts, application's role", clients);
        self.page_whole.row("**page, whole, with charts**", clients);
        self.move_statements.row("move: its statements alone, application's role", clients);
        self.move_store.row("move: its whole transaction, without HTTP", clients);
        self.move_http.row("**move, over HTTP**", clients);
    }

    /// Where the board's bare SQL spends its time.
    pub fn parts(&self) {
        for (role, of) in [("superuser", &self.superuser), ("application's role", &self.policies)] {
            let [_, _, sums, medians, cards] = of;
            let p50 = |samples: &Samples| samples.percentile(50);
            println!(
                "- bare SQL of the board, {role}, p50: sums {:.1} ms, medians {:.1} ms, cards {:.1} ms",
                p50(sums),
                p50(medians),
                p50(cards)
            );
        }
        println!("- the page is {} kB of HTML, sent uncompressed", self.page_bytes / 1000);
    }

    pub fn goals(&self, clients: usize) {
        let said = |met: bool| if met { "met" } else { "missed" };
        for (what, page, bare) in [
            ("the board", &self.page_board, [&self.superuser[0], &self.policies[0]]),
            ("the whole page", &self.page_whole, [&self.superuser[1], &self.policies[1]]),
        ] {
            for (role, bare) in [("superuser", bare[0]), ("application's role", bare[1])] {
                let (p50, p95) = (page.percentile(50) / bare.percentile(50), page.percentile(95) / bare.percentile(95));
                println!("| {what} : its bare SQL, {role} | {clients} | {p50:.2} | {p95:.2} | within {RATIO} | {} |", said(p50 <= RATIO));
            }
        }
        let (p50, p95) = (self.move_http.percentile(50), self.move_http.percentile(95));
        // more clients than cores wait for each other: that is no time of the server's
        let met = if clients == 1 { said(p50 < MOVE) } else { "" };
        println!("| a move, ms | {clients} | {p50:.1} | {p95:.1} | under {MOVE} at one client | {met} |");
    }
}
