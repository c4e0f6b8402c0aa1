//! What a server function knows of the request it answers.

use leptos::prelude::expect_context;
use tower_sessions::Session;

use super::db::{Db, TenantTx};
use super::errors::internal;
use crate::error::AppError;

/// What every handler shares.
#[derive(Clone)]
pub struct AppState {
    pub db: Db,
    pub leptos: leptos::prelude::LeptosOptions,
    /// Whether people come over https.
    pub secure: bool,
}

impl axum::extract::FromRef<AppState> for leptos::prelude::LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

/// The database.
pub fn db() -> Db {
    expect_context::<AppState>().db
}

/// The request's session, not loaded.
///
/// # Errors
/// Outside a request.
pub async fn session() -> Result<Session, AppError> {
    leptos_axum::extract::<Session>().await.map_err(internal)
}

/// The signed-in person's transaction.
///
/// # Errors
/// [`AppError::SignedOut`] without a valid session.
pub async fn tenant() -> Result<TenantTx, AppError> {
    // the cookie's token, its 22 characters checked by the session layer
    let token = session().await?.id().ok_or(AppError::SignedOut)?;
    db().tenant(&token.to_string()).await
}
