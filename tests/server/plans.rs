//! Plans as the application role in a startup of 200,000 accounts: every order, search and prefix uses its index, and
//! nothing reads a tenant from end to end.

use crate::harness::{Team, TestDb, run};
use prospector::accounts::query::{Direction, Sort};
use prospector::accounts::store::{PREFIX_SQL, SEARCH_SQL, list_sql};
use prospector::server::db::TenantTx;
use prospector::{bulk, server::session};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

const ACCOUNTS: u32 = 200_000;

/// A plan's nodes: type, relation or function, index, and rows that it read and threw away.
fn nodes(plan: &Value, into: &mut Vec<(String, String, String, f64)>) {
    let text = |key: &str| plan[key].as_str().unwrap_or_default().to_string();
    let relation = if plan["Relation Name"].is_null() { text("Function Name") } else { text("Relation Name") };
    into.push((text("Node Type"), relation, text("Index Name"), plan["Rows Removed by Filter"].as_f64().unwrap_or(0.0)));
    for child in plan["Plans"].as_array().into_iter().flatten() {
        nodes(child, into);
    }
}

/// Runs the statement as the pool does once it has prepared it (a plan for any values), and returns the plan's nodes.
async fn plan(tx: &mut TenantTx, sql: &str, values: &[&str]) -> Vec<(String, String, String, f64)> {
    let prepare = format!("SET LOCAL plan_cache_mode = force_generic_plan; PREPARE shown AS {sql}");
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(tx.conn()).await.unwrap();
    let explain = format!("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE shown ({})", values.join(", "));
    let explained: Value = sqlx::query_scalar(AssertSqlSafe(explain)).fetch_one(tx.conn()).await.unwrap();
    sqlx::raw_sql("DEALLOCATE shown").execute(tx.conn()).await.unwrap();
    let mut found = Vec::new();
    nodes(&explained[0]["Plan"], &mut found);
    let read: Vec<_> = found.iter().filter(|(_, relation, _, _)| relation == "crm_accounts").cloned().collect();
    assert!(!read.is_empty(), "{sql}: {explained:#}");
    for (node, _, _, removed) in &read {
        assert!(!node.contains("Seq Scan") && *removed < 500.0, "{sql}\n{explained:#}");
    }
    read
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

        let startup = format!("'{startup}'::uuid");
        for (sort, index, middle) in [
            (Sort::Name, "crm_accounts_by_name", "'lomax'"),
            (Sort::Status, "crm_accounts_by_status", "'Lead'"),
            (Sort::Segment, "crm_accounts_by_segment", "'SMB'"),
            (Sort::Mrr, "crm_accounts_by_mrr", "'500000'"),
            (Sort::Health, "crm_accounts_by_health", "'50'"),
            (Sort::LastContact, "crm_accounts_by_contact", "(now() - interval '90 days')::text"),
            (Sort::Created, "crm_accounts_by_created", "(now() - interval '1 year')::text"),
        ] {
            for direction in [Direction::Ascending, Direction::Descending] {
                for (from_cursor, key, id) in [(false, "NULL", "NULL"), (true, middle, "'01890000-0000-7000-8000-000000000000'")] {
                    let read = plan(&mut tx, &list_sql(sort, direction, from_cursor), &[&startup, key, id, "51"]).await;
                    assert_eq!(read[0].2, index, "{sort} {direction} {from_cursor}");
                }
            }
        }
        for prefix in ["'k'", "'ka'", "'zz'"] {
            let read = plan(&mut tx, PREFIX_SQL, &[&startup, prefix, "200"]).await;
            assert_eq!(read[0].2, "crm_accounts_prefix", "{prefix}");
        }
        for search in ["'kaportt'", "'labs'", "'no such name'"] {
            let read = plan(&mut tx, SEARCH_SQL, &[&startup, search, "200"]).await;
            assert_eq!(read[0].2, "crm_accounts_pkey", "rows by the ids that the function found: {search}");
        }
        drop(tx);

        // inside the function, which plans as its owner
        let mut as_definer = admin;
        sqlx::raw_sql("SET ROLE prospector_definer").execute(&mut as_definer).await.unwrap();
        for condition in ["a.search_text LIKE '%kaportt%'", "'kaportt' OPERATOR(public.<%) a.search_text"] {
            let sql = format!(
                "EXPLAIN (ANALYZE, FORMAT JSON) SELECT a.id FROM crm_accounts a WHERE a.startup_id = {startup} AND a.deleted_at IS NULL AND {condition} LIMIT 500"
            );
            let explained: Value = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut as_definer).await.unwrap();
            let mut found = Vec::new();
            nodes(&explained[0]["Plan"], &mut found);
            assert!(found.iter().any(|(_, _, index, _)| index == "crm_accounts_search"), "{explained:#}");
        }
    });
}
