//! Google's Search Suggestions of a run: a document of its own for a sandboxed frame, with Google's markup untouched. It runs
//! no script and reaches nothing of the page around it.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower_sessions::Session;
use uuid::Uuid;

use super::store;
use crate::error::AppError;
use crate::server::context::AppState;

const POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// The suggestions of a run, for whoever may see it.
pub async fn frame(State(state): State<AppState>, session: Session, Path((account, run)): Path<(Uuid, Uuid)>) -> Response {
    match read(&state, &session, account, run).await {
        Ok(content) => document(&content),
        Err(error) => StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response(),
    }
}

async fn read(state: &AppState, session: &Session, account: Uuid, run: Uuid) -> Result<String, AppError> {
    let token = session.id().ok_or(AppError::SignedOut)?.to_string();
    let mut tx = state.db.tenant(&token).await?;
    let content = store::suggestions(&mut tx, account, run).await?;
    tx.commit().await?;
    Ok(content)
}

fn document(content: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Google Search Suggestions</title><base target=\"_blank\">{content}"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, page).into_response()
}
