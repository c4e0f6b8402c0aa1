//! People in the database.

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Colleague, Member, OpenInvitation, Role, StartupName};
use crate::error::AppError;
use crate::server::db::TenantTx;

/// Who can own records: the startup's members, by name.
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

/// The startup's members, owners first, then by name.
///
/// # Errors
/// When the database cannot be reached.
pub async fn members(tx: &mut TenantTx) -> Result<Vec<Member>, AppError> {
    Ok(sqlx::query_as(
        "SELECT u.id, u.name, u.email, m.role, m.created_at AS since FROM team_members m JOIN auth.users u ON u.id = m.user_id WHERE m.startup_id = $1
         ORDER BY array_position(ARRAY['owner', 'admin', 'editor', 'viewer'], m.role), lower(u.name), u.id",
    )
    .bind(tx.startup())
    .fetch_all(tx.conn())
    .await?)
}

/// Invitations that somebody may still accept, latest first. One whose sender may no longer invite leads nowhere.
///
/// # Errors
/// When the database cannot be reached.
pub async fn open_invitations(tx: &mut TenantTx) -> Result<Vec<OpenInvitation>, AppError> {
    Ok(sqlx::query_as(
        "SELECT i.id, i.role, u.name AS invited_by, i.expires_at FROM invitations i
         JOIN team_members m ON m.startup_id = i.startup_id AND m.user_id = i.invited_by AND m.role IN ('owner', 'admin') JOIN auth.users u ON u.id = i.invited_by
         WHERE i.startup_id = $1 AND i.used_at IS NULL AND i.expires_at > now() ORDER BY i.created_at DESC, i.id",
    )
    .bind(tx.startup())
    .fetch_all(tx.conn())
    .await?)
}

/// The role that an open invitation of this startup gives.
///
/// # Errors
/// When the database cannot be reached.
pub async fn invitation_role(tx: &mut TenantTx, token_hash: &[u8]) -> Result<Option<Role>, AppError> {
    let role: Option<String> = sqlx::query_scalar(
        "SELECT role FROM invitations WHERE startup_id = $1 AND token_hash = $2 AND used_at IS NULL AND expires_at > now()",
    )
    .bind(tx.startup())
    .bind(token_hash)
    .fetch_optional(tx.conn())
    .await?;
    role.map(|role| role.try_into().map_err(crate::server::errors::internal)).transpose()
}

/// Whom an open reset that the viewer made is for.
///
/// # Errors
/// When the database cannot be reached.
pub async fn my_reset(tx: &mut TenantTx, token_hash: &[u8]) -> Result<Option<String>, AppError> {
    Ok(sqlx::query_scalar("SELECT app.my_reset($1)").bind(token_hash).fetch_one(tx.conn()).await?)
}

/// Writes an invitation, good for seven days.
///
/// # Errors
/// [`AppError::Forbidden`] for those who may not invite.
pub async fn invite(tx: &mut TenantTx, role: Role, token_hash: &[u8]) -> Result<(), AppError> {
    let (startup, me) = (tx.startup(), tx.viewer().user_id);
    sqlx::query("INSERT INTO invitations (startup_id, id, token_hash, role, invited_by) VALUES ($1, $2, $3, $4, $5)")
        .bind(startup)
        .bind(Uuid::now_v7())
        .bind(token_hash)
        .bind(role.as_str())
        .bind(me)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Takes an open invitation back.
///
/// # Errors
/// [`AppError::NotFound`] for one that is used, taken back, or another startup's.
pub async fn revoke(tx: &mut TenantTx, invitation: Uuid) -> Result<(), AppError> {
    let done = sqlx::query("DELETE FROM invitations WHERE startup_id = $1 AND id = $2 AND used_at IS NULL")
        .bind(tx.startup())
        .bind(invitation)
        .execute(tx.conn())
        .await?;
    if done.rows_affected() == 0 { Err(AppError::NotFound) } else { Ok(()) }
}

/// Gives a member another role; without one the membership ends.
///
/// # Errors
/// [`AppError::Forbidden`] where the rules say no, [`AppError::Invalid`] for the last owner.
pub async fn set_role(tx: &mut TenantTx, member: Uuid, role: Option<Role>) -> Result<(), AppError> {
    let done = sqlx::query("SELECT app.set_member_role($1, $2)").bind(member).bind(role.map(Role::as_str)).execute(tx.conn()).await;
    match done {
        Err(sqlx::Error::Database(db)) if db.constraint() == Some("last_owner") => {
            Err(AppError::invalid("role", "A startup keeps an owner. Make somebody else owner first."))
        }
        done => done.map(|_| ()).map_err(AppError::from),
    }
}

/// Writes a link for a new password, good for a day, in place of an older one.
///
/// # Errors
/// [`AppError::Forbidden`] whatever speaks against it.
pub async fn make_reset(tx: &mut TenantTx, member: Uuid, token_hash: &[u8]) -> Result<(), AppError> {
    sqlx::query("SELECT app.make_reset($1, $2)").bind(member).bind(token_hash).execute(tx.conn()).await?;
    Ok(())
}

/// Whether the transaction has a person, and their startup of this slug.
///
/// # Errors
/// When the database cannot be reached.
pub async fn my_startup(person: &mut PgConnection, slug: &str) -> Result<(bool, Option<Uuid>), AppError> {
    Ok(sqlx::query_as("SELECT auth.uid() IS NOT NULL, (SELECT s.startup_id FROM app.my_startups() s WHERE s.slug = $1)")
        .bind(slug)
        .fetch_one(person)
        .await?)
}

/// The name under which the database knows a time zone, whatever its letters' case.
///
/// # Errors
/// When the database cannot be reached.
pub async fn time_zone(tx: &mut TenantTx, said: &str) -> Result<Option<String>, AppError> {
    let known = "SELECT name FROM pg_timezone_names WHERE lower(name) = lower($1) AND name !~ '^(posix|right)/' LIMIT 1";
    Ok(sqlx::query_scalar(known).bind(said).fetch_optional(tx.conn()).await?)
}

/// Changes the startup's name, currency and time zone.
///
/// # Errors
/// [`AppError::Forbidden`] for those who may not.
pub async fn save_settings(tx: &mut TenantTx, name: &str, currency: &str, time_zone: &str) -> Result<(), AppError> {
    let done = sqlx::query(
        "UPDATE startups SET name = $2, settings = settings || jsonb_build_object('currency', $3::text, 'time_zone', $4::text) WHERE id = $1",
    )
    .bind(tx.startup())
    .bind(name)
    .bind(currency)
    .bind(time_zone)
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 { Err(AppError::Forbidden) } else { Ok(()) }
}
