//! Server functions of deals.

use leptos::prelude::*;

use super::edit::DealForm;
use crate::error::AppError;

/// Adds a deal to `account_id`, or changes the deal `id` as of its `version`.
///
/// # Errors
/// [`AppError::Invalid`] with the field that has to change, [`AppError::Conflict`] when somebody else changed it meanwhile,
/// [`AppError::Forbidden`] for viewers.
#[server(endpoint = "deals/save")]
pub async fn save_deal(
    account_id: String,
    #[server(default)] id: String,
    #[server(default)] version: i32,
    #[server(default)] was: String,
    #[server(default)] back: String,
    #[server(flatten)] form: DealForm,
) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let saving = async {
        tx.edits()?;
        if id.is_empty() {
            let account = account_id.parse().map_err(|_| AppError::NotFound)?;
            let new = form.parse(tx.viewer().today)?;
            super::store::add(&mut tx, account, &new).await?;
        } else {
            super::store::save(&mut tx, id.parse().map_err(|_| AppError::NotFound)?, version, &was, &form).await?;
        }
        tx.commit().await
    };
    saving.await.map_err(|e: AppError| e.with_texts(crate::edit::carried(form.texts(), version, &was)))?;
    context::go_on(&back);
    Ok(())
}
