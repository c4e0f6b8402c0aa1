//! What the database does by itself: stamps, versions, stages, last contact, health, the bin.

use crate::harness::{Team, TestDb, add_account, run};
use chrono::{DateTime, Duration, Utc};
use prospector::server::db::TenantTx;
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

async fn one<T: for<'r> FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin>(tx: &mut TenantTx, sql: &str) -> T {
    sqlx::query_as(AssertSqlSafe(sql.to_string())).fetch_one(tx.conn()).await.unwrap()
}

async fn execute(tx: &mut TenantTx, sql: &str) {
    let sql = sql.replace("$S", &tx.startup().to_string()).replace("$U", &tx.viewer().user_id.to_string());
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(tx.conn()).await.unwrap();
}

/// An owner's transaction, and an account in it.
async fn start() -> (TestDb, TenantTx, Uuid) {
    let test = TestDb::new().await;
    let team = Team::new(&test.db, "ours").await;
    let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
    let account = add_account(&mut tx, "Konex").await;
    (test, tx, account)
}

async fn log(tx: &mut TenantTx, account: Uuid, occurred: &str) {
    execute(tx, &format!("INSERT INTO crm_interactions (startup_id, account_id, author_id, type, occurred_at) VALUES ('$S', '{account}', '$U', 'Call', {occurred})")).await;
}

#[test]
fn last_contact_is_the_latest_interaction_and_never_in_the_future() {
    run(async {
        let (_test, mut tx, account) = start().await;
        let last = format!("SELECT last_interaction_at FROM crm_accounts WHERE id = '{account}'");
        log(&mut tx, account, "now() - interval '3 days'").await;
        let (three_days,): (DateTime<Utc>,) = one(&mut tx, &last).await;
        // an imported old one fakes no recent contact
        log(&mut tx, account, "now() - interval '300 days'").await;
        assert_eq!(one::<(DateTime<Utc>,)>(&mut tx, &last).await.0, three_days);
        log(&mut tx, account, "now() + interval '1 day'").await;
        let (capped, now): (DateTime<Utc>, DateTime<Utc>) =
            one(&mut tx, &format!("SELECT last_interaction_at, now() FROM crm_accounts WHERE id = '{account}'")).await;
        assert_eq!(capped, now);
    });
}

#[test]
fn an_edit_counts_a_version_and_a_touch_does_not() {
    run(async {
        let (_test, mut tx, account) = start().await;
        let version = format!("SELECT version FROM crm_accounts WHERE id = '{account}'");
        log(&mut tx, account, "now()").await;
        assert_eq!(one::<(i32,)>(&mut tx, &version).await.0, 1);
        execute(&mut tx, "UPDATE crm_accounts SET name = 'Other'").await;
        assert_eq!(one::<(i32,)>(&mut tx, &version).await.0, 2);
    });
}

#[test]
fn every_update_is_stamped() {
    run(async {
        let (test, tx, account) = start().await;
        tx.commit().await.unwrap();
        let mut admin = test.admin().await;
        sqlx::raw_sql("UPDATE crm_accounts SET updated_at = 'epoch'").execute(&mut admin).await.unwrap();
        let fresh: bool = sqlx::query_scalar("SELECT updated_at > now() - interval '1 minute' FROM crm_accounts WHERE id = $1")
            .bind(account)
            .fetch_one(&mut admin)
            .await
            .unwrap();
        assert!(fresh, "not even an administrator sets it by hand");
    });
}

#[test]
fn a_deal_keeps_its_history_probability_and_closing() {
    run(async {
        let (_test, mut tx, account) = start().await;
        execute(&mut tx, &format!("INSERT INTO crm_deals (startup_id, account_id, name, opened_at) VALUES ('$S', '{account}', 'Licence', now() - interval '40 days')")).await;
        let state = "SELECT stage, probability, closed_at IS NOT NULL, lost_reason FROM crm_deals";
        type State = (String, i32, bool, Option<String>);
        assert_eq!(one::<State>(&mut tx, state).await, ("Qualified".into(), 10, false, None));
        execute(&mut tx, "UPDATE crm_deals SET stage = 'Proposal', probability = 55, probability_by_hand = true").await;
        execute(&mut tx, "UPDATE crm_deals SET stage = 'Negotiation'").await;
        assert_eq!(one::<State>(&mut tx, state).await, ("Negotiation".into(), 55, false, None), "a person's probability stays");
        execute(&mut tx, "UPDATE crm_deals SET stage = 'Closed Lost', lost_reason = 'Timing'").await;
        assert_eq!(one::<State>(&mut tx, state).await, ("Closed Lost".into(), 0, true, Some("Timing".into())));
        execute(&mut tx, "UPDATE crm_deals SET stage = 'Qualified'").await;
        assert_eq!(one::<State>(&mut tx, state).await, ("Qualified".into(), 10, false, None), "reopened");
        // a change of anything else is no move
        execute(&mut tx, "UPDATE crm_deals SET name = 'Other'").await;
        let (path, by_us): (Vec<String>, bool) = one(
            &mut tx,
            "SELECT array_agg(coalesce(from_stage, '') || '>' || to_stage ORDER BY id), bool_and(changed_by = auth.uid()) FROM crm_deal_stage_changes",
        )
        .await;
        assert_eq!(path, [">Qualified", "Qualified>Proposal", "Proposal>Negotiation", "Negotiation>Closed Lost", "Closed Lost>Qualified"]);
        assert!(by_us);
    });
}

#[test]
fn an_import_gives_stage_changes_their_real_time() {
    run(async {
        let (_test, mut tx, account) = start().await;
        let long_ago = "2016-10-25T00:00:00Z".parse::<DateTime<Utc>>().unwrap();
        sqlx::query("INSERT INTO crm_deals (startup_id, account_id, name, stage, opened_at, closed_at) VALUES ($1, $2, 'Old', 'Closed Won', $3, $4)")
            .bind(tx.startup())
            .bind(account)
            .bind(long_ago)
            .bind(long_ago + Duration::days(127))
            .execute(tx.conn())
            .await
            .unwrap();
        let (at,): (DateTime<Utc>,) = one(&mut tx, "SELECT changed_at FROM crm_deal_stage_changes").await;
        assert_eq!(at, long_ago + Duration::days(127));
    });
}

#[test]
fn health_is_the_sum_of_its_parts_and_moves_with_events() {
    run(async {
        let (test, mut tx, account) = start().await;
        type Health = (i32, i32, i32, i32, i32, i32);
        let health = format!(
            "SELECT h.recency, h.deals, h.sentiment, h.status_part, h.score, a.health_score FROM crm_accounts a, app.health(a.id) h WHERE a.id = '{account}'"
        );
        assert_eq!(one::<Health>(&mut tx, &health).await, (0, 0, 8, 8, 16, 16), "a new lead");
        log(&mut tx, account, "now() - interval '10 days'").await;
        assert_eq!(one::<Health>(&mut tx, &health).await, (32, 0, 8, 8, 48, 48), "spoken to ten days ago");
        execute(&mut tx, &format!("INSERT INTO crm_deals (startup_id, account_id, name) VALUES ('$S', '{account}', 'Licence')")).await;
        assert_eq!(one::<Health>(&mut tx, &health).await, (32, 15, 8, 8, 63, 63), "an open deal that moves");
        execute(&mut tx, "UPDATE crm_deals SET stage = 'Closed Won'").await;
        execute(&mut tx, "UPDATE crm_accounts SET status = 'Active'").await;
        assert_eq!(one::<Health>(&mut tx, &health).await, (32, 5, 8, 15, 60, 60), "won");
        tx.commit().await.unwrap();
        let mut admin = test.admin().await;
        sqlx::raw_sql("UPDATE crm_interactions SET sentiment = 'Positive'").execute(&mut admin).await.unwrap();
        let sentiment: i32 = sqlx::query_scalar("SELECT h.sentiment FROM crm_accounts a, app.health_of(a.startup_id, a.id) h")
            .fetch_one(&mut admin)
            .await
            .unwrap();
        assert_eq!(sentiment, 15);
    });
}

#[test]
fn logs_cannot_be_changed_even_by_an_administrator() {
    run(async {
        let (test, mut tx, account) = start().await;
        log(&mut tx, account, "now()").await;
        execute(&mut tx, &format!("INSERT INTO crm_deals (startup_id, account_id, name) VALUES ('$S', '{account}', 'Licence')")).await;
        tx.commit().await.unwrap();
        let mut admin = test.admin().await;
        let mut code = async |sql: &'static str| {
            sqlx::raw_sql(sql).execute(&mut admin).await.err().map(|e| e.as_database_error().unwrap().code().unwrap().into_owned())
        };
        assert_eq!(code("UPDATE crm_interactions SET summary = 'Other'").await.as_deref(), Some("42501"));
        assert_eq!(code("UPDATE crm_deal_stage_changes SET to_stage = 'Proposal'").await.as_deref(), Some("42501"));
        assert_eq!(code("UPDATE crm_interactions SET sentiment = 'Neutral'").await, None, "filled once");
        assert_eq!(code("UPDATE crm_interactions SET sentiment = 'Positive'").await.as_deref(), Some("42501"), "not twice");
    });
}

#[test]
fn a_new_contact_is_queued_for_research_and_a_crowd_is_not() {
    run(async {
        let (_test, mut tx, account) = start().await;
        let crowd =
            |n: u32| format!("INSERT INTO crm_contacts (startup_id, account_id) SELECT '$S', '{account}' FROM generate_series(1, {n})");
        execute(&mut tx, &crowd(21)).await;
        assert_eq!(one::<(i64,)>(&mut tx, "SELECT count(*) FROM jobs").await.0, 0);
        execute(&mut tx, &crowd(20)).await;
        assert_eq!(one::<(i64,)>(&mut tx, "SELECT count(*) FROM jobs WHERE kind = 'enrich' AND requested_by = auth.uid()").await.0, 20);
    });
}

#[test]
fn the_bin_is_emptied_with_all_that_hung_off_it() {
    run(async {
        let (test, mut tx, account) = start().await;
        let kept = add_account(&mut tx, "Kept").await;
        for id in [account, kept] {
            execute(&mut tx, &format!("INSERT INTO crm_contacts (startup_id, account_id) VALUES ('$S', '{id}')")).await;
            execute(&mut tx, &format!("INSERT INTO crm_deals (startup_id, account_id, name) VALUES ('$S', '{id}', 'Licence')")).await;
            execute(
                &mut tx,
                &format!("INSERT INTO crm_interactions (startup_id, account_id, author_id, type, contact_id, deal_id) SELECT '$S', '{id}', '$U', 'Call', c.id, d.id FROM crm_contacts c, crm_deals d WHERE c.account_id = '{id}' AND d.account_id = '{id}'"),
            )
            .await;
        }
        tx.commit().await.unwrap();
        let mut admin = test.admin().await;
        // an account, and from the other one a contact and a deal by themselves
        sqlx::query("UPDATE crm_accounts SET deleted_at = now() - interval '31 days' WHERE id = $1")
            .bind(account)
            .execute(&mut admin)
            .await
            .unwrap();
        sqlx::query("UPDATE crm_contacts SET deleted_at = now() - interval '31 days' WHERE account_id = $1")
            .bind(kept)
            .execute(&mut admin)
            .await
            .unwrap();
        sqlx::query("UPDATE crm_deals SET deleted_at = now() - interval '31 days' WHERE account_id = $1")
            .bind(kept)
            .execute(&mut admin)
            .await
            .unwrap();
        let purged: i64 =
            sqlx::query_scalar("SELECT app.purge_bin('30 days')").fetch_one(&mut test.connect("prospector_worker").await).await.unwrap();
        assert_eq!(purged, 1);
        let left: (i64, i64, i64, i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM crm_accounts), (SELECT count(*) FROM crm_contacts), (SELECT count(*) FROM crm_deals), (SELECT count(*) FROM crm_deal_stage_changes), (SELECT count(*) FROM crm_interactions WHERE contact_id IS NULL AND deal_id IS NULL)",
        )
        .fetch_one(&mut admin)
        .await
        .unwrap();
        assert_eq!(left, (1, 0, 0, 0, 1));
    });
}
