//! The board: its sums and cards against plain arithmetic over the rows, and its moves.

use axum::http::{StatusCode, header};
use chrono::{NaiveDate, Utc};
use prospector::accounts::Segment;
use prospector::accounts::filter::Owner;
use prospector::deals::Stage;
use prospector::error::AppError;
use prospector::money::Money;
use prospector::pipeline::filter::{Closing, DealFilter, Span};
use prospector::pipeline::{Board, Card, Changed, DealDetail, MoreCards, PAGE};
use serde_json::json;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::harness::{Answer, App, Client, Person, Team, run};

/// Deals of every stage, with and without amounts, dates and owners, in two accounts of different segments.
async fn fill(admin: &mut PgConnection, team: &Team) -> (Uuid, Uuid) {
    let (konex, condax) = (Uuid::now_v7(), Uuid::now_v7());
    let (startup, owner, editor) = (team.startup, team.owner.id, team.editor.id);
    let script = format!(
        "INSERT INTO crm_accounts (startup_id, id, name, segment) VALUES ('{startup}', '{konex}', 'Konex', 'SMB'), ('{startup}', '{condax}', 'Condax', 'Enterprise');
         INSERT INTO crm_deals (startup_id, account_id, name, stage, amount, expected_close, opened_at, closed_at, owner_id, lost_reason, rank)
         SELECT '{startup}', CASE WHEN n % 3 = 0 THEN '{condax}'::uuid ELSE '{konex}' END, CASE WHEN n % 7 = 0 THEN 'Renewal ' ELSE 'Licence ' END || n,
           s.stage, CASE WHEN n % 5 > 0 THEN n * 100.25 END, CASE WHEN n % 4 > 0 THEN current_date + n - 20 END, now() - interval '300 days',
           CASE WHEN s.stage LIKE 'Closed%' THEN now() - make_interval(days => n) END,
           CASE n % 3 WHEN 0 THEN '{owner}'::uuid WHEN 1 THEN '{editor}' END, CASE WHEN s.stage = 'Closed Lost' THEN 'Price' END, 1.7e9 + n * 10
         FROM generate_series(1, 40) n CROSS JOIN LATERAL (SELECT (ARRAY['Qualified','Proposal','Negotiation','Closed Won','Closed Lost'])[1 + (n / 2) % 5] AS stage) s;
         UPDATE crm_deals SET probability = 55, probability_by_hand = true WHERE startup_id = '{startup}' AND stage = 'Proposal' AND amount > 1000;
         UPDATE crm_deals SET deleted_at = now() WHERE startup_id = '{startup}' AND name LIKE '% 13'"
    );
    sqlx::raw_sql(AssertSqlSafe(script)).execute(admin).await.unwrap();
    (konex, condax)
}

async fn board(client: &mut Client, filter: &DealFilter) -> Board {
    client.call("/api/pipeline/board", json!({ "filter": filter, "shown": [] })).await.json()
}

fn column(board: &Board, stage: Stage) -> &[Card] {
    &board.columns.iter().find(|c| c.stage == stage).unwrap().cards
}

/// What the test knows of a deal, read past all policies.
#[derive(sqlx::FromRow)]
struct Raw {
    id: Uuid,
    name: String,
    account: String,
    segment: String,
    stage: String,
    cents: Option<i64>,
    probability: i32,
    owner_id: Option<Uuid>,
    expected_close: Option<NaiveDate>,
    closed_on: Option<NaiveDate>,
    rank: f64,
}

async fn raw(admin: &mut PgConnection, startup: Uuid) -> Vec<Raw> {
    sqlx::query_as(
        "SELECT d.id, d.name, a.name AS account, a.segment, d.stage, (d.amount * 100)::bigint AS cents, d.probability, d.owner_id, d.expected_close,
            (d.closed_at AT TIME ZONE 'UTC')::date AS closed_on, d.rank
         FROM crm_deals d JOIN crm_accounts a ON a.startup_id = d.startup_id AND a.id = d.account_id WHERE d.startup_id = $1 AND d.deleted_at IS NULL",
    )
    .bind(startup)
    .fetch_all(admin)
    .await
    .unwrap()
}

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
        let app = App::new().await;
        let (team, other) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let mut admin = app.test.admin().await;
        fill(&mut admin, &team).await;
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
        let app = App::new().await;
        let (team, other) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        fill(&mut app.test.admin().await, &team).await;
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
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut admin = app.test.admin().await;
        let (account, _) = fill(&mut admin, &team).await;
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

/// A move as the board sends it.
async fn drop_card(client: &mut Client, card: &Card, stage: Stage, more: &[(&str, &str)]) -> Answer {
    let (id, version, rank) = (card.id.to_string(), card.version.to_string(), card.rank.to_string());
    let fields = [("id", id.as_str()), ("version", &version), ("stage", stage.as_str()), ("from", card.stage.as_str()), ("rank", &rank)];
    client.submit("/api/pipeline/move", &[&fields, more].concat()).await
}

#[test]
fn an_amount_that_is_known_is_no_moves_to_change() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        fill(&mut app.test.admin().await, &team).await;
        let mut client = app.client(&team.editor);
        let now = board(&mut client, &DealFilter::default()).await;
        let card = column(&now, Stage::Qualified).iter().find(|c| c.amount_cents.is_some()).unwrap().clone();
        for stage in [Stage::Proposal, Stage::ClosedWon] {
            let now = board(&mut client, &DealFilter::default()).await;
            let here = now.columns.iter().flat_map(|c| &c.cards).find(|c| c.id == card.id).unwrap().clone();
            let moved: Card = drop_card(&mut client, &here, stage, &[("amount", "999")]).await.json();
            assert_eq!(moved.amount_cents, card.amount_cents, "{stage}");
        }
    });
}

#[test]
fn spreading_keeps_the_order_of_many_of_one_rank_and_waits_for_nobody() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut admin = app.test.admin().await;
        let (account, _) = fill(&mut admin, &team).await;
        let same = format!(
            "UPDATE crm_deals SET deleted_at = now() WHERE startup_id = '{0}';
             INSERT INTO crm_deals (startup_id, account_id, name, rank) SELECT '{0}', '{account}', 'Same ' || n, CASE WHEN n < 270 THEN 1e9 ELSE 1e9 + n END FROM generate_series(1, 300) n",
            team.startup
        );
        sqlx::raw_sql(AssertSqlSafe(same)).execute(&mut admin).await.unwrap();
        let order = "SELECT id FROM crm_deals WHERE deleted_at IS NULL ORDER BY rank DESC, id DESC";
        let before: Vec<Uuid> = sqlx::query_scalar(order).fetch_all(&mut admin).await.unwrap();
        // somebody has one of them in hand: nothing is touched, and nobody waits
        let mut other = app.test.db.tenant(&team.owner.token).await.unwrap();
        sqlx::query("SELECT FROM crm_deals WHERE id = $1 FOR UPDATE").bind(before[160]).execute(other.conn()).await.unwrap();
        for ranks in [1, 270] {
            let mut tx = app.test.db.tenant(&team.editor.token).await.unwrap();
            prospector::pipeline::store::moving::spread(&mut tx, before[150]).await.unwrap();
            tx.commit().await.unwrap();
            let after: Vec<Uuid> = sqlx::query_scalar(order).fetch_all(&mut admin).await.unwrap();
            assert_eq!(after, before);
            let different: i64 =
                sqlx::query_scalar("SELECT count(DISTINCT rank) FROM crm_deals WHERE name LIKE 'Same%' AND rank < 1e9 + 270")
                    .fetch_one(&mut admin)
                    .await
                    .unwrap();
            assert_eq!(different >= 260, ranks > 1, "{different}");
            if ranks == 1 {
                // let go
                sqlx::query("SELECT 1").execute(other.conn()).await.unwrap();
                drop(std::mem::replace(&mut other, app.test.db.tenant(&team.owner.token).await.unwrap()));
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            }
        }
    });
}

#[test]
fn downloads_that_nobody_reads_hold_no_connection() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut admin = app.test.admin().await;
        let (account, _) = fill(&mut admin, &team).await;
        let many = format!(
            "INSERT INTO crm_deals (startup_id, account_id, name) SELECT '{}', '{account}', 'Deal ' || n FROM generate_series(1, 5000) n",
            team.startup
        );
        sqlx::raw_sql(AssertSqlSafe(many)).execute(&mut admin).await.unwrap();
        let mut client = app.client(&team.editor);
        let mut open = Vec::new();
        for _ in 0..20 {
            let (status, mut body) = client.stream("/pipeline/export").await;
            assert_eq!(status, StatusCode::OK);
            assert!(futures::StreamExt::next(&mut body).await.is_some_and(|part| part.is_ok()));
            open.push(body);
        }
        assert_eq!(client.get("/pipeline").await.status, 200);
        assert_eq!(open.len(), 20);
    });
}

/// Every deal of a startup as one text each: what a move must leave alone.
async fn fingerprints(admin: &mut PgConnection, startup: Uuid) -> Vec<String> {
    sqlx::query_scalar("SELECT d::text FROM crm_deals d WHERE startup_id = $1 ORDER BY id").bind(startup).fetch_all(admin).await.unwrap()
}

#[test]
fn a_drop_writes_one_row_and_lies_where_it_was_dropped() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut admin = app.test.admin().await;
        fill(&mut admin, &team).await;
        let mut client = app.client(&team.editor);
        let before = board(&mut client, &DealFilter::default()).await;
        let card = column(&before, Stage::Qualified)[3].clone();
        let there: Vec<_> = column(&before, Stage::Negotiation).iter().map(|c| c.id).collect();
        let rows = fingerprints(&mut admin, team.startup).await;

        let (above, below) = (there[1].to_string(), there[2].to_string());
        let moved: Card = drop_card(&mut client, &card, Stage::Negotiation, &[("above", &above), ("below", &below)]).await.json();
        assert_eq!((moved.stage, moved.version, moved.probability), (Stage::Negotiation, card.version + 1, 70));
        let after = board(&mut client, &DealFilter::default()).await;
        let order: Vec<_> = column(&after, Stage::Negotiation).iter().map(|c| c.id).collect();
        assert_eq!(order[..4], [there[0], there[1], card.id, there[2]]);
        let changed = fingerprints(&mut admin, team.startup).await.iter().zip(&rows).filter(|(now, then)| now != then).count();
        assert_eq!(changed, 1);

        // on top, at the end, over a card whose neighbour is gone
        for (place, index) in [
            (vec![("place", "top")], 0),
            (vec![("place", "end")], order.len() - 1),
            (vec![("below", order[1].to_string().leak() as &str)], 1),
        ] {
            let now = board(&mut client, &DealFilter::default()).await;
            let card = column(&now, Stage::Negotiation).iter().find(|c| c.id == card.id).unwrap().clone();
            let answer = drop_card(&mut client, &card, Stage::Negotiation, &place).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            let now = board(&mut client, &DealFilter::default()).await;
            let at = column(&now, Stage::Negotiation).iter().position(|c| c.id == card.id).unwrap();
            assert_eq!(at, index, "{place:?}");
        }
        // it is in the record, and on the account's timeline, once: places in a column are no news
        let detail: DealDetail = client.call("/api/pipeline/deal", json!({ "id": card.id })).await.json();
        let steps: Vec<_> = detail.moves.iter().map(|m| (m.from_stage.as_deref(), m.to_stage.as_str(), m.author.as_deref())).collect();
        assert_eq!(steps, [(Some("Qualified"), "Negotiation", Some("editor")), (None, "Qualified", None)]);
        let page = client.get(&format!("/accounts/{}?tab=activity", card.account_id)).await;
        assert!(page.body.contains("from Qualified to Negotiation"));
    });
}

#[test]
fn many_who_move_into_one_place_at_once_do_not_wait_for_each_other_for_ever() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut admin = app.test.admin().await;
        let (account, _) = fill(&mut admin, &team).await;
        // no number lies between two of one rank: every move has to make room first
        let same = format!(
            "INSERT INTO crm_deals (startup_id, account_id, name, stage, rank) SELECT '{}', '{account}', 'Same ' || n, 'Proposal', 1e9 FROM generate_series(1, 60) n",
            team.startup
        );
        sqlx::raw_sql(AssertSqlSafe(same)).execute(&mut admin).await.unwrap();
        let now = board(&mut app.client(&team.editor), &DealFilter::default()).await;
        let same: Vec<Card> = column(&now, Stage::Proposal).iter().filter(|card| card.rank == 1e9).cloned().collect();
        let (above, below) = (same[0].id.to_string(), same[1].id.to_string());
        let moving = same[2..].chunks(same.len() / 6).map(|cards| {
            let (mut client, cards, above, below) = (app.client(&team.editor), cards.to_vec(), above.clone(), below.clone());
            tokio::spawn(async move {
                for card in cards {
                    let answer = drop_card(&mut client, &card, Stage::Proposal, &[("above", &above), ("below", &below)]).await;
                    assert_eq!(answer.status, 200, "{}", answer.body);
                }
            })
        });
        for moved in moving.collect::<Vec<_>>() {
            moved.await.unwrap();
        }
    });
}

#[test]
fn a_place_is_found_however_often_and_however_narrow() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut admin = app.test.admin().await;
        let (account, _) = fill(&mut admin, &team).await;
        // forty cards of exactly one rank
        let same = format!(
            "INSERT INTO crm_deals (startup_id, account_id, name, stage, rank) SELECT '{}', '{account}', 'Same ' || n, 'Proposal', 1e9 FROM generate_series(1, 40) n",
            team.startup
        );
        sqlx::raw_sql(AssertSqlSafe(same)).execute(&mut admin).await.unwrap();
        let mut client = app.client(&team.editor);
        let mut rng = fastrand::Rng::with_seed(7);
        let edits = async |admin: &mut PgConnection| {
            sqlx::query_scalar::<_, i64>("SELECT sum(version) FROM crm_deals WHERE stage = 'Proposal'").fetch_one(admin).await.unwrap()
        };
        let (before, mut moves) = (edits(&mut admin).await, 0);
        for round in 0..150 {
            let now = board(&mut client, &DealFilter::default()).await;
            let cards = column(&now, Stage::Proposal);
            // mostly into one gap, from anywhere
            let (from, gap) = (rng.usize(..cards.len()), if round % 4 > 0 { 20 } else { rng.usize(1..cards.len()) });
            if from == gap || from + 1 == gap {
                continue;
            }
            let (card, above, below) = (&cards[from], cards[gap - 1].id, cards[gap].id);
            let answer =
                drop_card(&mut client, card, Stage::Proposal, &[("above", &above.to_string()), ("below", &below.to_string())]).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            moves += 1;
            let after = board(&mut client, &DealFilter::default()).await;
            let order: Vec<_> = column(&after, Stage::Proposal).iter().map(|c| c.id).collect();
            let at = order.iter().position(|id| *id == card.id).unwrap();
            assert_eq!((order[at - 1], order[at + 1]), (above, below), "round {round}");
            let others = |ids: Vec<Uuid>| ids.into_iter().filter(|id| *id != card.id).collect::<Vec<_>>();
            assert_eq!(others(order), others(cards.iter().map(|c| c.id).collect()), "the others stay in their order");
        }
        assert_eq!(edits(&mut admin).await, before + moves, "spreading a column is nobody's edit");
    });
}

#[test]
fn whoever_comes_second_is_told_and_nothing_is_lost() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        fill(&mut app.test.admin().await, &team).await;
        let (mut ada, mut emil) = (app.client(&team.owner), app.client(&team.editor));
        let seen = column(&board(&mut ada, &DealFilter::default()).await, Stage::Qualified)[0].clone();

        // an edit of something else stands in no move's way
        let fields = [("account_id", seen.account_id.to_string()), ("id", seen.id.to_string()), ("version", seen.version.to_string())];
        let mut form: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        form.extend([("name", "Renamed"), ("stage", "Qualified"), ("amount", "77")]);
        assert_eq!(emil.submit("/api/deals/save", &form).await.status, 200);
        let moved: Card = drop_card(&mut ada, &seen, Stage::Proposal, &[]).await.json();
        assert_eq!((moved.name.as_str(), moved.stage, moved.amount_cents), ("Renamed", Stage::Proposal, Some(7700)));

        // a move that did not know of it is refused, and says who has it where
        let refused = drop_card(&mut emil, &seen, Stage::Negotiation, &[]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        let AppError::Moved { message } = refused.json() else { panic!("{}", refused.body) };
        assert!(message.contains("owner") && message.contains("Proposal"), "{message}");
        // also when it was moved within its column only
        let later = drop_card(&mut ada, &moved, Stage::Proposal, &[("place", "end")]).await;
        assert_eq!(later.status, 200);
        assert_eq!(drop_card(&mut emil, &moved, Stage::Qualified, &[]).await.status, StatusCode::CONFLICT);
        let now = board(&mut ada, &DealFilter::default()).await;
        assert_eq!(column(&now, Stage::Proposal).last().unwrap().id, seen.id);

        // both at once: one of them is told
        let card = column(&now, Stage::Negotiation)[0].clone();
        let (one, two) = tokio::join!(drop_card(&mut ada, &card, Stage::Proposal, &[]), drop_card(&mut emil, &card, Stage::Qualified, &[]));
        let mut both = [one.status.as_u16(), two.status.as_u16()];
        both.sort_unstable();
        assert_eq!(both, [200, 409]);
    });
}

#[test]
fn a_deal_closes_with_what_a_closed_one_needs() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut admin = app.test.admin().await;
        fill(&mut admin, &team).await;
        let mut client = app.client(&team.editor);
        let now = board(&mut client, &DealFilter::default()).await;
        let open: Vec<_> = now.columns[..3].iter().flat_map(|c| c.cards.clone()).collect();
        let unpriced = open.iter().find(|c| c.amount_cents.is_none()).unwrap();
        let field = |answer: &Answer| match answer.json() {
            AppError::Invalid { field, .. } => field,
            other => panic!("{other:?}"),
        };
        let refused = drop_card(&mut client, unpriced, Stage::ClosedWon, &[]).await;
        assert_eq!((refused.status.as_u16(), field(&refused).as_str()), (422, "amount"));
        let refused = drop_card(&mut client, unpriced, Stage::ClosedWon, &[("amount", "5,000"), ("closed_on", "2999-01-01")]).await;
        assert_eq!(field(&refused), "closed_on");
        let won: Card =
            drop_card(&mut client, unpriced, Stage::ClosedWon, &[("amount", "5,000"), ("closed_on", "2026-03-01")]).await.json();
        assert_eq!((won.amount_cents, won.probability, won.closed_on), (Some(500_000), 100, NaiveDate::from_ymd_opt(2026, 3, 1)));

        let other = open.iter().find(|c| c.id != unpriced.id).unwrap();
        let refused = drop_card(&mut client, other, Stage::ClosedLost, &[]).await;
        assert_eq!(field(&refused), "reason");
        let lost: Card = drop_card(&mut client, other, Stage::ClosedLost, &[("reason", "Price"), ("own_reason", "40 % over")]).await.json();
        assert_eq!((lost.lost_reason.as_deref(), lost.probability, lost.closed_on), (Some("Price: 40 % over"), 0, Some(now.today)));
        // its place among the lost may change without another reason
        let again = drop_card(&mut client, &lost, Stage::ClosedLost, &[("place", "end")]).await;
        assert_eq!(again.status, 200, "{}", again.body);
        // open again: no closing day, no reason, the stage's probability
        let reopened: Card = drop_card(&mut client, &again.json(), Stage::Negotiation, &[]).await.json();
        assert_eq!((reopened.closed_on, reopened.lost_reason, reopened.probability), (None, None, 70));

        // what somebody set by hand stays, as long as the deal is open
        let by_hand = open.iter().find(|c| c.probability_by_hand).unwrap();
        let moved: Card = drop_card(&mut client, by_hand, Stage::Negotiation, &[]).await.json();
        assert_eq!((moved.probability, moved.probability_by_hand), (55, true));
    });
}

#[test]
fn only_who_may_moves_and_only_what_is_theirs() {
    run(async {
        let app = App::new().await;
        let (team, other) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let mut admin = app.test.admin().await;
        let (account, _) = fill(&mut admin, &team).await;
        fill(&mut admin, &other).await;
        let named = format!("UPDATE crm_deals SET name = 'Ours: ' || name WHERE startup_id = '{}'", team.startup);
        sqlx::raw_sql(AssertSqlSafe(named)).execute(&mut admin).await.unwrap();
        let card = column(&board(&mut app.client(&team.viewer), &DealFilter::default()).await, Stage::Qualified)[0].clone();
        let before = fingerprints(&mut admin, team.startup).await;
        let missing = Card { id: Uuid::now_v7(), ..card.clone() };
        for (person, card, status) in [
            (&team.viewer, &card, 403),
            (&team.viewer, &missing, 403),
            (&other.owner, &card, 404),
            (&other.owner, &missing, 404),
            (&team.former, &card, 403),
        ] {
            let mut client = app.client(person);
            let refused = drop_card(&mut client, card, Stage::Proposal, &[]).await;
            assert_eq!(refused.status, status, "{}", refused.body);
        }
        let (mut theirs, mut stranger) = (app.client(&other.owner), app.stranger());
        assert_eq!(drop_card(&mut stranger, &card, Stage::Proposal, &[]).await.status, 401);
        assert_eq!(fingerprints(&mut admin, team.startup).await, before);
        // reading: foreign is missing
        for id in [card.id, missing.id] {
            assert_eq!(theirs.call("/api/pipeline/deal", json!({ "id": id })).await.status, 404);
            let changed: Changed =
                theirs.call("/api/pipeline/changed", json!({ "filter": DealFilter::default(), "ids": [id] })).await.json();
            assert!(changed.cards.is_empty());
            let page = theirs.get(&format!("/pipeline/deals/{id}")).await;
            assert_eq!(page.status, 404);
            assert!(!page.body.contains("Ours: "));
        }
        // a foreign card is no neighbour, and a foreign account takes no deal
        let mine = column(&board(&mut theirs, &DealFilter::default()).await, Stage::Qualified)[0].clone();
        let top: Card = drop_card(&mut theirs, &mine, Stage::Proposal, &[("above", &card.id.to_string())]).await.json();
        assert_eq!(column(&board(&mut theirs, &DealFilter::default()).await, Stage::Proposal)[0].id, top.id);
        let konex: String = sqlx::query_scalar("UPDATE crm_accounts SET name = 'Only ours' WHERE id = $1 RETURNING name")
            .bind(account)
            .fetch_one(&mut admin)
            .await
            .unwrap();
        let form = [("account", konex.as_str()), ("name", "New"), ("stage", "Qualified")];
        assert_eq!(theirs.submit("/api/pipeline/add", &form).await.status, 422);
        assert_eq!(app.client(&team.viewer).submit("/api/pipeline/add", &form).await.status, 403);
        let names: Vec<String> = theirs.call("/api/pipeline/accounts", json!({ "typed": "Only" })).await.json();
        assert!(names.is_empty());
        let made: Uuid = app.client(&team.editor).submit("/api/pipeline/add", &form).await.json();
        let detail: DealDetail = app.client(&team.viewer).call("/api/pipeline/deal", json!({ "id": made })).await.json();
        assert_eq!((detail.deal.name.as_str(), detail.card.account.as_str()), ("New", "Only ours"));
    });
}

#[test]
fn without_a_script_a_form_moves() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        fill(&mut app.test.admin().await, &team).await;
        let mut client = app.client(&team.editor);
        let card = column(&board(&mut client, &DealFilter::default()).await, Stage::Qualified)[0].clone();
        let from = format!("/pipeline/deals/{}?edit=move", card.id);
        let page = client.get(&from).await;
        assert!(page.body.contains("action=\"/api/pipeline/move\""));
        let (id, version, back) = (card.id.to_string(), card.version.to_string(), format!("/pipeline/deals/{}", card.id));
        let fields =
            |stage| [("id", id.as_str()), ("version", version.as_str()), ("stage", stage), ("from", "Qualified"), ("back", back.as_str())];
        let refused = client.post("/api/pipeline/move", &from, &fields("Closed Lost")).await;
        assert_eq!(refused.status, StatusCode::FOUND);
        let again = client.get(refused.header(header::LOCATION).trim_start_matches("http://crm.test")).await;
        assert!(again.body.contains("Choose why it was lost"), "the message stands in the form");
        let moved = client.post("/api/pipeline/move", &from, &fields("Proposal")).await;
        assert_eq!((moved.status, moved.header(header::LOCATION)), (StatusCode::FOUND, back.as_str()));
        let now = board(&mut client, &DealFilter::default()).await;
        assert_eq!(column(&now, Stage::Proposal)[0].id, card.id);
        // a viewer is offered none of it
        let page = app.client(&team.viewer).get(&from).await;
        assert!(page.status == 200 && !page.body.contains("/api/pipeline/move") && !page.body.contains("class=\"grip\""));
    });
}

#[test]
fn a_deal_is_stalled_by_its_own_teams_measure() {
    run(async {
        let app = App::new().await;
        let (team, other) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let mut admin = app.test.admin().await;
        fill(&mut admin, &other).await;
        let (account, _) = fill(&mut admin, &team).await;
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
    });
}

#[test]
fn the_filtered_deals_leave_as_a_file_for_those_who_may_export() {
    run(async {
        let app = App::new().await;
        let (team, other) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let mut admin = app.test.admin().await;
        let (account, _) = fill(&mut admin, &team).await;
        // more than are read at once, and a name that a spreadsheet would run
        let many = format!(
            "INSERT INTO crm_deals (startup_id, account_id, name, amount) SELECT '{}', '{account}', '=Deal \"' || n || '\", Größe', n FROM generate_series(1, 4500) n",
            team.startup
        );
        sqlx::raw_sql(AssertSqlSafe(many)).execute(&mut admin).await.unwrap();
        let mut editor = app.client(&team.editor);
        let read = |body: &str| csv::Reader::from_reader(body.as_bytes()).into_records().map(|r| r.unwrap()).collect::<Vec<_>>();
        let whole = editor.get("/pipeline/export").await;
        assert!(
            whole.header(header::CONTENT_TYPE).starts_with("text/csv") && whole.header(header::CONTENT_DISPOSITION).contains("deals.csv")
        );
        let rows = read(&whole.body);
        assert_eq!(rows.len(), 4539);
        let mut ids: Vec<_> = rows.iter().map(|r| r[0].to_string()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 4539, "each once");
        assert!(rows.iter().any(|r| &r[1] == "'=Deal \"7\", Größe" && &r[5] == "7.00"));
        let filtered = read(&editor.get("/pipeline/export?segment=Enterprise&min=2000").await.body);
        let raw = raw(&mut admin, team.startup).await;
        let wanted = raw.iter().filter(|r| r.segment == "Enterprise" && r.cents.is_some_and(|c| c >= 200_000)).count();
        assert!(wanted > 0 && filtered.len() == wanted, "{} {wanted}", filtered.len());
        assert_eq!(app.client(&team.viewer).get("/pipeline/export").await.status, 403);
        assert_eq!(app.stranger().get("/pipeline/export").await.status, 401);
        assert_eq!(read(&app.client(&other.owner).get("/pipeline/export").await.body).len(), 0);
    });
}
