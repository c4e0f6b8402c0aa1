//! A feed over HTTP: whoever has its address reads it, without a session.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use tower_sessions::session::Id;

use super::store::Calendar;
use super::{ics, store};
use crate::error::AppError;
use crate::server::context::AppState;

/// How long a calendar may keep the file before it asks again.
const KEPT: &str = "private, max-age=300";

/// Answers with the calendar of the address's token. Every address that opens none is the same 404.
pub async fn file(State(state): State<AppState>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    match read(&state, &name).await {
        Ok(calendar) => answer(&ics::file(&calendar, |path| state.address(&headers, path)), &headers),
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, UNLISTED, [(header::CACHE_CONTROL, "no-store")], error.to_string()).into_response()
        }
    }
}

/// No search engine lists an address that somebody lost.
const UNLISTED: [(HeaderName, &str); 1] = [(HeaderName::from_static("x-robots-tag"), "noindex")];

async fn read(state: &AppState, name: &str) -> Result<Calendar, AppError> {
    let token: Id = name.strip_suffix(".ics").and_then(|token| token.parse().ok()).ok_or(AppError::NotFound)?;
    let mut stranger = state.db.person(None).await?;
    let calendar = store::calendar(&mut stranger, &token.to_string()).await?;
    stranger.commit().await?;
    Ok(calendar)
}

fn answer(file: &str, headers: &HeaderMap) -> Response {
    // weak: the same file may go out compressed
    let tag = format!("W/\"{}\"", Sha256::digest(file.as_bytes())[..12].iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|tags| tags.as_bytes() == tag.as_bytes());
    let about = [(header::CACHE_CONTROL, KEPT.to_string()), (header::ETAG, tag)];
    if known {
        return (StatusCode::NOT_MODIFIED, UNLISTED, about).into_response();
    }
    let kind =
        [(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::CONTENT_DISPOSITION, "inline; filename=\"expected-closes.ics\"")];
    (UNLISTED, about, kind, file.to_string()).into_response()
}
