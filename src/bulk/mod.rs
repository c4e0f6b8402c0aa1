//! A startup of 200,000 accounts, for looking at plans and for tests of them.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::auth::{Email, store};
use crate::error::AppError;
use crate::server::db::Db;
use crate::server::password;

/// Sign-in of the startup's owner.
pub const EMAIL: &str = "bulk@prospector.example";

/// Makes the startup with `accounts` accounts. The administrator must be a superuser: triggers are off meanwhile.
///
/// # Errors
/// When it is there already, or the database refuses.
pub async fn make(db: &Db, administrator: &mut PgConnection, accounts: u32) -> Result<(), AppError> {
    let hash = password::hash(crate::demo::PASSWORD.into()).await?;
    let mut tx = db.auth().await?;
    let owner = store::sign_up(&mut tx, "Bulk Owner", &Email::parse(EMAIL)?, &hash, "Bulk").await?;
    tx.commit().await?;
    let startup: Uuid =
        sqlx::query_scalar("SELECT startup_id FROM team_members WHERE user_id = $1").bind(owner).fetch_one(&mut *administrator).await?;
    let mut tx = administrator.begin().await?;
    sqlx::raw_sql("SET LOCAL session_replication_role = replica").execute(&mut *tx).await?;
    let script = include_str!("bulk.sql")
        .replace("$1", &format!("'{startup}'::uuid"))
        .replace("$2", &format!("'{owner}'::uuid"))
        .replace("$3", &accounts.to_string());
    sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut *tx).await?;
    tx.commit().await?;
    sqlx::raw_sql("VACUUM ANALYZE").execute(administrator).await?;
    Ok(())
}
