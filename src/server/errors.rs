//! From causes to what people may know of them.

use uuid::Uuid;

use crate::error::AppError;

/// Logs a cause and hands out only its reference.
pub fn internal(cause: impl std::fmt::Display) -> AppError {
    let id = Uuid::new_v4().simple().to_string()[..8].to_string();
    tracing::error!(id, "request failed ({id}): {cause}");
    AppError::Internal { id }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            // 42501: row-level security or a missing grant said no
            sqlx::Error::Database(db) if db.code().as_deref() == Some("42501") => Self::Forbidden,
            // a parent that is not there, or not this tenant's
            sqlx::Error::Database(db) if db.code().as_deref() == Some("23503") => Self::NotFound,
            // class 22: a value that the column's type cannot hold; it may be somebody's text and stays out of the log
            sqlx::Error::Database(db) if db.code().is_some_and(|c| c.starts_with("22")) => {
                Self::invalid("", "Something in it could not be understood.")
            }
            // somebody else holds the row for longer than a request waits, or both hold what the other needs
            sqlx::Error::Database(db) if db.code().is_some_and(|c| ["55P03", "40P01", "40001"].contains(&&*c)) => Self::Busy,
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::PoolTimedOut => Self::Busy,
            _ => internal(error),
        }
    }
}
