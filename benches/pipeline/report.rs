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

/// The page's statements on a plain connection.
#[derive(Default)]
pub struct Bare {
    /// The board's by themselves, over and over.
    pub alone: Samples,
    /// The board's, where the charts' follow, as in the page.
    pub board: Samples,
    /// Those of the whole page.
    pub whole: Samples,
    /// Of the board's: sums, medians, cards.
    pub parts: [Samples; 3],
}

/// All measurements with so many clients.
#[derive(Default)]
pub struct Measured {
    /// Past all policies.
    pub superuser: Bare,
    /// Under them.
    pub policies: Bare,
    pub page_board: Samples,
    pub page_whole: Samples,
    pub page_bytes: usize,
    pub commit: Samples,
    pub move_http: Samples,
    pub move_store: Samples,
    pub move_statements: Samples,
}

impl Measured {
    pub fn rows(&self, clients: usize) {
        for (role, bare) in self.roles() {
            bare.alone.row(&format!("bare SQL of the board by itself, {role}"), clients);
            bare.board.row(&format!("bare SQL of the board, charts following, {role}"), clients);
        }
        self.page_board.row("**page, until the board is there**", clients);
        for (role, bare) in self.roles() {
            bare.whole.row(&format!("bare SQL of board and charts, {role}"), clients);
        }
        self.page_whole.row("**page, whole, with charts**", clients);
        self.commit.row("one row written and committed, superuser", clients);
        self.move_statements.row("move: its statements alone, application's role", clients);
        self.move_store.row("move: its whole transaction, without HTTP", clients);
        self.move_http.row("**move, over HTTP**", clients);
    }

    fn roles(&self) -> [(&'static str, &Bare); 2] {
        [("superuser", &self.superuser), ("application's role", &self.policies)]
    }

    /// Where the board's bare SQL spends its time.
    pub fn parts(&self) {
        for (role, bare) in self.roles() {
            let [sums, medians, cards] = bare.parts.each_ref().map(|samples| samples.percentile(50));
            println!("- bare SQL of the board, {role}, p50: sums {sums:.1} ms, medians {medians:.1} ms, cards {cards:.1} ms");
        }
        println!("- the page is {} kB of HTML, sent uncompressed", self.page_bytes / 1000);
    }

    pub fn goals(&self, clients: usize) {
        let said = |met: bool| if met { "met" } else { "missed" };
        for (role, bare) in self.roles() {
            for (what, page, bare) in [
                ("the board : its bare SQL by itself", &self.page_board, &bare.alone),
                ("the board : its bare SQL, charts following", &self.page_board, &bare.board),
                ("the whole page : its bare SQL", &self.page_whole, &bare.whole),
            ] {
                let (p50, p95) = (page.percentile(50) / bare.percentile(50), page.percentile(95) / bare.percentile(95));
                println!("| {what}, {role} | {clients} | {p50:.2} | {p95:.2} | within {RATIO} | {} |", said(p50 <= RATIO));
            }
        }
        let (p50, p95) = (self.move_http.percentile(50), self.move_http.percentile(95));
        // more clients than cores wait for each other: that is no time of the server's
        let met = if clients == 1 { said(p50 < MOVE) } else { "" };
        println!("| a move, ms | {clients} | {p50:.1} | {p95:.1} | under {MOVE} at one client | {met} |");
    }
}
