//! What a server function knows of the request it answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use tower_sessions::Session;

use super::db::{Db, TenantTx};
use super::errors::internal;
use super::live::Live;
use crate::error::AppError;

/// What every handler shares.
#[derive(Clone)]
pub struct AppState {
    pub db: Db,
    pub live: Live,
    pub leptos: leptos::prelude::LeptosOptions,
    /// Whether people come over https.
    pub secure: bool,
    /// The address that people type, where the operator has said it.
    pub public_url: Option<String>,
    pub research: ResearchMeans,
}

/// What research can be done with.
#[derive(Clone, Debug, Default)]
pub struct ResearchMeans {
    /// Name of the Gemini model, where the operator has connected Gemini.
    pub model: Option<String>,
    /// Domains of sample companies, whose sites this server serves itself.
    pub samples: Arc<BTreeSet<String>>,
}

impl AppState {
    /// The whole address of a page of this site, as whoever sent `headers` reaches it.
    pub fn address(&self, headers: &HeaderMap, path: &str) -> String {
        if let Some(url) = &self.public_url {
            return format!("{}{path}", url.trim_end_matches('/'));
        }
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        format!("{}://{host}{path}", if self.secure { "https" } else { "http" })
    }
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

/// What research can be done with.
pub fn research() -> ResearchMeans {
    expect_context::<AppState>().research
}

/// The request's session, not loaded.
///
/// # Errors
/// Outside a request.
pub async fn session() -> Result<Session, AppError> {
    leptos_axum::extract::<Session>().await.map_err(internal)
}

/// The cookie's token, its 22 characters checked by the session layer.
///
/// # Errors
/// [`AppError::SignedOut`] without one.
pub async fn token() -> Result<String, AppError> {
    Ok(session().await?.id().ok_or(AppError::SignedOut)?.to_string())
}

/// The signed-in person's transaction.
///
/// # Errors
/// [`AppError::SignedOut`] without a valid session.
pub async fn tenant() -> Result<TenantTx, AppError> {
    db().tenant(&token().await?).await
}

/// The transaction of whoever asks, signed in or not, in no startup.
///
/// # Errors
/// When the database cannot be reached.
pub async fn person() -> Result<sqlx::Transaction<'static, sqlx::Postgres>, AppError> {
    let token = session().await?.id().map(|id| id.to_string());
    Ok(db().person(token.as_deref()).await?)
}

/// The whole address of a page of this site, for a person to hand on.
///
/// # Errors
/// Outside a request.
pub async fn address(path: &str) -> Result<String, AppError> {
    let headers: HeaderMap = leptos_axum::extract().await.map_err(internal)?;
    Ok(expect_context::<AppState>().address(&headers, path))
}

/// Leads a form that was sent without JavaScript on to `back`, an address of this site. A live page goes on by itself.
pub fn go_on(back: &str) {
    let plain = use_context::<Parts>().is_some_and(|parts| {
        parts.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
    });
    if plain && !back.is_empty() {
        leptos_axum::redirect(crate::auth::local_path(back));
    }
}

/// A cookie of the request.
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let sent = parts.headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = sent.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_string())
}

/// Sets a cookie with the answer.
///
/// # Errors
/// For a text that is none.
pub fn set_cookie(cookie: &str) -> Result<(), AppError> {
    let value = HeaderValue::from_str(cookie).map_err(internal)?;
    expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, value);
    Ok(())
}
