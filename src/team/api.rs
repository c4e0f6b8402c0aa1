//! Server functions of people and roles.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Workspace;
use crate::error::AppError;

/// Who is signed in, in which startup, with whom.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "team/workspace", input = Json)]
pub async fn read_workspace() -> Result<Workspace, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let startups = super::store::my_startups(&mut tx).await?;
    let colleagues = super::store::colleagues(&mut tx).await?;
    let viewer = tx.viewer().clone();
    tx.commit().await?;
    Ok(Workspace { viewer, startups, colleagues })
}
