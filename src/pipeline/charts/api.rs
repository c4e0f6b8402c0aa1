//! The charts, read again by a live page.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;
use crate::pipeline::filter::DealFilter;

/// The charts of the filter's deals, as HTML that the server made.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "pipeline/charts", input = Json)]
pub async fn pipeline_charts(filter: DealFilter) -> Result<String, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let charts = crate::pipeline::store::charts::charts(&mut tx, &filter.normal()).await?;
    let html = super::html(&charts, &tx.viewer().currency);
    tx.commit().await?;
    Ok(html)
}
