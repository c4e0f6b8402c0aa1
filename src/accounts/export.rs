//! Selected accounts as a CSV file.

use axum::extract::{RawForm, State};
use axum::response::Response;
use tower_sessions::Session;

use super::edit::parse_ids;
use super::store;
use crate::error::AppError;
use crate::server::context::AppState;
use crate::server::csv;
use crate::server::errors::internal;

const HEAD: [&str; 10] = ["name", "domain", "kind", "status", "segment", "mrr", "health", "owner", "last_contact", "created"];

/// Answers the list's form with a file of the accounts that are ticked.
pub async fn export(state: State<AppState>, session: Session, form: RawForm) -> Response {
    match file(&state, &session, &form.0).await {
        Ok(file) => csv::download("accounts.csv", file),
        Err(error) => csv::refusal(&error),
    }
}

async fn file(state: &AppState, session: &Session, form: &[u8]) -> Result<Vec<u8>, AppError> {
    let token = session.id().ok_or(AppError::SignedOut)?;
    let mut tx = state.db.tenant(&token.to_string()).await?;
    tx.edits()?;
    let ids: Vec<String> = form_urlencoded::parse(form).filter(|(name, _)| name == "ids[]").map(|(_, id)| id.into_owned()).collect();
    let rows = store::export(&mut tx, &parse_ids(&ids)?).await?;
    tx.commit().await?;
    let mut file = csv::file(&HEAD)?;
    for row in rows {
        let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let (domain, owner) = (row.domain.unwrap_or_default(), row.owner.unwrap_or_default());
        let (contact, created) = (row.last_contact.map(time).unwrap_or_default(), time(row.created_at));
        let cells = [row.name, domain, row.kind, row.status, row.segment, row.mrr, row.health.to_string(), owner, contact, created];
        csv::line(&mut file, cells)?;
    }
    file.into_inner().map_err(internal)
}
