//! Server functions of the page of keys.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::KeyRoom;
use crate::error::AppError;

/// The keys in use. `link` is the token of one that was just made: shown to its maker alone.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "scoring/keys", input = Json)]
pub async fn read_keys(#[server(default)] link: Option<String>) -> Result<KeyRoom, AppError> {
    use crate::scoring::store;
    use crate::server::{context, session};
    let mut tx = context::tenant().await?;
    let keys = store::keys(&mut tx).await?;
    let made = match link {
        Some(token) if store::is_my_key(&mut tx, &session::token_hash(&token)).await? => {
            Some(context::address(&format!("/e/{token}")).await?)
        }
        _ => None,
    };
    let startup = tx.startup();
    tx.commit().await?;
    Ok(KeyRoom { startup, keys, made })
}

/// Makes a key and leads to its address.
///
/// # Errors
/// [`AppError::Forbidden`] for editors and viewers.
#[server(endpoint = "scoring/keys/make")]
pub async fn make_key(#[server(default)] startup: String) -> Result<(), AppError> {
    use crate::server::{context, session};
    let mut tx = context::tenant().await?;
    tx.manages()?;
    tx.is_in(&startup)?;
    let token = tower_sessions::session::Id::default().to_string();
    crate::scoring::store::add_key(&mut tx, &session::token_hash(&token)).await?;
    tx.commit().await?;
    leptos_axum::redirect(&format!("/settings/events?link={token}"));
    Ok(())
}

/// Takes a key back: what is sent with it is refused from now on.
///
/// # Errors
/// [`AppError::NotFound`] for one that is gone or another startup's, [`AppError::Forbidden`] for editors and viewers.
#[server(endpoint = "scoring/keys/revoke")]
pub async fn revoke_key(#[server(default)] key: String) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.manages()?;
    crate::scoring::store::revoke_key(&mut tx, key.parse().map_err(|_| AppError::NotFound)?).await?;
    tx.commit().await?;
    leptos_axum::redirect("/settings/events");
    Ok(())
}
