//! Server functions of the account list and panel.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::query::ListQuery;
use super::{AccountDetail, AccountPage};
use crate::error::AppError;

/// A page of the startup's accounts.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "accounts/list", input = Json)]
pub async fn list_accounts(query: ListQuery) -> Result<AccountPage, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let page = super::store::list(&mut tx, &query).await?;
    tx.commit().await?;
    Ok(page)
}

/// An account with its deals and interactions.
///
/// # Errors
/// [`AppError::NotFound`] alike for an id that is missing, malformed, or another startup's.
#[server(endpoint = "accounts/get", input = Json)]
pub async fn get_account(id: String) -> Result<AccountDetail, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let account = super::store::get(&mut tx, id).await?;
    let deals = crate::deals::store::of_account(&mut tx, id).await?;
    let interactions = crate::interactions::store::of_account(&mut tx, id).await?;
    let currency = tx.viewer().currency.clone();
    tx.commit().await?;
    Ok(AccountDetail { account, deals, interactions, currency, now: chrono::Utc::now() })
}

/// Puts the sample accounts into the bin, with what hangs off them.
///
/// # Errors
/// [`AppError::Forbidden`] for a role that may not delete.
#[server(endpoint = "accounts/remove-sample")]
pub async fn remove_sample() -> Result<u64, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    if !tx.viewer().role.manages() {
        return Err(AppError::Forbidden);
    }
    let removed = super::store::bin_sample(&mut tx).await?;
    tx.commit().await?;
    Ok(removed)
}
