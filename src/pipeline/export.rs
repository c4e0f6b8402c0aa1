//! The deals of a filter as a CSV file, sent while it is read: a startup may have a million.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use futures::stream::unfold;
use leptos_router::location::RequestUrl;
use tower_sessions::Session;

use super::filter::DealFilter;
use super::store::export::{Line, next};
use crate::error::AppError;
use crate::server::context::AppState;
use crate::server::csv::{self, File};
use crate::server::db::TenantTx;
use crate::server::errors::internal;

const HEAD: [&str; 15] = [
    "id",
    "name",
    "account",
    "segment",
    "stage",
    "amount",
    "probability",
    "expected_close",
    "opened",
    "closed",
    "lost_reason",
    "owner",
    "source",
    "ai_score",
    "stage_since",
];

/// Answers with a file of all deals of the address's filter, column by column of the board.
pub async fn export(State(state): State<AppState>, session: Session, uri: Uri) -> Response {
    // read as the router reads it
    let asked = RequestUrl::new(&uri.to_string()).parse();
    let filter = asked.map(|url| DealFilter::from_params(url.search_params())).unwrap_or_default();
    match begin(&state, &session).await {
        Ok(tx) => csv::download("deals.csv", Body::from_stream(lines(tx, filter))),
        Err(error) => csv::refusal(&error),
    }
}

async fn begin(state: &AppState, session: &Session) -> Result<TenantTx, AppError> {
    let token = session.id().ok_or(AppError::SignedOut)?;
    let tx = state.db.tenant(&token.to_string()).await?;
    tx.edits()?;
    Ok(tx)
}

/// The file in parts. One that cannot be read breaks the answer off: a file that is cut looks whole.
fn lines(tx: TenantTx, filter: DealFilter) -> impl futures::Stream<Item = Result<Bytes, AppError>> {
    unfold(Some((tx, None::<Line>, true)), move |state| {
        let filter = filter.clone();
        async move {
            let (mut tx, last, is_first) = state?;
            let part = async {
                let rows = next(&mut tx, &filter, last.as_ref()).await?;
                let mut file = if is_first { csv::file(&HEAD)? } else { File::from_writer(Vec::new()) };
                for row in &rows {
                    csv::line(&mut file, cells(row))?;
                }
                Ok((Bytes::from(file.into_inner().map_err(internal)?), rows.into_iter().next_back()))
            };
            match part.await {
                Ok((bytes, None)) if bytes.is_empty() => None,
                Ok((bytes, None)) => Some((Ok(bytes), None)),
                Ok((bytes, last)) => Some((Ok(bytes), Some((tx, last, false)))),
                Err(error) => Some((Err(error), None)),
            }
        }
    })
}

fn cells(row: &Line) -> [String; 15] {
    let day = |at: Option<chrono::NaiveDate>| at.map(|d| d.to_string()).unwrap_or_default();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    [
        row.id.to_string(),
        row.name.clone(),
        row.account.clone(),
        row.segment.clone(),
        row.stage.clone(),
        text(&row.amount),
        row.probability.to_string(),
        day(row.expected_close),
        day(row.opened),
        day(row.closed),
        text(&row.lost_reason),
        text(&row.owner),
        text(&row.source_channel),
        row.ai_score.map(|s| s.to_string()).unwrap_or_default(),
        day(row.since),
    ]
}
