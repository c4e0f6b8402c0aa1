//! What a link opens, in the database. No session is needed to look; the link's token is what is asked with.

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Invited, ResetFor};
use crate::auth::Email;
use crate::error::AppError;

/// What an invitation says to the person of the transaction, or to a stranger.
///
/// # Errors
/// [`AppError::NotFound`] for one that is used, taken back, expired or unknown.
pub async fn invitation(person: &mut PgConnection, token: &str) -> Result<Invited, AppError> {
    let found: Option<(String, String, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT i.startup, i.role, i.member_of, (SELECT u.name FROM auth.users u WHERE u.id = auth.uid()) FROM app.peek_invitation($1) i",
    )
    .bind(token)
    .fetch_optional(person)
    .await?;
    let (startup, role, member_of, signed_in) = found.ok_or(AppError::NotFound)?;
    Ok(Invited { startup, role: role.try_into().map_err(crate::server::errors::internal)?, signed_in, member_of })
}

/// Makes a person and their membership at once; returns person and startup.
///
/// # Errors
/// [`AppError::NotFound`] when the invitation leads nowhere, [`AppError::Invalid`] when the address has an account already.
pub async fn join(
    auth: &mut PgConnection,
    name: &str,
    email: &Email,
    password_hash: &str,
    token_hash: &[u8],
) -> Result<(Uuid, Uuid), AppError> {
    let user = Uuid::now_v7();
    let startup = sqlx::query_scalar("SELECT auth.join($1, $2, $3, $4, $5)")
        .bind(user)
        .bind(email.as_str())
        .bind(name)
        .bind(password_hash)
        .bind(token_hash)
        .fetch_one(auth)
        .await
        .map_err(|error| match &error {
            sqlx::Error::Database(db) if db.constraint() == Some("users_email_key") => {
                AppError::invalid("email", "This e-mail address has an account already. Sign in instead.")
            }
            // no such invitation
            sqlx::Error::Database(db) if db.code().as_deref() == Some("P0002") => AppError::NotFound,
            _ => error.into(),
        })?;
    Ok((user, startup))
}

/// Whose password a link sets.
///
/// # Errors
/// [`AppError::NotFound`] for one that may not be used, or not any more.
pub async fn reset(auth: &mut PgConnection, token_hash: &[u8]) -> Result<ResetFor, AppError> {
    let found = sqlx::query_as("SELECT name, email FROM auth.peek_reset($1)").bind(token_hash).fetch_optional(auth).await?;
    found.ok_or(AppError::NotFound)
}

/// Sets the password that a link is for, and closes all the person's sessions.
///
/// # Errors
/// [`AppError::NotFound`] for a link that may not be used, or not any more.
pub async fn use_reset(auth: &mut PgConnection, token_hash: &[u8], password_hash: &str) -> Result<(), AppError> {
    let done: bool = sqlx::query_scalar("SELECT auth.use_reset($1, $2)").bind(token_hash).bind(password_hash).fetch_one(auth).await?;
    if done { Ok(()) } else { Err(AppError::NotFound) }
}
