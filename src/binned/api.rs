//! Server functions of the bin.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Bin;
use crate::error::AppError;

/// What lies in the bin.
///
/// # Errors
/// [`AppError::Forbidden`] for a role that may not delete.
#[server(endpoint = "bin/list", input = Json)]
pub async fn list_bin() -> Result<Bin, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.manages()?;
    let things = super::store::list(&mut tx).await?;
    tx.commit().await?;
    Ok(Bin { things, now: chrono::Utc::now() })
}

/// Puts a thing into the bin: `account`, `contact` or `deal`.
///
/// # Errors
/// [`AppError::Forbidden`] for a role that may not delete, [`AppError::NotFound`] when it is missing or binned already.
#[server(endpoint = "bin/put")]
pub async fn put_away(thing: String, id: String, #[server(default)] back: String) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.manages()?;
    let (thing, id) = (thing.parse().map_err(|()| AppError::NotFound)?, id.parse().map_err(|_| AppError::NotFound)?);
    super::store::put_away(&mut tx, thing, id).await?;
    tx.commit().await?;
    context::go_on(&back);
    Ok(())
}

/// Takes a thing out of the bin: `account`, `contact` or `deal`.
///
/// # Errors
/// [`AppError::Forbidden`] for a role that may not delete, [`AppError::NotFound`] when it is not in the bin.
#[server(endpoint = "bin/restore")]
pub async fn restore(thing: String, id: String, #[server(default)] back: String) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.manages()?;
    let (thing, id) = (thing.parse().map_err(|()| AppError::NotFound)?, id.parse().map_err(|_| AppError::NotFound)?);
    super::store::restore(&mut tx, thing, id).await?;
    tx.commit().await?;
    context::go_on(&back);
    Ok(())
}
