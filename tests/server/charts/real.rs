//! Every number of the charts against the real files' own rows, added up here without the database.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use chrono::{Months, NaiveDate};
use prospector::accounts::Segment;
use prospector::deals::Stage;
use prospector::import::{self, Options};
use prospector::money::{grouped, show_cents};
use prospector::pipeline::charts::html;
use prospector::pipeline::charts::numbers::{Charts, ClosedMonth, ForecastMonth, OpenDates, StageSum, Won};
use prospector::pipeline::filter::DealFilter;
use prospector::pipeline::store::charts::charts_of;
use prospector::team::Viewer;

use super::{all, day};
use crate::harness::{Person, Team, TestDb, run};
use crate::import::real_files;

/// A line of the real file.
struct Line {
    agent: String,
    account: String,
    stage: Stage,
    opened: Option<NaiveDate>,
    closed: Option<NaiveDate>,
    /// Whole units; what is not closed has 0 for not known.
    value: i64,
}

impl Line {
    fn is_won(&self) -> bool {
        self.stage == Stage::ClosedWon
    }

    fn days(&self) -> i64 {
        (self.closed.unwrap() - self.opened.unwrap()).num_days()
    }

    fn month(&self) -> Option<NaiveDate> {
        self.closed.map(|day| chrono::Datelike::with_day(&day, 1).unwrap())
    }
}

fn lines(path: &Path) -> Vec<Line> {
    let date = |text: &str| NaiveDate::parse_from_str(text, "%d-%m-%Y").ok();
    let text = std::fs::read_to_string(path).unwrap();
    let line = |line: &str| {
        let cells: Vec<_> = line.split(',').collect();
        let stage = match cells[4] {
            "Prospecting" => Stage::Qualified,
            "Engaging" => Stage::Proposal,
            "Won" => Stage::ClosedWon,
            "Lost" => Stage::ClosedLost,
            other => panic!("{other}"),
        };
        Line {
            agent: cells[1].into(),
            account: cells[3].into(),
            stage,
            opened: date(cells[5]),
            closed: date(cells[6]),
            value: cells[7].parse().unwrap_or(0),
        }
    };
    text.lines().skip(1).map(line).collect()
}

/// Segments of the real accounts, by their employees.
fn segments(path: &Path) -> HashMap<String, Segment> {
    let text = std::fs::read_to_string(path).unwrap();
    let segment = |line: &str| {
        let cells: Vec<_> = line.split(',').collect();
        (cells[0].to_string(), Segment::from_employees(cells[4].parse().unwrap()))
    };
    text.lines().skip(1).map(segment).collect()
}

fn median(mut days: Vec<i64>) -> Option<f64> {
    days.sort_unstable();
    let half = days.len() / 2;
    match days.len() {
        0 => None,
        n if n % 2 == 1 => Some(days[half] as f64),
        _ => Some((days[half - 1] + days[half]) as f64 / 2.0),
    }
}

/// Sums of won lines by a name, by value and then by name.
fn won_by(lines: &[&Line], name: impl Fn(&Line) -> String) -> Vec<Won> {
    let mut sums = BTreeMap::new();
    for line in lines.iter().filter(|line| line.is_won()) {
        let (deals, value) = sums.entry(name(line)).or_insert((0, 0));
        *deals += 1;
        *value += line.value;
    }
    let won = |(name, (deals, value)): (String, (i64, i64))| Won { name: Some(name), deals, cents: value * 100, unknown: 0 };
    let mut sums: Vec<_> = sums.into_iter().map(won).collect();
    sums.sort_by_key(|w| (-w.cents, w.name.clone()));
    sums
}

fn closed_months(lines: &[&Line]) -> Vec<ClosedMonth> {
    let mut months: BTreeMap<NaiveDate, (i64, i64, Vec<i64>)> = BTreeMap::new();
    for line in lines {
        let Some(month) = line.month() else { continue };
        let (won, lost, days) = months.entry(month).or_default();
        if line.is_won() {
            *won += 1;
            days.push(line.days());
        } else {
            *lost += 1;
        }
    }
    months.into_iter().map(|(month, (won, lost, days))| ClosedMonth { month, won, lost, days: median(days) }).collect()
}

/// Every figure of the charts against those of the file's lines that came in.
fn check_against(charts: &Charts, lines: &[&Line], segments: &HashMap<String, Segment>) {
    for stage in Stage::ALL {
        let of_stage = || lines.iter().filter(|line| line.stage == *stage);
        let deals = of_stage().count() as i64;
        let cents = of_stage().map(|line| line.value * 100).sum();
        // only a won deal's amount is known
        let unknown = if *stage == Stage::ClosedWon { 0 } else { deals };
        let weighted = if *stage == Stage::ClosedWon { cents } else { 0 };
        assert_eq!(charts.stage(*stage), StageSum { stage: *stage, deals, cents, weighted, unknown }, "{stage}");
    }
    let undated = lines.iter().filter(|line| !line.stage.is_closed()).count() as i64;
    assert_eq!(charts.open, OpenDates { overdue: 0, undated, later: 0 });
    assert_eq!(charts.closed, closed_months(lines), "all of it within twelve months");
    let (won, lost) = (charts.stage(Stage::ClosedWon), charts.stage(Stage::ClosedLost).deals);
    let lately = &charts.lately;
    assert_eq!((lately.won, lately.lost, lately.last), (won.deals, lost, lines.iter().filter_map(|l| l.month()).max()));
    assert_eq!(lately.days, median(lines.iter().filter(|line| line.is_won()).map(|line| line.days()).collect()));
    let mean = won.cents as f64 / won.deals as f64;
    assert_eq!(lately.mean_cents, Some(mean.round() as i64));
    assert_eq!(charts.owners, won_by(lines, |line| line.agent.clone()));
    assert_eq!(charts.segments, won_by(lines, |line| segments[&line.account].to_string()));
    // an import records where deals stand, and no move
    assert_eq!(charts.moves, 0);
    let mut passages = charts.passages.clone();
    passages.sort_by_key(|p| p.entered);
    let entered: Vec<_> = passages.iter().map(|p| (p.stage, p.entered, p.moved_on, p.lost, p.won)).collect();
    let of = |stage| lines.iter().filter(|line| line.stage == stage).count() as i64;
    assert_eq!(entered, [(Stage::Qualified, of(Stage::Qualified), 0, 0, 0), (Stage::Proposal, of(Stage::Proposal), 0, 0, 0)]);
    let velocity = charts.velocity().unwrap();
    let by_hand = undated as f64 * (won.deals as f64 / (won.deals + lost) as f64) * mean.round() / lately.days.unwrap();
    assert!((velocity.per_day() - by_hand).abs() < 1e-6 && velocity.open == undated, "{velocity:?}");
}

/// A day in the middle of the file's months: the forecast has its won deals.
async fn check_forecast(test: &TestDb, person: &Person, lines: &[&Line], today: NaiveDate) {
    let mut tx = test.db.tenant(&person.token).await.unwrap();
    let viewer = Viewer { today, ..tx.viewer().clone() };
    let charts = charts_of(&mut tx, &viewer, &DealFilter::default()).await.unwrap();
    let first = charts.this_month() - Months::new(2);
    let months = (0..8).map(|n| first + Months::new(n)).map(|month| {
        let won = || lines.iter().filter(|line| line.is_won() && line.month() == Some(month));
        let (won, cents) = (won().count() as i64, won().map(|line| line.value * 100).sum());
        ForecastMonth { won, won_cents: cents, ..ForecastMonth::empty(month) }
    });
    assert_eq!(charts.forecast_months(), months.collect::<Vec<_>>());
    assert!(charts.forecast_months().iter().any(|m| m.won > 100));
}

#[test]
fn every_figure_is_what_the_real_rows_add_up_to() {
    let Some(files) = real_files() else {
        // past the test runner, which keeps what passing tests print
        use std::io::Write;
        writeln!(std::io::stderr(), "the real files are not here (REAL_DATA): the charts of them were not tested").unwrap();
        return;
    };
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let import = async |files: &[PathBuf], options: &Options| {
            let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
            import::run(&mut tx, files, options).await.unwrap();
            tx.commit().await.unwrap();
        };
        import(&files, &Options::default()).await;
        let (rows, segments) = (lines(&files[0]), segments(&files[2]));
        let with_account: Vec<_> = rows.iter().filter(|line| line.account != "null" && !line.account.is_empty()).collect();
        let shown = all(&test, &team.viewer).await;
        check_against(&shown, &with_account, &segments);
        let figures = |charts: &Charts| Stage::ALL.iter().map(|stage| charts.stage(*stage).deals).collect::<Vec<_>>();
        assert_eq!(figures(&shown), [163, 501, 0, 4238, 2473]);
        assert_eq!(shown.stage(Stage::ClosedWon).cents, 1_000_553_400);
        check_forecast(&test, &team.viewer, &with_account, day("2017-08-15")).await;

        // what the tables say is what the rows say
        let page = html(&shown, "USD");
        for line in
            won_by(&with_account, |line| line.agent.clone()).iter().chain(&won_by(&with_account, |l| segments[&l.account].to_string()))
        {
            for cell in [line.name.clone().unwrap(), grouped(line.deals), show_cents(line.cents, "USD")] {
                assert!(page.contains(&cell), "{cell}");
            }
        }
        assert!(page.contains("63\u{a0}% of closed deals were won") && page.contains("664 deals open, none with an amount"), "{page}");
        assert!(page.contains("No move from stage to stage is recorded yet"));

        let named = Options { account_for_missing: Some("No account named".into()), ..Options::default() };
        import(&files[..1], &named).await;
        let shown = all(&test, &team.viewer).await;
        check_against(&shown, &rows.iter().collect::<Vec<_>>(), &segments);
        assert_eq!(figures(&shown), [500, 1589, 0, 4238, 2473]);
        assert_eq!(shown.stage(Stage::ClosedWon).cents, 1_000_553_400);
    });
}
