//! Selected accounts as a CSV file.

use axum::extract::{RawForm, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use tower_sessions::Session;

use super::edit::parse_ids;
use super::store;
use crate::error::AppError;
use crate::server::context::AppState;
use crate::server::errors::internal;

const HEAD: [&str; 10] = ["name", "domain", "kind", "status", "segment", "mrr", "health", "owner", "last_contact", "created"];

/// Answers the list's form with a file of the accounts that are ticked.
pub async fn export(state: State<AppState>, session: Session, form: RawForm) -> Response {
    match file(&state, &session, &form.0).await {
        Ok(file) => {
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"accounts.csv\""),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, file).into_response()
        }
        Err(error) => {
            let status = axum::http::StatusCode::from_u16(error.status()).unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
            (status, error.to_string()).into_response()
        }
    }
}

async fn file(state: &AppState, session: &Session, form: &[u8]) -> Result<Vec<u8>, AppError> {
    let token = session.id().ok_or(AppError::SignedOut)?;
    let mut tx = state.db.tenant(&token.to_string()).await?;
    tx.edits()?;
    let ids: Vec<String> = form_urlencoded::parse(form).filter(|(name, _)| name == "ids[]").map(|(_, id)| id.into_owned()).collect();
    let rows = store::export(&mut tx, &parse_ids(&ids)?).await?;
    tx.commit().await?;
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(HEAD).map_err(internal)?;
    for row in rows {
        let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let (domain, owner) = (row.domain.unwrap_or_default(), row.owner.unwrap_or_default());
        let (contact, created) = (row.last_contact.map(time).unwrap_or_default(), time(row.created_at));
        let cells = [row.name, domain, row.kind, row.status, row.segment, row.mrr, row.health.to_string(), owner, contact, created];
        csv.write_record(cells.map(harmless)).map_err(internal)?;
    }
    csv.into_inner().map_err(internal)
}

/// A spreadsheet would run a cell that begins so as a formula; behind an apostrophe it is text. Source: OWASP, CSV injection.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    #[test]
    fn formulas_become_text() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(super::harmless(cell.into()), format!("'{cell}"));
        }
        for cell in ["", "Konex", "1200.00", "a=b", "2026-11-23T00:00:00Z"] {
            assert_eq!(super::harmless(cell.into()), cell);
        }
    }
}
