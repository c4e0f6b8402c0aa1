//! Server functions of the queue.

use leptos::prelude::*;

use crate::error::AppError;

/// Does something to a job: `act` is `retry` or `cancel`.
///
/// # Errors
/// [`AppError::NotFound`] alike for an id that is missing, malformed, or another startup's; [`AppError::Forbidden`] for viewers.
#[server(endpoint = "jobs/act")]
pub async fn act_on_job(job: String, act: String, #[server(default)] back: String) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.edits()?;
    let job = job.parse().map_err(|_| AppError::NotFound)?;
    match act.as_str() {
        "retry" => super::store::retry(&mut tx, job).await?,
        "cancel" => super::store::cancel(&mut tx, job).await?,
        _ => return Err(AppError::invalid("", "Choose what to do.")),
    }
    tx.commit().await?;
    context::go_on(&back);
    Ok(())
}

/// Takes all research out of the queue that nobody waits for.
///
/// # Errors
/// [`AppError::Forbidden`] for viewers.
#[server(endpoint = "jobs/clear")]
pub async fn clear_research(#[server(default)] startup: String) -> Result<i32, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.edits()?;
    tx.is_in(&startup)?;
    let cancelled = super::store::cancel_many(&mut tx).await?;
    tx.commit().await?;
    leptos_axum::redirect("/settings/research");
    Ok(cancelled)
}
