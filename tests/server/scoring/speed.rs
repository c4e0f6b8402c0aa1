//! How long a batch takes, and by which indexes: 500 accounts of a startup of 20,000, each with facts, contacts, a log and
//! events.

use std::time::Instant;

use chrono::Utc;
use prospector::enrichment::store::{FACTS, RUNS};
use prospector::jobs::store::research_sql;
use prospector::scoring::rules;
use prospector::scoring::store::{EVIDENCE, evidence, save};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::Worker;
use crate::harness::{Team, TestDb, run};

const BATCH: usize = 500;

#[test]
fn a_batch_is_read_by_index_and_written_at_once() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut admin = test.admin().await;
        // as the administrator, past policies and triggers: this is about reading
        let fill = include_str!("speed.sql").replace("$startup", &team.startup.to_string()).replace("$owner", &team.owner.id.to_string());
        sqlx::raw_sql(AssertSqlSafe(fill)).execute(&mut admin).await.unwrap();

        let worker = Worker::new(&test, team.startup, &team.editor).await;
        let mut tx = worker.db.tenant(&worker.token).await.unwrap();
        let all: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM crm_accounts WHERE startup_id = $1 ORDER BY external_id LIMIT 2000")
            .bind(team.startup)
            .fetch_all(tx.conn())
            .await
            .unwrap();
        drop(tx);
        for (n, accounts) in all.chunks(BATCH).enumerate() {
            let begun = Instant::now();
            let mut tx = worker.db.tenant(&worker.token).await.unwrap();
            let leads = evidence(&mut tx, accounts).await.unwrap();
            let read = begun.elapsed();
            let scores: Vec<_> = leads.iter().map(|lead| (lead.key, rules::score(lead, Utc::now()))).collect();
            let scored = begun.elapsed();
            let written = save(&mut tx, &scores).await.unwrap();
            let saved = begun.elapsed();
            tx.commit().await.unwrap();
            println!(
                "batch {n}: {} accounts, {} leads: read {:?}, rules {:?}, save {:?} ({written} rows), commit {:?}; all {:?}",
                accounts.len(),
                leads.len(),
                read,
                scored - read,
                saved - scored,
                begun.elapsed() - saved,
                begun.elapsed()
            );
            assert_eq!(leads.len() as u64, written);
            // once more, with nothing new
            let begun = Instant::now();
            let mut tx = worker.db.tenant(&worker.token).await.unwrap();
            assert_eq!(prospector::scoring::store::score_by_rules(&mut tx, accounts, Utc::now()).await.unwrap(), 0);
            tx.commit().await.unwrap();
            println!("         again, nothing new: {:?}", begun.elapsed());
        }

        // what writing costs in the database, part by part
        let mut tx = worker.db.tenant(&worker.token).await.unwrap();
        let columns = "startup_id, account_id, lead_id, overall_score, fit_score, intent_score, engagement_score, coverage, fit_breakdown, intent_signals, risk_factors, next_actions, line_items, prompt_version";
        let again = format!(
            "EXPLAIN (ANALYZE) INSERT INTO crm_lead_scores ({columns}) SELECT {columns} FROM crm_lead_scores WHERE startup_id = $1 AND account_id = ANY ($2)"
        );
        for text in
            sqlx::query_scalar::<_, String>(AssertSqlSafe(again)).bind(team.startup).bind(&all[..BATCH]).fetch_all(tx.conn()).await.unwrap()
        {
            if text.starts_with("Trigger") || text.starts_with("Execution") {
                println!("         {text}");
            }
        }
        drop(tx);

        // as people read it, by plans for any values
        let mut tx = test.db.tenant(&team.viewer.token).await.unwrap();
        let values = format!("'{}', '{{{}}}'", team.startup, all[..BATCH].iter().map(Uuid::to_string).collect::<Vec<_>>().join(","));
        for sql in EVIDENCE {
            sqlx::raw_sql(AssertSqlSafe(format!("SET LOCAL plan_cache_mode = force_generic_plan; PREPARE shown (uuid, uuid[]) AS {sql}")))
                .execute(tx.conn())
                .await
                .unwrap();
            let explained: Value = sqlx::query_scalar(AssertSqlSafe(format!("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE shown ({values})")))
                .fetch_one(tx.conn())
                .await
                .unwrap();
            sqlx::raw_sql("DEALLOCATE shown").execute(tx.conn()).await.unwrap();
            let plan = explained.to_string();
            println!("{:>8.1} ms  {}", explained[0]["Execution Time"].as_f64().unwrap(), &sql[..60]);
            assert!(!plan.contains("\"Seq Scan\""), "{sql}\n{explained:#}");
        }
        // what the Intelligence tab reads of one account
        for sql in [FACTS.replace("$3", "500"), RUNS.to_string(), research_sql()] {
            sqlx::raw_sql(AssertSqlSafe(format!("SET LOCAL plan_cache_mode = force_generic_plan; PREPARE shown (uuid, uuid) AS {sql}")))
                .execute(tx.conn())
                .await
                .unwrap();
            let explain = format!("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE shown ('{}', '{}')", team.startup, all[0]);
            let explained: Value = sqlx::query_scalar(AssertSqlSafe(explain)).fetch_one(tx.conn()).await.unwrap();
            sqlx::raw_sql("DEALLOCATE shown").execute(tx.conn()).await.unwrap();
            for table in ["account_facts", "crm_lead_enrichment", "jobs"] {
                assert!(!reads_whole(&explained, table), "{table}: {sql}\n{explained:#}");
            }
        }
    });
}

/// Whether a plan reads a table from end to end.
fn reads_whole(plan: &Value, table: &str) -> bool {
    match plan {
        Value::Array(all) => all.iter().any(|part| reads_whole(part, table)),
        Value::Object(node) => {
            (node.get("Node Type").is_some_and(|kind| kind == "Seq Scan") && node.get("Relation Name").is_some_and(|name| name == table))
                || node.values().any(|part| reads_whole(part, table))
        }
        _ => false,
    }
}
