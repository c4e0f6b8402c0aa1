//! Leads are scored from what the team may see, once for each change.

use chrono::{DateTime, Utc};
use prospector::error::AppError;
use prospector::scoring::store::{evidence, of_account, score_by_rules};
use prospector::scoring::{LeadKey, Part, Topic};
use prospector::server::db::{Db, TenantTx};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Worker;
use crate::harness::{Person, Team, TestDb, add_account, run};

pub async fn add_contact(tx: &mut TenantTx, account: Uuid, email: &str) -> Uuid {
    sqlx::query_scalar("INSERT INTO crm_contacts (startup_id, account_id, email) VALUES ($1, $2, $3) RETURNING id")
        .bind(tx.startup())
        .bind(account)
        .bind(email)
        .fetch_one(tx.conn())
        .await
        .unwrap()
}

/// A fact from the site, as the worker writes it; for one person alone, if one is named.
pub async fn add_fact(worker: &Worker, account: Uuid, key: &str, value: Value, status: &str, only_for: Option<Uuid>) -> Uuid {
    let mut tx = worker.db.tenant(&worker.token).await.unwrap();
    let id = sqlx::query_scalar(
        "INSERT INTO account_facts (startup_id, id, account_id, key, value, identity, provider, status, sources, only_for)
         VALUES ($1, app.uuid7(), $2, $3, $4, $4::text, 'website', $5, '[{\"url\": \"https://x.example\", \"title\": \"x\"}]', $6) RETURNING id",
    )
    .bind(tx.startup())
    .bind(account)
    .bind(key)
    .bind(value)
    .bind(status)
    .bind(only_for)
    .fetch_one(tx.conn())
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id
}

pub async fn score(worker: &Worker, accounts: &[Uuid], now: DateTime<Utc>) -> u64 {
    let mut tx = worker.db.tenant(&worker.token).await.unwrap();
    let written = score_by_rules(&mut tx, accounts, now).await.unwrap();
    tx.commit().await.unwrap();
    written
}

/// What the account says of itself: score, coverage, priority.
async fn account_says(db: &Db, person: &Person, account: Uuid) -> (Option<i32>, Option<i32>, i32) {
    let mut tx = db.tenant(&person.token).await.unwrap();
    sqlx::query_as("SELECT lead_score, score_coverage, priority FROM crm_accounts WHERE startup_id = $1 AND id = $2")
        .bind(tx.startup())
        .bind(account)
        .fetch_one(tx.conn())
        .await
        .unwrap()
}

#[test]
fn a_score_is_written_for_each_lead_and_once_for_each_change() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
        sqlx::query("UPDATE startups SET icp = $2 WHERE id = $1")
            .bind(team.startup)
            .bind(json!({ "industries": ["Software"], "sizes": ["50-500"], "regions": ["DACH"], "technologies": ["Rust"], "keywords": ["data"] }))
            .execute(tx.conn())
            .await
            .unwrap();
        let account = add_account(&mut tx, "Konex").await;
        let (first, second) = (add_contact(&mut tx, account, "a@konex.test").await, add_contact(&mut tx, account, "b@konex.test").await);
        let alone = add_account(&mut tx, "Alone").await;
        sqlx::query("INSERT INTO crm_interactions (startup_id, account_id, contact_id, author_id, type, direction) VALUES ($1, $2, $3, $4, 'Meeting', NULL)")
            .bind(team.startup)
            .bind(account)
            .bind(second)
            .bind(team.owner.id)
            .execute(tx.conn())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let worker = Worker::new(&test, team.startup, &team.editor).await;
        let industry = add_fact(&worker, account, "industry", json!({ "name": "Software" }), "supported", None).await;
        add_fact(&worker, account, "employees", json!({ "count": 100 }), "contradicted", None).await;
        add_fact(&worker, account, "location", json!({ "city": null, "country": "DE" }), "supported", Some(team.editor.id)).await;

        let now = Utc::now();
        assert_eq!(score(&worker, &[account, alone, Uuid::now_v7()], now).await, 3, "two leads and an account without");
        let mut tx = test.db.tenant(&team.viewer.token).await.unwrap();
        let scores = of_account(&mut tx, account).await.unwrap();
        assert_eq!(scores.iter().map(|s| s.lead).collect::<Vec<_>>(), [Some(second), Some(first)], "the best first");
        let best = &scores[0].score;
        assert_eq!(best.of_topic(Topic::Industry), 12);
        assert_eq!(best.lines[0].evidence[0].id, industry);
        assert_eq!((best.of_topic(Topic::Size), best.of_topic(Topic::Region)), (5, 4), "in doubt, or not everybody's to see: unknown");
        assert_eq!(best.points(Part::Engagement), 5);
        let of_alone = of_account(&mut tx, alone).await.unwrap();
        assert_eq!((of_alone.len(), of_alone[0].lead), (1, None));
        drop(tx);
        let (lead_score, coverage, priority) = account_says(&test.db, &team.viewer, account).await;
        assert_eq!((lead_score, coverage), (Some(best.overall()), Some(best.coverage)));
        assert!(priority > 0);

        // nothing new: no row, however often somebody looks
        assert_eq!(score(&worker, &[account, alone], now).await, 0);
        assert_eq!(score(&worker, &[account, alone], now + chrono::TimeDelta::hours(1)).await, 0);
        // ages alone change points after a while: then all leads of the account are written
        assert_eq!(score(&worker, &[account, alone], now + chrono::TimeDelta::days(30)).await, 2);
        let mut tx = test.db.tenant(&team.viewer.token).await.unwrap();
        let scores = of_account(&mut tx, account).await.unwrap();
        assert_eq!(scores[0].history.len(), 2);
        assert_eq!(scores[0].history[1].1, scores[0].score.overall());
        drop(tx);
        assert_eq!(account_says(&test.db, &team.viewer, account).await.0, Some(scores[0].score.overall()));

        // the best lead leaves: the account is as good as the rest
        let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
        sqlx::query("UPDATE crm_contacts SET deleted_at = now() WHERE startup_id = $1 AND id = $2")
            .bind(team.startup)
            .bind(second)
            .execute(tx.conn())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        score(&worker, &[account], now).await;
        let mut tx = test.db.tenant(&team.viewer.token).await.unwrap();
        let scores = of_account(&mut tx, account).await.unwrap();
        assert_eq!(scores.iter().map(|s| s.lead).collect::<Vec<_>>(), [Some(first)]);
        drop(tx);
        assert_eq!(account_says(&test.db, &team.viewer, account).await.0, Some(scores[0].score.overall()));
    });
}

#[test]
fn people_and_other_startups_write_no_scores() {
    run(async {
        let test = TestDb::new().await;
        let (ours, theirs) = (Team::new(&test.db, "ours").await, Team::new(&test.db, "theirs").await);
        let mut tx = test.db.tenant(&theirs.owner.token).await.unwrap();
        let foreign = add_account(&mut tx, "Foreign").await;
        tx.commit().await.unwrap();
        let worker = Worker::new(&test, ours.startup, &ours.editor).await;
        assert_eq!(score(&worker, &[foreign], Utc::now()).await, 0);
        let mut tx = worker.db.tenant(&worker.token).await.unwrap();
        assert_eq!(evidence(&mut tx, &[foreign]).await.unwrap(), []);
        drop(tx);

        let mut tx = test.db.tenant(&theirs.owner.token).await.unwrap();
        assert_eq!(score_by_rules(&mut tx, &[foreign], Utc::now()).await, Err(AppError::Forbidden), "only the worker writes");
    });
}

#[test]
fn leads_are_the_newest_twenty() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
        let account = add_account(&mut tx, "Konex").await;
        let mut added = Vec::new();
        for n in 0..23 {
            added.push(add_contact(&mut tx, account, &format!("{n}@konex.test")).await);
        }
        sqlx::query("UPDATE crm_contacts SET deleted_at = now() WHERE startup_id = $1 AND id = $2")
            .bind(team.startup)
            .bind(added[22])
            .execute(tx.conn())
            .await
            .unwrap();
        let leads = evidence(&mut tx, &[account]).await.unwrap();
        let mut keys: Vec<LeadKey> = leads.iter().map(|lead| lead.key).collect();
        keys.sort();
        let mut newest: Vec<LeadKey> = added[2..22].iter().map(|lead| LeadKey { account, lead: Some(*lead) }).collect();
        newest.sort();
        assert_eq!(keys, newest);
    });
}
