//! Statements before there is a session. They call functions of schema `auth`; no table is in reach.

use sqlx::PgConnection;
use uuid::Uuid;

use super::Email;
use crate::error::AppError;

/// What a sign-in is checked against.
#[derive(sqlx::FromRow)]
pub struct Credentials {
    pub user_id: Uuid,
    pub password_hash: String,
}

/// The credentials kept for an e-mail address.
///
/// # Errors
/// When the database cannot be reached.
pub async fn credentials(conn: &mut PgConnection, email: &Email) -> Result<Option<Credentials>, AppError> {
    Ok(sqlx::query_as("SELECT user_id, password_hash FROM auth.credentials($1)").bind(email.as_str()).fetch_optional(conn).await?)
}

/// Makes a person and their startup; returns the person's id.
///
/// # Errors
/// [`AppError::Invalid`] when the e-mail address has an account already.
pub async fn sign_up(conn: &mut PgConnection, name: &str, email: &Email, password_hash: &str, startup: &str) -> Result<Uuid, AppError> {
    let user = Uuid::now_v7();
    sqlx::query("SELECT auth.sign_up($1, $2, $3, $4, $5, $6, NULL)")
        .bind(user)
        .bind(email.as_str())
        .bind(name)
        .bind(password_hash)
        .bind(Uuid::now_v7())
        .bind(startup)
        .execute(conn)
        .await
        .map_err(|error| match &error {
            sqlx::Error::Database(db) if db.constraint() == Some("users_email_key") => {
                AppError::invalid("email", "This e-mail address has an account already. Sign in instead.")
            }
            _ => error.into(),
        })?;
    Ok(user)
}

/// Gives a person a new password and closes all their sessions. For the operator: only an administrator may call it.
///
/// # Errors
/// [`AppError::NotFound`] when nobody has the address.
pub async fn reset_password(administrator: &mut PgConnection, email: &Email, password_hash: &str) -> Result<(), AppError> {
    let found: bool =
        sqlx::query_scalar("SELECT auth.reset_password($1, $2)").bind(email.as_str()).bind(password_hash).fetch_one(administrator).await?;
    if found { Ok(()) } else { Err(AppError::NotFound) }
}
