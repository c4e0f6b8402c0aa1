//! The charts' numbers against the rows that they come from: the real files where they are at hand (`real.rs`), made-up deals
//! for time zones, amounts that are not known, moves, filters, and who may see what.

mod real;

use axum::http::StatusCode;
use chrono::{Days, NaiveDate};
use prospector::accounts::Segment;
use prospector::accounts::filter::Owner;
use prospector::deals::Stage;
use prospector::money::Money;
use prospector::pipeline::charts::html;
use prospector::pipeline::charts::numbers::{Charts, ClosedMonth, ForecastMonth, OpenDates, Passage, StageSum, Won};
use prospector::pipeline::filter::{Closing, DealFilter, Span};
use prospector::pipeline::store::charts::{charts, charts_of};
use prospector::team::Viewer;
use serde_json::json;
use sqlx::AssertSqlSafe;

use crate::harness::{App, Person, Team, TestDb, add_account, run};

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
