//! What the board reads: sums and cards against plain arithmetic over the rows, search, pages, the measure of stalled.

use chrono::NaiveDate;
use chrono::Utc;
use prospector::accounts::Segment;
use prospector::accounts::filter::Owner;
use prospector::deals::Stage;
use prospector::money::Money;
use prospector::pipeline::Board;
use prospector::pipeline::MoreCards;
use prospector::pipeline::PAGE;
use prospector::pipeline::filter::Closing;
use prospector::pipeline::filter::DealFilter;
use prospector::pipeline::filter::Span;
use serde_json::json;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Filled, Raw, board, column, fill, raw};
use crate::harness::Person;
use crate::harness::Team;
use crate::harness::run;

fn matches(deal: &Raw, filter: &DealFilter) -> bool {
    let today = Utc::now().date_naive();
    let owner = match filter.owner {
        None => true,
        Some(Owner::Nobody) => deal.owner_id.is_none(),
        Some(Owner::Member(id)) => deal.owner_id == Some(id),
    };
    let segment = filter.segments.is_empty() || filter.segments.iter().any(|s| s.as_str() == deal.segment);
    let amount = filter.least.is_none_or(|least| deal.cents.is_some_and(|c| c >= least.cents()))
        && filter.most.is_none_or(|most| deal.cents.is_some_and(|c| c <= most.cents()));
    let needle = filter.search.to_lowercase();
    let text = needle.is_empty() || deal.name.to_lowercase().contains(&needle) || deal.account.to_lowercase().contains(&needle);
    let closed = deal.stage.starts_with("Closed");
    let day = if closed { deal.closed_on } else { deal.expected_close };
    let between = |(first, last): (Option<NaiveDate>, Option<NaiveDate>)| {
        day.is_some_and(|day| first.is_none_or(|first| day >= first) && last.is_none_or(|last| day <= last))
    };
    let closing = match filter.closing {
        Closing::Whenever => true,
        Closing::Within(Span::Overdue) => !closed && deal.expected_close.is_some_and(|day| day < today),
        Closing::Within(Span::Undated) => !closed && deal.expected_close.is_none(),
        Closing::Within(span) => between(span.days(today)),
        Closing::Between(first, last) => between((first, last)),
    };
    owner && segment && amount && text && closing
}

fn filters(team: &Team) -> Vec<DealFilter> {
    let today = Utc::now().date_naive();
    let plain = DealFilter::default;
    let mut filters = vec![
        plain(),
        DealFilter { owner: Some(Owner::Nobody), ..plain() },
        DealFilter { owner: Some(Owner::Member(team.editor.id)), ..plain() },
        DealFilter { owner: Some(Owner::Member(Uuid::now_v7())), ..plain() },
        DealFilter { segments: vec![Segment::Enterprise], ..plain() },
        DealFilter { segments: vec![Segment::Smb, Segment::MidMarket], ..plain() },
        DealFilter { least: Money::parse("1000"), ..plain() },
        DealFilter { most: Money::parse("1000.00"), least: Money::parse("200.50"), ..plain() },
        DealFilter { search: "renew".into(), ..plain() },
        DealFilter { search: "CONDAX".into(), ..plain() },
        DealFilter { search: "zzz".into(), ..plain() },
        DealFilter { closing: Closing::Between(Some(today), None), ..plain() },
        DealFilter { closing: Closing::Between(None, Some(today)), segments: vec![Segment::Smb], search: "lic".into(), ..plain() },
    ];
    filters.extend(Span::ALL.iter().map(|span| DealFilter { closing: Closing::Within(*span), ..plain() }));
    filters
}

#[test]
fn sums_and_cards_are_those_of_the_rows_for_every_filter() {
    run(async {
        let Filled { app, team, other, mut admin, .. } = Filled::new().await;
        fill(&mut admin, &other).await;
        let rows = raw(&mut admin, team.startup).await;
        assert_eq!(rows.len(), 39);
        let mut client = app.client(&team.viewer);
        for filter in filters(&team) {
            let board = board(&mut client, &filter).await;
            for column in &board.columns {
                let mut mine: Vec<_> = rows.iter().filter(|r| r.stage == column.stage.as_str() && matches(r, &filter)).collect();
                mine.sort_by(|a, b| b.rank.total_cmp(&a.rank));
                let ids: Vec<_> = mine.iter().map(|r| r.id).collect();
                assert_eq!(column.cards.iter().map(|c| c.id).collect::<Vec<_>>(), ids, "{filter:?} {}", column.stage);
                let cents: i64 = mine.iter().filter_map(|r| r.cents).sum();
                let weighted: i64 = mine.iter().filter_map(|r| r.cents.map(|c| c * i64::from(r.probability))).sum();
                assert_eq!((column.sums.deals, column.sums.cents, column.sums.weighted), (ids.len() as i64, cents, weighted), "{filter:?}");
            }
        }
        assert_eq!(app.stranger().call("/api/pipeline/board", json!({ "filter": DealFilter::default(), "shown": [] })).await.status, 401);
    });
}

#[test]
fn names_are_found_spelt_nearly_right_and_of_this_startup_only() {
    run(async {
        let Filled { app, team, other, .. } = Filled::new().await;
        let found = async |person: &Person, search: &str| {
            let filter = DealFilter { search: search.into(), ..DealFilter::default() };
            board(&mut app.client(person), &filter).await.columns.iter().map(|c| c.sums.deals).sum::<i64>()
        };
        assert!(found(&team.viewer, "lisence").await > 20, "spelt nearly so");
        assert!(found(&team.viewer, "ko").await > 20, "two letters begin a name");
        assert_eq!(found(&team.viewer, "%").await, 0, "a wildcard is a letter");
        assert_eq!(found(&team.viewer, "zzzzzz").await, 0);
        assert_eq!(found(&other.owner, "licence").await, 0);
    });
}

#[test]
fn a_column_is_read_a_page_at_a_time() {
    run(async {
        let Filled { app, team, mut admin, account, .. } = Filled::new().await;
        // many of one moment: ranks are nearly, and some quite, the same
        let many = format!(
            "INSERT INTO crm_deals (startup_id, account_id, name, stage_since, rank) SELECT '{}', '{account}', 'Deal ' || n, now(), n / 3 FROM generate_series(1, 170) n",
            team.startup
        );
        sqlx::raw_sql(AssertSqlSafe(many)).execute(&mut admin).await.unwrap();
        let mut client = app.client(&team.viewer);
        let first = board(&mut client, &DealFilter::default()).await;
        let mut seen = column(&first, Stage::Qualified).to_vec();
        assert_eq!(seen.len(), PAGE);
        loop {
            let last = seen.last().unwrap();
            let next = json!({ "filter": DealFilter::default(), "stage": Stage::Qualified, "rank": last.rank, "id": last.id });
            let more: MoreCards = client.call("/api/pipeline/more", next).await.json();
            seen.extend(more.cards);
            if more.end.is_none() {
                break;
            }
        }
        let all = raw(&mut admin, team.startup).await.iter().filter(|r| r.stage == "Qualified").count();
        let mut ids: Vec<_> = seen.iter().map(|c| c.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!((ids.len(), seen.len()), (all, all), "each once");
        assert!(seen.windows(2).all(|w| w[0].is_above(w[1].rank, w[1].id)), "in order");
        // read again, as far as it was read
        let again: Board =
            client.call("/api/pipeline/board", json!({ "filter": DealFilter::default(), "shown": [120, 0, 9, 7, 1] })).await.json();
        assert_eq!(column(&again, Stage::Qualified).len(), 120);
    });
}

#[test]
fn a_deal_is_stalled_by_its_own_teams_measure() {
    run(async {
        let Filled { app, team, other, mut admin, account } = Filled::new().await;
        fill(&mut admin, &other).await;
        // stays of 2, 4, 6, 8 and 10 days in Qualified have ended
        let script = format!(
            "INSERT INTO crm_deals (startup_id, account_id, name, stage, stage_since) SELECT '{0}', '{account}', 'Stay ' || n, 'Qualified', now() - make_interval(days => 2 * n) FROM generate_series(1, 5) n;
             UPDATE crm_deals SET stage = 'Proposal' WHERE startup_id = '{0}' AND name LIKE 'Stay%'",
            team.startup
        );
        sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut admin).await.unwrap();
        let medians = |board: &Board| board.columns.iter().map(|c| c.median).collect::<Vec<_>>();
        let ours = board(&mut app.client(&team.viewer), &DealFilter::default()).await;
        assert_eq!(medians(&ours), [Some(6 * 86_400), None, None, None, None]);
        let theirs = board(&mut app.client(&other.owner), &DealFilter::default()).await;
        assert_eq!(medians(&theirs), [None; 5], "nothing has left a stage there");
        let page = app.client(&team.viewer).get("/pipeline").await;
        assert!(page.body.contains("stalled 300 d"), "300 days are more than nine");
        // a score is shown when there is one
        assert!(!page.body.contains("AI score"));
        sqlx::raw_sql("UPDATE crm_deals SET ai_score = 62 WHERE name = 'Stay 1'").execute(&mut admin).await.unwrap();
        assert!(app.client(&team.viewer).get("/pipeline").await.body.contains("AI score"));
    });
}
