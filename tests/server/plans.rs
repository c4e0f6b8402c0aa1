//! Plans as the application role in a startup of 200,000 accounts: every order, search and prefix uses its index, and
//! nothing reads a tenant from end to end.

use crate::harness::{Team, TestDb, run};
use prospector::accounts::filter::{Filter, Owner};
use prospector::accounts::query::{Cursor, Direction, Sort};
use prospector::accounts::store::{list_sql, prefix_sql, search_sql, totals_sql};
use prospector::accounts::{Kind, Segment, Status};
use prospector::deals::Stage;
use prospector::pipeline::filter::{Closing, DealFilter, Span};
use prospector::pipeline::store::board::{cards_sql, more_sql, sums_sql};
use prospector::pipeline::store::charts::charts_sql;
use prospector::server::db::TenantTx;
use prospector::{bulk, server::session};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Execute, Postgres, QueryBuilder};
use uuid::Uuid;

const ACCOUNTS: u32 = 200_000;

/// Of a plan: type, relation or function, index, and rows that it read and threw away.
type Node = (String, String, String, f64);

fn nodes(plan: &Value, into: &mut Vec<Node>) {
    let text = |key: &str| plan[key].as_str().unwrap_or_default().to_string();
    let relation = if plan["Relation Name"].is_null() { text("Function Name") } else { text("Relation Name") };
    into.push((text("Node Type"), relation, text("Index Name"), plan["Rows Removed by Filter"].as_f64().unwrap_or(0.0)));
    for child in plan["Plans"].as_array().into_iter().flatten() {
        nodes(child, into);
    }
}

/// Runs a statement as the pool does once it has prepared it (a plan for any values), and returns the plan's nodes.
async fn general(tx: &mut TenantTx, mut sql: QueryBuilder<Postgres>, values: &[&str]) -> Vec<Node> {
    let text = sql.build().sql().as_str().to_string();
    let prepare = format!("SET LOCAL plan_cache_mode = force_generic_plan; PREPARE shown AS {text}");
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(tx.conn()).await.unwrap();
    let explain = format!("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE shown ({})", values.join(", "));
    let explained: Value = sqlx::query_scalar(AssertSqlSafe(explain)).fetch_one(tx.conn()).await.unwrap();
    sqlx::raw_sql("DEALLOCATE shown").execute(tx.conn()).await.unwrap();
    bounded(&text, &explained)
}

/// Runs a filter's statement, which is planned for its values, and returns the plan's nodes.
async fn special(tx: &mut TenantTx, sql: QueryBuilder<Postgres>) -> Vec<Node> {
    let (text, explained) = explain(tx, sql).await;
    bounded(&text, &explained)
}

/// The statement and its plan, made for its values.
async fn explain(tx: &mut TenantTx, mut sql: QueryBuilder<Postgres>) -> (String, Value) {
    let mut query = sql.build();
    let values = query.take_arguments().unwrap().unwrap();
    let text = query.sql().as_str().to_string();
    sqlx::raw_sql("SET LOCAL plan_cache_mode = force_custom_plan").execute(tx.conn()).await.unwrap();
    let explain = AssertSqlSafe(format!("EXPLAIN (ANALYZE, FORMAT JSON) {text}"));
    let explained: Value = sqlx::query_scalar_with(explain, values).persistent(false).fetch_one(tx.conn()).await.unwrap();
    (text, explained)
}

/// The indexes by which the charts of a filter read `table`, an empty name for none.
async fn charts_read(tx: &mut TenantTx, filter: &DealFilter, table: &str) -> Vec<String> {
    let sql = charts_sql(&tx.viewer().clone(), filter);
    let (_, explained) = explain(tx, sql).await;
    let mut found = Vec::new();
    nodes(&explained[0]["Plan"], &mut found);
    found.into_iter().filter(|node| node.1 == table).map(|node| node.2).collect()
}

/// The nodes that read accounts, of which none reads the tenant from end to end.
fn bounded(sql: &str, explained: &Value) -> Vec<Node> {
    let mut found = Vec::new();
    nodes(&explained[0]["Plan"], &mut found);
    let read: Vec<_> = found.iter().filter(|node| node.1 == "crm_accounts").cloned().collect();
    assert!(!read.is_empty(), "{sql}: {explained:#}");
    for (node, _, _, removed) in &read {
        assert!(!node.contains("Seq Scan") && *removed < f64::from(ACCOUNTS / 8), "{sql}\n{found:#?}");
    }
    read
}

/// A column of the board is a range of one index, however far down; sums of everything are read from an index alone.
async fn board_reads_ranges(tx: &mut TenantTx, stranger: Uuid) {
    let (viewer, any) = (tx.viewer().clone(), DealFilter::default());
    let reads = async |tx: &mut TenantTx, sql: QueryBuilder<Postgres>| {
        let (_, explained) = explain(tx, sql).await;
        let mut found = Vec::new();
        nodes(&explained[0]["Plan"], &mut found);
        found.into_iter().filter(|node| node.1 == "crm_deals").collect::<Vec<_>>()
    };
    for read in
        [reads(tx, cards_sql(&viewer, &any, &[])).await, reads(tx, more_sql(&viewer, &any, Stage::Qualified, 1.7e9, Uuid::nil())).await]
    {
        assert!(read.iter().all(|node| node.2 == "crm_deals_board" && node.3 < 1.0), "{read:?}");
    }
    let read = reads(tx, sums_sql(&viewer, &any)).await;
    assert!(read.iter().all(|node| node.0 == "Index Only Scan"), "{read:?}");
    for filter in [
        DealFilter { search: "kaportt".into(), ..any.clone() },
        DealFilter { owner: Some(Owner::Member(stranger)), ..any.clone() },
        DealFilter { closing: Closing::Within(Span::Overdue), ..any.clone() },
    ] {
        for sql in [cards_sql(&viewer, &filter, &[]), sums_sql(&viewer, &filter)] {
            let read = reads(tx, sql).await;
            assert!(read.iter().all(|node| !node.2.is_empty() || node.0.contains("Bitmap")), "{filter:?}: {read:?}");
        }
    }
}

#[test]
fn every_order_search_and_prefix_uses_its_index() {
    run(async {
        let test = TestDb::new().await;
        let mut admin = test.admin().await;
        bulk::make(&test.db, &mut admin, ACCOUNTS).await.unwrap();
        // another tenant is there, too
        let other = Team::new(&test.db, "other").await;
        sqlx::query("INSERT INTO crm_accounts (startup_id, name) SELECT $1, 'Other ' || n FROM generate_series(1, 300) n")
            .bind(other.startup)
            .execute(&mut admin)
            .await
            .unwrap();
        let (startup, owner): (Uuid, Uuid) =
            sqlx::query_as("SELECT startup_id, user_id FROM app.acting_member('bulk')").fetch_one(&mut admin).await.unwrap();
        let token = session::open_brief(&test.db, owner, startup).await.unwrap();
        let mut tx = test.db.tenant(&token).await.unwrap();
        assert_eq!(
            sqlx::query_scalar::<_, i64>("SELECT count(*) FROM crm_accounts").fetch_one(tx.conn()).await.unwrap(),
            i64::from(ACCOUNTS)
        );

        let literal = format!("'{startup}'::uuid");
        let any = Filter::default();
        for (sort, index, middle) in [
            (Sort::Name, "crm_accounts_by_name", "'lomax'"),
            (Sort::Status, "crm_accounts_by_status", "'Lead'"),
            (Sort::Segment, "crm_accounts_by_segment", "'SMB'"),
            (Sort::Mrr, "crm_accounts_by_mrr", "'500000'"),
            (Sort::Health, "crm_accounts_by_health", "'50'"),
            (Sort::LastContact, "crm_accounts_by_contact", "(now() - interval '90 days')::text"),
            (Sort::Priority, "crm_accounts_priority", "'50'"),
            (Sort::Created, "crm_accounts_by_created", "(now() - interval '1 year')::text"),
        ] {
            for direction in [Direction::Ascending, Direction::Descending] {
                let first = general(&mut tx, list_sql(startup, sort, direction, None, &any), &[&literal, "51"]).await;
                assert_eq!(first[0].2, index, "{sort} {direction}");
                let cursor = Cursor { id: Uuid::nil(), key: String::new() };
                let next = list_sql(startup, sort, direction, Some(&cursor), &any);
                let next = general(&mut tx, next, &[&literal, middle, "'01890000-0000-7000-8000-000000000000'", "51"]).await;
                assert_eq!(next[0].2, index, "{sort} {direction} from the middle");
            }
        }
        let filters = [
            Filter { statuses: vec![Status::Churned], ..any.clone() },
            Filter { statuses: vec![Status::Lead, Status::Trial], ..any.clone() },
            Filter { segments: vec![Segment::Enterprise, Segment::MidMarket], kinds: vec![Kind::Investor], ..any.clone() },
            Filter { owner: Some(Owner::Member(owner)), ..any.clone() },
            Filter { owner: Some(Owner::Member(other.owner.id)), ..any.clone() },
            Filter { owner: Some(Owner::Nobody), ..any.clone() },
            Filter { health: (99, 100), ..any.clone() },
            Filter { health: (0, 100), stale: true, ..any.clone() },
            Filter { statuses: vec![Status::Trial], segments: vec![Segment::Enterprise], health: (40, 42), ..any.clone() },
        ];
        for filter in &filters {
            for sort in Sort::ALL {
                special(&mut tx, list_sql(startup, *sort, sort.natural(), None, filter)).await;
            }
        }
        for needle in ["k", "ka", "zz"] {
            let read = special(&mut tx, prefix_sql(startup, needle, &any)).await;
            let indexes: Vec<_> = read.iter().map(|node| node.2.as_str()).collect();
            assert!(indexes.contains(&"crm_accounts_prefix") && indexes.contains(&"crm_accounts_domain"), "{needle}: {indexes:?}");
        }
        for search in ["kaportt", "labs", "no such name"] {
            let read = special(&mut tx, search_sql(startup, search, &any)).await;
            assert_eq!(read[0].2, "crm_accounts_pkey", "rows by the ids that the function found: {search}");
        }
        // totals read at most 10,001 rows; those of everything, an index alone
        let read = special(&mut tx, totals_sql(startup, &any)).await;
        assert_eq!(read[0].2, "crm_accounts_by_health", "{read:?}");

        // charts read moves along their index, all or those of the filter's deals; a filter that leaves few, no other deals
        let (deals, moves) = ("crm_deals", "crm_deal_stage_changes");
        let any = DealFilter::default();
        assert_eq!(charts_read(&mut tx, &any, moves).await, ["crm_deal_stage_changes_deal"]);
        for filter in [
            DealFilter { search: "kaportt".into(), ..any.clone() },
            DealFilter { owner: Some(Owner::Nobody), ..any.clone() },
            DealFilter { closing: Closing::Within(Span::Overdue), ..any.clone() },
        ] {
            assert_eq!(charts_read(&mut tx, &filter, moves).await, ["crm_deal_stage_changes_deal"], "{filter:?}");
            let read = charts_read(&mut tx, &filter, deals).await;
            assert!(!read.is_empty() && read.iter().all(|index| !index.is_empty()), "{filter:?}: {read:?}");
        }
        board_reads_ranges(&mut tx, other.owner.id).await;
        drop(tx);

        // inside the function, which plans as its owner
        let mut as_definer = admin;
        sqlx::raw_sql("SET ROLE prospector_definer").execute(&mut as_definer).await.unwrap();
        for (table, condition) in [
            ("crm_accounts", "a.search_text LIKE '%kaportt%'"),
            ("crm_accounts", "'kaportt' OPERATOR(public.<%) a.search_text"),
            ("crm_contacts", "a.search_text LIKE '%kaportt%'"),
            ("crm_contacts", "'kaportt' OPERATOR(public.<%) a.search_text"),
        ] {
            let sql = format!(
                "EXPLAIN (ANALYZE, FORMAT JSON) SELECT a.id FROM {table} a WHERE a.startup_id = {literal} AND a.deleted_at IS NULL AND {condition} LIMIT 500"
            );
            let explained: Value = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut as_definer).await.unwrap();
            let mut found = Vec::new();
            nodes(&explained[0]["Plan"], &mut found);
            assert!(found.iter().any(|(_, _, index, _)| *index == format!("{table}_search")), "{explained:#}");
        }
    });
}
