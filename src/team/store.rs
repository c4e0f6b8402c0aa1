//! People in the database.

use super::{Colleague, StartupName};
use crate::error::AppError;
use crate::server::db::TenantTx;

/// The startup's members, by name.
///
/// # Errors
/// When the database cannot be reached.
pub async fn colleagues(tx: &mut TenantTx) -> Result<Vec<Colleague>, AppError> {
    Ok(sqlx::query_as(
        "SELECT u.id, u.name FROM team_members m JOIN auth.users u ON u.id = m.user_id WHERE m.startup_id = $1 ORDER BY lower(u.name), u.id",
    )
    .bind(tx.startup())
    .fetch_all(tx.conn())
    .await?)
}

/// The startups of the signed-in person, by name.
///
/// # Errors
/// When the database cannot be reached.
pub async fn my_startups(tx: &mut TenantTx) -> Result<Vec<StartupName>, AppError> {
    Ok(sqlx::query_as("SELECT slug, name FROM app.my_startups() ORDER BY lower(name), slug").fetch_all(tx.conn()).await?)
}
