//! Server functions of the Leads view.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::LeadPage;
use crate::accounts::query::ListQuery;
use crate::error::AppError;

/// A page of accounts by priority.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "scoring/leads", input = Json)]
pub async fn list_leads(query: ListQuery) -> Result<LeadPage, AppError> {
    use crate::scoring::store;
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let page = crate::accounts::store::list(&mut tx, &super::by_priority(&query.normal())).await?;
    let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
    let leads = store::leads(&mut tx, &ids).await?;
    tx.commit().await?;
    Ok(LeadPage { page, leads })
}
