//! Made-up data: fifty startups, of which the first is the one that is measured.

use prospector::auth::{Email, store};
use prospector::pipeline::filter::DealFilter;
use prospector::server::db::Db;
use prospector::server::session;
use prospector::team::Viewer;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

const STARTUPS: usize = 50;

/// People of the measured startup: each client is one of them.
pub const PEOPLE: usize = 8;

/// The startup that is measured.
pub struct Seeded {
    pub viewer: Viewer,
    /// Of sessions, one for each person.
    pub tokens: Vec<String>,
    pub open_deals: i64,
    pub deals: i64,
}

/// Makes everything in a new database.
pub async fn seed(db: &Db, admin: &mut PgConnection, deals: u32) -> Seeded {
    for n in 0..STARTUPS {
        let mut tx = db.auth().await.unwrap();
        let email = Email::parse(&format!("owner-{n}@bench.example")).unwrap();
        store::sign_up(&mut tx, &format!("Owner {n}"), &email, "no password", &format!("Startup {n}")).await.unwrap();
        tx.commit().await.unwrap();
    }
    let startup: Uuid = sqlx::query_scalar("SELECT id FROM startups ORDER BY created_at, id LIMIT 1").fetch_one(&mut *admin).await.unwrap();
    for n in 1..PEOPLE {
        sqlx::query(
            "WITH u AS (INSERT INTO auth.users (name) VALUES ($2) RETURNING id) INSERT INTO team_members (startup_id, user_id, role) SELECT $1, id, 'editor' FROM u",
        )
        .bind(startup)
        .bind(format!("Editor {n}"))
        .execute(&mut *admin)
        .await
        .unwrap();
    }
    let mut tx = admin.begin().await.unwrap();
    sqlx::raw_sql("SET LOCAL session_replication_role = replica; SET LOCAL work_mem = '256MB'").execute(&mut *tx).await.unwrap();
    let script = include_str!("seed.sql").replace("$DEALS", &deals.to_string());
    sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut *admin).await.unwrap();
    sqlx::raw_sql("CHECKPOINT").execute(&mut *admin).await.unwrap();
    ready(db, admin, startup).await
}

async fn ready(db: &Db, admin: &mut PgConnection, startup: Uuid) -> Seeded {
    let people: Vec<Uuid> = sqlx::query_scalar("SELECT user_id FROM team_members WHERE startup_id = $1 ORDER BY created_at, id")
        .bind(startup)
        .fetch_all(&mut *admin)
        .await
        .unwrap();
    let mut tokens = Vec::new();
    for person in people {
        tokens.push(session::open_brief(db, person, startup).await.unwrap());
    }
    let (deals, open_deals) =
        sqlx::query_as("SELECT (SELECT count(*) FROM crm_deals), count(*) FROM crm_deals WHERE startup_id = $1 AND closed_at IS NULL")
            .bind(startup)
            .fetch_one(admin)
            .await
            .unwrap();
    let mut tx = db.tenant(&tokens[0]).await.unwrap();
    let viewer = tx.viewer().clone();
    let board = prospector::pipeline::store::board::board(&mut tx, &DealFilter::default(), &[]).await.unwrap();
    let counted: i64 = board.columns.iter().filter(|c| !c.stage.is_closed()).map(|c| c.sums.deals).sum();
    assert_eq!(counted, open_deals, "the board counts what is there");
    Seeded { viewer, tokens, open_deals, deals }
}
