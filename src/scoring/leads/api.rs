//! Server functions of the Leads view.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

#[cfg(feature = "ssr")]
use super::Lead;
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
    let mut found: std::collections::HashMap<_, _> = store::leads(&mut tx, &ids).await?.into_iter().map(|lead| (lead.id, lead)).collect();
    tx.commit().await?;
    // an account may have gone between the two statements: the lines stay beside their rows
    let leads = ids.into_iter().map(|id| found.remove(&id).unwrap_or_else(|| Lead::unknown(id))).collect();
    Ok(LeadPage { page, leads })
}
