//! Scoring in the database: what it reads and writes as the worker, whom it keeps out, and how long it takes.

mod ingest;
mod leads;
mod panel;
mod profile;
mod speed;

use crate::harness::{Person, TestDb, token};
use prospector::server::config::Addresses;
use prospector::server::db::Db;
use uuid::Uuid;

/// The database as the worker reaches it, and the token of a claimed scoring job of `startup`, for `asker`.
pub struct Worker {
    pub db: Db,
    pub token: String,
}

impl Worker {
    pub async fn new(test: &TestDb, startup: Uuid, asker: &Person) -> Self {
        let mut admin = test.admin().await;
        // any subject will do: the session of the job is what is wanted
        sqlx::query("SELECT app.enqueue($1, 'score', ARRAY[gen_random_uuid()], ARRAY[NULL::uuid], $2, 0)")
            .bind(startup)
            .bind(asker.id)
            .execute(&mut admin)
            .await
            .unwrap();
        let token = token();
        let mut worker = test.connect("prospector_worker").await;
        let claimed: Uuid =
            sqlx::query_scalar("SELECT startup_id FROM app.claim_jobs(sha256(convert_to($1, 'UTF8')), '10 minutes', ARRAY['score'])")
                .bind(&token)
                .fetch_one(&mut worker)
                .await
                .unwrap();
        assert_eq!(claimed, startup);
        let addresses =
            Addresses { app: test.options.clone().username("prospector_worker"), ..Addresses::of(&test.options, "prospector_admin") };
        Self { db: Db::open(&addresses).await.unwrap(), token }
    }
}
