//! Server functions of the log.

use leptos::prelude::*;

use super::LogEntry;
use crate::error::AppError;

/// Logs an interaction with an account.
///
/// # Errors
/// [`AppError::Invalid`] with the field that has to change, [`AppError::Forbidden`] for viewers.
#[server(endpoint = "interactions/log")]
pub async fn log_interaction(
    account_id: String,
    #[server(default)] back: String,
    #[server(flatten)] entry: LogEntry,
) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let logging = async {
        tx.edits()?;
        let account = account_id.parse().map_err(|_| AppError::NotFound)?;
        super::store::log(&mut tx, account, &entry.parse()?).await?;
        tx.commit().await
    };
    logging.await.map_err(|e: AppError| e.with_texts(entry.texts()))?;
    context::go_on(&back);
    Ok(())
}
