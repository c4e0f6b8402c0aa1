//! Server functions of the log.

use leptos::prelude::*;

use crate::error::AppError;

/// Logs an interaction with an account, happening now.
///
/// # Errors
/// [`AppError::Invalid`] with the field that has to change, [`AppError::Forbidden`] for viewers.
#[server(endpoint = "interactions/log")]
pub async fn log_interaction(
    account_id: String,
    kind: String,
    #[server(default)] direction: String,
    summary: String,
) -> Result<(), AppError> {
    use crate::server::context;
    let typed = [("kind", kind.as_str()), ("direction", direction.as_str()), ("summary", summary.as_str())];
    let mut tx = context::tenant().await?;
    let new = super::NewInteraction::parse(&account_id, &kind, &direction, &summary).map_err(|e| e.with_typed(&typed))?;
    super::store::log(&mut tx, &new).await?;
    tx.commit().await
}
