//! Brings the schema up to date. `app.schema_version()`, which every migration replaces, is the only record of what a
//! database has, so that one made by hand with psql and one made here are the same.

use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection};

/// The files in `migrations/`, compiled in.
static MIGRATIONS: Migrator = sqlx::migrate!();

/// Any number, the same for every server: one migrates at a time.
const LOCK: i64 = 0x0070_726f_7370;

/// Why a database does not fit this program.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("the database's schema {0} is newer than this program; start the newer program")]
    Newer(i64),
    #[error(
        "the database's schema is {found}, this program needs {needed}; set DATABASE_OWNER_URL, or run the files in migrations/ as an administrator"
    )]
    Older { found: i64, needed: i64 },
    #[error("migration {0} did not set app.schema_version()")]
    Unmarked(i64),
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

/// The version that this program needs.
pub fn newest() -> i64 {
    MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0)
}

/// The version that a database has; 0 for an empty one.
pub async fn version(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    // one statement that also works where the function is not there yet
    let known: bool = sqlx::query_scalar("SELECT to_regprocedure('app.schema_version()') IS NOT NULL").fetch_one(&mut *conn).await?;
    if known { sqlx::query_scalar("SELECT app.schema_version()").fetch_one(conn).await } else { Ok(0) }
}

/// Refuses a database that is older or newer than this program.
pub async fn check(conn: &mut PgConnection) -> Result<(), MigrateError> {
    match (version(conn).await?, newest()) {
        (found, needed) if found < needed => Err(MigrateError::Older { found, needed }),
        (found, needed) if found > needed => Err(MigrateError::Newer(found)),
        _ => Ok(()),
    }
}

/// Runs what is missing, each file in a transaction of its own, as an administrator. Returns how many ran.
pub async fn run(conn: &mut PgConnection) -> Result<usize, MigrateError> {
    sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut *conn).await?;
    let ran = run_missing(conn).await;
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(LOCK).execute(conn).await?;
    ran
}

async fn run_missing(conn: &mut PgConnection) -> Result<usize, MigrateError> {
    let found = version(conn).await?;
    if found > newest() {
        return Err(MigrateError::Newer(found));
    }
    let mut ran = 0;
    for migration in MIGRATIONS.iter().filter(|m| m.version > found) {
        let mut tx = conn.begin().await?;
        sqlx::raw_sql(migration.sql.clone()).execute(&mut *tx).await?;
        if version(&mut tx).await? != migration.version {
            return Err(MigrateError::Unmarked(migration.version));
        }
        tx.commit().await?;
        ran += 1;
    }
    Ok(ran)
}
