//! The charts' numbers against the rows that they come from: the real files where they are at hand, made-up deals for time
//! zones, amounts that are not known, moves, filters, and who may see what.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use chrono::{Days, Months, NaiveDate};
use prospector::accounts::Segment;
use prospector::accounts::filter::Owner;
use prospector::deals::Stage;
use prospector::import::{self, Options};
use prospector::money::{Money, grouped, show_cents};
use prospector::pipeline::charts::html;
use prospector::pipeline::charts::numbers::{Charts, ClosedMonth, ForecastMonth, OpenDates, Passage, StageSum, Won};
use prospector::pipeline::filter::{Closing, DealFilter, Span};
use prospector::pipeline::store::charts::{charts, charts_of};
use prospector::team::Viewer;
use serde_json::json;
use sqlx::AssertSqlSafe;

use crate::harness::{App, Person, Team, TestDb, add_account, run};
use crate::import::real_files;

async fn read(test: &TestDb, person: &Person, filter: &DealFilter) -> Charts {
    let mut tx = test.db.tenant(&person.token).await.unwrap();
    charts(&mut tx, filter).await.unwrap()
}

async fn all(test: &TestDb, person: &Person) -> Charts {
    read(test, person, &DealFilter::default()).await
}

/// Runs statements as the application's role for `person`; `$S` is their startup, `$A` an account that is made for them.
async fn script(test: &TestDb, person: &Person, statements: &[&str]) {
    let mut tx = test.db.tenant(&person.token).await.unwrap();
    let account = add_account(&mut tx, "Konex").await;
    for statement in statements {
        let sql = statement.replace("$S", &format!("'{}'::uuid", tx.startup())).replace("$A", &format!("'{account}'::uuid"));
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(tx.conn()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn set_zone(test: &TestDb, team: &Team, zone: &str) {
    sqlx::query("UPDATE startups SET settings = settings || jsonb_build_object('time_zone', $2) WHERE id = $1")
        .bind(team.startup)
        .bind(zone)
        .execute(&mut test.admin().await)
        .await
        .unwrap();
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

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

#[test]
fn months_begin_and_end_on_the_startups_clock() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        script(
            &test,
            &team.editor,
            &["INSERT INTO crm_deals (startup_id, account_id, name, stage, amount, opened_at, closed_at) VALUES
                ($S, $A, 'Last hour of May', 'Closed Won', 100, '2026-05-30 12:30Z', '2026-05-31 23:30Z')"],
        )
        .await;
        // the last half hour of May in London is the first of June there and later in Auckland
        for (zone, month, days) in [
            ("UTC", "2026-05-01", 1.0),
            ("Pacific/Auckland", "2026-06-01", 1.0),
            ("Europe/London", "2026-06-01", 2.0),
            ("America/New_York", "2026-05-01", 1.0),
        ] {
            set_zone(&test, &team, zone).await;
            let mut tx = test.db.tenant(&team.viewer.token).await.unwrap();
            let viewer = Viewer { today: day("2026-06-15"), ..tx.viewer().clone() };
            assert_eq!(viewer.time_zone, zone);
            let charts = charts_of(&mut tx, &viewer, &DealFilter::default()).await.unwrap();
            assert_eq!(charts.closed, [ClosedMonth { month: day(month), won: 1, lost: 0, days: Some(days) }], "{zone}");
            assert_eq!(charts.forecast, [ForecastMonth { won: 1, won_cents: 10_000, ..ForecastMonth::empty(day(month)) }], "{zone}");
        }
    });
}

#[test]
fn the_forecast_has_open_deals_where_their_day_puts_them() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        script(
            &test,
            &team.owner,
            &["INSERT INTO crm_deals (startup_id, account_id, name, stage, amount, probability, probability_by_hand, expected_close) VALUES
                ($S, $A, 'this month', 'Negotiation', 1000.50, 70, false, '2026-11-30'),
                ($S, $A, 'by hand', 'Qualified', 200, 55, true, '2026-11-24'),
                ($S, $A, 'overdue this month', 'Qualified', 100, 10, false, '2026-11-02'),
                ($S, $A, 'overdue for long', 'Proposal', 50, 40, false, '2025-01-31'),
                ($S, $A, 'without amount', 'Proposal', NULL, 40, false, '2026-12-01'),
                ($S, $A, 'last month of it', 'Proposal', 70, 40, false, '2027-04-30'),
                ($S, $A, 'later', 'Proposal', 70, 40, false, '2027-05-01'),
                ($S, $A, 'some day', 'Proposal', 70, 40, false, NULL),
                ($S, $A, 'in the bin', 'Proposal', 70, 40, false, '2026-11-30')",
                "UPDATE crm_deals SET deleted_at = now() WHERE startup_id = $S AND name = 'in the bin'",
                "INSERT INTO crm_deals (startup_id, account_id, name, stage, amount, closed_at) VALUES
                ($S, $A, 'won this month', 'Closed Won', 300, '2026-11-03'), ($S, $A, 'won before', 'Closed Won', 300, '2026-08-31'),
                ($S, $A, 'won first', 'Closed Won', NULL, '2026-09-01'), ($S, $A, 'lost', 'Closed Lost', 300, '2026-11-03')"],
        )
        .await;
        let mut tx = test.db.tenant(&team.viewer.token).await.unwrap();
        let viewer = Viewer { today: day("2026-11-24"), ..tx.viewer().clone() };
        let charts = charts_of(&mut tx, &viewer, &DealFilter::default()).await.unwrap();
        let month = |text, won, won_cents, open, weighted, open_cents, unknown| ForecastMonth {
            month: day(text),
            won,
            won_cents,
            open,
            weighted,
            open_cents,
            unknown,
        };
        assert_eq!(
            charts.forecast,
            [
                month("2026-09-01", 1, 0, 0, 0, 0, 1),
                // 700.35 + 110 + 10 + 20
                month("2026-11-01", 1, 30_000, 4, 84_035, 135_050, 0),
                month("2026-12-01", 0, 0, 1, 0, 0, 1),
                month("2027-04-01", 0, 0, 1, 2_800, 7_000, 0),
            ]
        );
        assert_eq!(charts.open, OpenDates { overdue: 2, undated: 1, later: 1 });
        let page = html(&charts, "EUR");
        for said in [
            "November should close at €1.1k, €840 of it still open",
            "2 overdue deals count in November; 1 deal without an expected close; 1 later; 2 dated deals have no amount",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(page.contains("closed won €300, weighted open €840.35, open in full €1,350.50, 5 deals"), "{page}");
    });
}

#[test]
fn what_is_not_known_counts_and_adds_nothing() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let empty = all(&test, &team.viewer).await;
        assert_eq!((empty.closed_months().len(), empty.velocity(), empty.moves), (0, None, 0));
        let page = html(&empty, "USD");
        for said in
            ["No deal is open", "No deal has closed yet", "No deal has been won yet", "No velocity yet", "Nothing is expected to close"]
        {
            assert!(page.contains(said), "{said}: {page}");
        }
        script(
            &test,
            &team.editor,
            &["INSERT INTO crm_deals (startup_id, account_id, name, stage, amount, opened_at, closed_at) VALUES
                ($S, $A, 'won', 'Closed Won', 90, now() - interval '9 days', now()), ($S, $A, 'won, how much?', 'Closed Won', NULL, now() - interval '9 days', now()),
                ($S, $A, 'won for nothing', 'Closed Won', 0, now() - interval '9 days', now())",
                "INSERT INTO crm_deals (startup_id, account_id, name, amount) VALUES ($S, $A, 'open', 50), ($S, $A, 'open, how much?', NULL)"],
        )
        .await;
        let charts = all(&test, &team.viewer).await;
        assert_eq!(charts.stage(Stage::Qualified), StageSum { stage: Stage::Qualified, deals: 2, cents: 5_000, weighted: 500, unknown: 1 });
        assert_eq!(charts.owners, [Won { name: None, deals: 3, cents: 9_000, unknown: 1 }]);
        assert_eq!(charts.lately.mean_cents, Some(4_500), "of those that are known: nothing is an amount, too");
        let velocity = charts.velocity().unwrap();
        assert_eq!((velocity.open, velocity.win_rate, velocity.mean_cents, velocity.days), (2, 1.0, 4_500, 9.0));
        assert!((velocity.per_day() - 1_000.0).abs() < 1e-9);
        let page = html(&charts, "USD");
        assert!(page.contains("1 open deal has no amount") && page.contains("1 won deal has no amount"), "{page}");
        assert!(page.contains("The pipeline earns $10 a day, $300 in 30"), "{page}");
    });
}

#[test]
fn conversion_is_what_the_log_of_moves_says() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let to = |name: &str, stage: &str| format!("UPDATE crm_deals SET stage = '{stage}' WHERE startup_id = $S AND name = '{name}'");
        script(
            &test,
            &team.editor,
            &["INSERT INTO crm_deals (startup_id, account_id, name) SELECT $S, $A, n FROM unnest('{won,skips,lost,back,stays,reopened}'::text[]) n",
                "INSERT INTO crm_deals (startup_id, account_id, name, stage) VALUES ($S, $A, 'imported', 'Closed Won'), ($S, $A, 'later', 'Negotiation')"],
        )
        .await;
        for (name, path) in [
            ("won", &["Proposal", "Negotiation", "Closed Won"][..]),
            ("skips", &["Negotiation"]),
            ("lost", &["Proposal", "Closed Lost"]),
            ("back", &["Proposal", "Qualified"]),
            ("reopened", &["Closed Lost", "Qualified"]),
        ] {
            for stage in path {
                // each in a transaction of its own, as people move them
                script(&test, &team.editor, &[&to(name, stage)]).await;
            }
        }
        let charts = all(&test, &team.viewer).await;
        let mut passages = charts.passages.clone();
        passages.sort_by_key(|p| p.stage.as_str());
        let passage = |stage, entered, moved_on, lost, won| Passage { stage, entered, moved_on, lost, won };
        let expected =
            [passage(Stage::Negotiation, 3, 1, 0, 1), passage(Stage::Proposal, 3, 1, 1, 1), passage(Stage::Qualified, 6, 4, 0, 1)];
        assert_eq!(passages, expected);
        assert_eq!(passages.iter().map(Passage::still_there).sum::<i64>(), 2 + 2 + 1);
        assert_eq!(charts.moves, 10);
        let page = html(&charts, "USD");
        assert!(
            page.contains("from 10 recorded moves")
                && page.contains("Proposal: of 3 that entered it 1 moved on, 1 are still there, 1 are lost; 1 are won"),
            "{page}"
        );
    });
}

#[test]
fn charts_are_those_of_the_filter() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let owned = format!(
            "INSERT INTO crm_deals (startup_id, account_id, name, amount, owner_id, expected_close) VALUES ($S, $A, 'Licence', 100, '{}', now()::date + 40)",
            team.editor.id
        );
        let statements = [
            "UPDATE crm_accounts SET segment = 'Enterprise' WHERE startup_id = $S AND id = $A",
            &owned,
            "INSERT INTO crm_deals (startup_id, account_id, name, amount, expected_close, stage, closed_at) VALUES ($S, $A, 'Pilot', 900, NULL, 'Closed Won', now())",
            "UPDATE crm_deals SET stage = 'Proposal' WHERE startup_id = $S AND name = 'Licence'",
        ];
        script(&test, &team.editor, &statements).await;
        let any = DealFilter::default();
        for (filter, open, won, moves) in [
            (any.clone(), 1, 1, 1),
            (DealFilter { owner: Some(Owner::Member(team.editor.id)), ..any.clone() }, 1, 0, 1),
            (DealFilter { owner: Some(Owner::Nobody), ..any.clone() }, 0, 1, 0),
            (DealFilter { segments: vec![Segment::Enterprise], ..any.clone() }, 1, 1, 1),
            (DealFilter { segments: vec![Segment::Smb], ..any.clone() }, 0, 0, 0),
            (DealFilter { least: Money::parse("500"), ..any.clone() }, 0, 1, 0),
            (DealFilter { search: "licen".into(), ..any.clone() }, 1, 0, 1),
            (DealFilter { search: "kon".into(), ..any.clone() }, 1, 1, 1),
            (DealFilter { closing: Closing::Within(Span::Days90), ..any.clone() }, 1, 1, 1),
            (DealFilter { closing: Closing::Within(Span::Overdue), ..any.clone() }, 0, 0, 0),
            (
                DealFilter {
                    closing: Closing::Within(Span::Days90),
                    segments: vec![Segment::Enterprise],
                    search: "pilot".into(),
                    ..any.clone()
                },
                0,
                1,
                0,
            ),
        ] {
            let charts = read(&test, &team.viewer, &filter).await;
            let seen = (charts.stage(Stage::Proposal).deals, charts.stage(Stage::ClosedWon).deals, charts.moves);
            assert_eq!(seen, (open, won, moves), "{filter:?}");
            let sums: (i64, i64) = (charts.owners.iter().map(|w| w.deals).sum(), charts.segments.iter().map(|w| w.deals).sum());
            assert_eq!(sums, (won, won), "{filter:?}");
        }
    });
}

#[test]
fn old_months_are_looked_at_when_nothing_closed_since_and_months_to_come_are_not() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut tx = test.db.tenant(&team.viewer.token).await.unwrap();
        let viewer = Viewer { today: day("2026-11-24"), ..tx.viewer().clone() };
        drop(tx);
        script(
            &test,
            &team.editor,
            &["INSERT INTO crm_deals (startup_id, account_id, name, stage, opened_at, closed_at) VALUES
                ($S, $A, 'too old', 'Closed Won', '2018-01-01', '2018-02-28'), ($S, $A, 'first', 'Closed Lost', '2018-01-01', '2018-03-01'),
                ($S, $A, 'last', 'Closed Won', '2019-01-30', '2019-02-28'), ($S, $A, 'dated ahead', 'Closed Won', '2026-01-30', '2027-02-28')"],
        )
        .await;
        tx = test.db.tenant(&team.viewer.token).await.unwrap();
        let charts = charts_of(&mut tx, &viewer, &DealFilter::default()).await.unwrap();
        let months: Vec<_> = charts.closed_months().iter().map(|m| (m.month, m.won, m.lost)).collect();
        assert_eq!((months.len(), months[0], months[11]), (12, (day("2018-03-01"), 0, 1), (day("2019-02-01"), 1, 0)));
        assert_eq!((charts.lately.won, charts.lately.lost, charts.lately.days), (1, 1, Some(29.0)));
        assert_eq!(viewer.today.checked_sub_days(Days::new(23)), Some(charts.this_month()));
    });
}

#[test]
fn names_are_text_wherever_they_stand() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let hostile = "<img src=x onerror=alert(1)>\"'&</text></svg>";
        sqlx::query("UPDATE auth.users SET name = $2 WHERE id = $1")
            .bind(team.editor.id)
            .bind(hostile)
            .execute(&mut test.admin().await)
            .await
            .unwrap();
        let won = format!(
            "INSERT INTO crm_deals (startup_id, account_id, name, stage, amount, owner_id) VALUES ($S, $A, 'Licence', 'Closed Won', 100, '{}')",
            team.editor.id
        );
        script(&test, &team.editor, &[&won]).await;
        let page = html(&all(&test, &team.viewer).await, "<b>");
        assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "{page}");
        assert!(!page.contains("<img") && !page.contains("<b>") && !page.contains("onerror=alert(1)>"), "{page}");
        assert!(page.contains("aria-label=\"&lt;img src=x onerror=alert(1)&gt;&quot;"), "{page}");
        assert!(!page.contains("style=") && !page.contains("<script"), "nothing inline");
        assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
    });
}

#[test]
fn members_see_the_same_charts_and_nobody_else_any() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        script(
            &app.test,
            &ours.editor,
            &["INSERT INTO crm_deals (startup_id, account_id, name, stage, amount, closed_at) VALUES ($S, $A, 'Licence', 'Closed Won', 4321, now())",
                "INSERT INTO crm_deals (startup_id, account_id, name, amount) VALUES ($S, $A, 'Pilot', 1234)"],
        )
        .await;
        let asked = json!({ "filter": DealFilter::default() });
        let shown = async |person: &Person| app.client(person).call("/api/pipeline/charts", asked.clone()).await;
        let answer = shown(&ours.viewer).await;
        let (status, seen) = (answer.status, answer.json::<String>());
        assert_eq!(status, StatusCode::OK);
        assert!(seen.contains("$4,321") && seen.contains("$1,234"), "{seen}");
        assert_eq!(shown(&ours.owner).await.json::<String>(), seen);
        let other = shown(&theirs.owner).await.json::<String>();
        assert!(!other.contains("4,321") && !other.contains("1,234") && other.contains("No deal is open"), "{other}");
        assert_eq!(shown(&ours.former).await.status, StatusCode::FORBIDDEN, "of no startup now");
        let refused = app.stranger().call("/api/pipeline/charts", asked.clone()).await;
        assert_eq!((refused.status, refused.body.as_str()), (StatusCode::UNAUTHORIZED, "\"SignedOut\""));
        let odd = json!({ "filter": { "search": " \0licence ", "owner": null, "segments": [], "closing": "Whenever", "least": 900_000, "most": 1 } });
        let answer = app.client(&ours.viewer).call("/api/pipeline/charts", odd).await;
        assert!(
            answer.status == StatusCode::OK && answer.json::<String>().contains("$4,321"),
            "the question is put as an address would put it"
        );
    });
}
