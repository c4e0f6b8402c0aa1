//! What open boards are told: at once, by id, of their own startup only, and nothing after a membership has ended.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::http::StatusCode;
use chrono::Utc;
use futures::StreamExt;
use sqlx::AssertSqlSafe;
use tokio::time::timeout;
use uuid::Uuid;

use crate::harness::{App, Person, Team, add_account, run};

/// A browser's end of a stream.
struct Ear {
    body: BodyDataStream,
    heard: String,
}

impl Ear {
    async fn open(app: &App, person: &Person, since: &str) -> Self {
        let (status, body) = app.client(person).stream(&format!("/live{since}")).await;
        assert_eq!(status, StatusCode::OK);
        Self { body, heard: String::new() }
    }

    /// The next event's data; none when the stream has ended or nothing came for a second.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((event, rest)) = self.heard.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: ").map(str::to_string));
                self.heard = rest.to_string();
                if data.is_some() {
                    return data;
                }
                continue;
            }
            let chunk = timeout(Duration::from_secs(1), self.body.next()).await.ok()??.ok()?;
            self.heard.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// Whether the stream has ended.
    async fn is_over(&mut self) -> bool {
        loop {
            match timeout(Duration::from_secs(5), self.body.next()).await {
                Ok(None) => return true,
                Ok(Some(_)) => {}
                Err(_) => return false,
            }
        }
    }
}

fn now() -> String {
    format!("?since={}", Utc::now().timestamp_micros())
}

async fn add_deal(app: &App, person: &Person) -> Uuid {
    let mut tx = app.test.db.tenant(&person.token).await.unwrap();
    let account = add_account(&mut tx, "Konex").await;
    let startup = tx.startup();
    let id = sqlx::query_scalar("INSERT INTO crm_deals (startup_id, account_id, name) VALUES ($1, $2, 'Licence') RETURNING id")
        .bind(startup)
        .bind(account)
        .fetch_one(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn move_deal(app: &App, person: &Person, deal: Uuid, stage: &str) {
    let mut tx = app.test.db.tenant(&person.token).await.unwrap();
    let done = sqlx::query("UPDATE crm_deals SET stage = $2 WHERE id = $1").bind(deal).bind(stage).execute(tx.conn()).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
    tx.commit().await.unwrap();
}

/// Long enough that what happened before is not caught up on.
async fn settle(app: &App) {
    let mut admin = app.test.admin().await;
    let script = "ALTER TABLE crm_deals DISABLE TRIGGER USER; UPDATE crm_deals SET updated_at = now() - interval '1 minute'; ALTER TABLE crm_deals ENABLE TRIGGER USER";
    sqlx::raw_sql(AssertSqlSafe(script.to_string())).execute(&mut admin).await.unwrap();
}

#[test]
fn a_move_is_told_to_its_startup_and_to_no_other() {
    run(async {
        let app = App::new().await;
        let (team, other) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let (ours, theirs) = (add_deal(&app, &team.owner).await, add_deal(&app, &other.owner).await);
        settle(&app).await;
        let mut editor = Ear::open(&app, &team.editor, &now()).await;
        let mut viewer = Ear::open(&app, &team.viewer, &now()).await;
        let mut stranger = Ear::open(&app, &other.owner, &now()).await;
        move_deal(&app, &team.owner, ours, "Proposal").await;
        let told = format!("[[\"{ours}\",2]]");
        assert_eq!(editor.next().await.as_ref(), Some(&told));
        assert_eq!(viewer.next().await.as_ref(), Some(&told));
        // what they hear next is their own: nothing of ours came before
        move_deal(&app, &other.owner, theirs, "Negotiation").await;
        assert_eq!(stranger.next().await, Some(format!("[[\"{theirs}\",2]]")));
        assert_eq!(editor.next().await, None);
        for odd in ["-8334601228800000000", "9223372036854775807", "-250000000000000000"] {
            assert_eq!(Ear::open(&app, &team.viewer, &format!("?since={odd}")).await.next().await.as_deref(), Some("-"), "{odd}");
        }
        let elsewhere = format!("/live?startup={}", other.startup);
        assert_eq!(app.client(&team.editor).stream(&elsewhere).await.0, StatusCode::NOT_FOUND, "a page of another startup hears nothing");
        assert_eq!(app.stranger().stream("/live").await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(app.client(&team.former).stream("/live").await.0, StatusCode::FORBIDDEN);
    });
}

#[test]
fn who_comes_back_hears_what_was_missed() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let deal = add_deal(&app, &team.owner).await;
        settle(&app).await;
        let since = now();
        move_deal(&app, &team.owner, deal, "Proposal").await;
        assert_eq!(Ear::open(&app, &team.viewer, &since).await.next().await, Some(format!("[[\"{deal}\",2]]")));
        // since when is not known, or too long ago to tell one by one: everything
        assert_eq!(Ear::open(&app, &team.viewer, "").await.next().await.as_deref(), Some("-"));
        let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
        let many = "INSERT INTO crm_deals (startup_id, account_id, name) SELECT startup_id, account_id, 'Deal ' || n FROM crm_deals, generate_series(1, 300) n WHERE crm_deals.startup_id = $1 AND crm_deals.id = $2";
        let startup = tx.startup();
        sqlx::query(many).bind(startup).bind(deal).execute(tx.conn()).await.unwrap();
        let mut open = Ear::open(&app, &team.viewer, &since).await;
        assert!(open.next().await.is_some());
        tx.commit().await.unwrap();
        assert_eq!(open.next().await.as_deref(), Some("-"), "a crowd is told as all");
        assert_eq!(Ear::open(&app, &team.viewer, &since).await.next().await.as_deref(), Some("-"));
    });
}

#[test]
fn a_stream_ends_with_the_membership_and_with_the_server() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let deal = add_deal(&app, &team.owner).await;
        settle(&app).await;
        let mut viewer = Ear::open(&app, &team.viewer, &now()).await;
        let mut editor = Ear::open(&app, &team.editor, &now()).await;
        let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
        sqlx::query("SELECT app.set_member_role($1, NULL)").bind(team.viewer.id).execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        move_deal(&app, &team.owner, deal, "Proposal").await;
        assert!(viewer.is_over().await);
        assert!(editor.next().await.is_some());
        app.live.close();
        assert!(editor.is_over().await);
    });
}

#[test]
fn a_lost_listener_is_replaced_and_everybody_reads_again() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let deal = add_deal(&app, &team.owner).await;
        settle(&app).await;
        let mut editor = Ear::open(&app, &team.editor, &now()).await;
        let mut admin = app.test.admin().await;
        let killed: i64 = sqlx::query_scalar(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
        )
        .fetch_one(&mut admin)
        .await
        .unwrap();
        assert_eq!(killed, 1, "one connection listens for all");
        let mut heard = None;
        for _ in 0..5 {
            heard = editor.next().await;
            if heard.is_some() {
                break;
            }
        }
        assert_eq!(heard.as_deref(), Some("-"));
        move_deal(&app, &team.owner, deal, "Proposal").await;
        assert_eq!(editor.next().await, Some(format!("[[\"{deal}\",2]]")));
    });
}
