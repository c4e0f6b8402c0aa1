//! What a server function knows of the request it answers.

use std::future::Future;

use axum::http::{StatusCode, header, request::Parts};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
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

/// Runs a server function's work and gives a failure its HTTP status. A form sent without JavaScript (it accepts HTML)
/// is left at its redirect: a status set here would overwrite it and show the browser bare JSON.
///
/// # Errors
/// Those of the work.
pub async fn answer<T>(work: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    work.await.inspect_err(give_status)
}

/// Gives the answer under way an error's status.
pub fn give_status(error: &AppError) {
    if !wants_html()
        && let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(error.status()))
    {
        response.set_status(status);
    }
}

fn wants_html() -> bool {
    use_context::<Parts>()
        .is_some_and(|parts| parts.headers.get(header::ACCEPT).is_some_and(|v| v.to_str().is_ok_and(|v| v.contains("text/html"))))
}
