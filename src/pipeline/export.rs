//! The deals of a filter as a CSV file, sent while it is read: a startup may have a million.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use futures::stream::unfold;
use leptos_router::location::RequestUrl;
use tower_sessions::Session;
use uuid::Uuid;

use super::filter::DealFilter;
use super::store::export::{Line, next};
use crate::error::AppError;
use crate::server::context::AppState;
use crate::server::csv::{self, File};
use crate::server::db::Db;
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
        Ok((token, startup)) => {
            csv::download("deals.csv", Body::from_stream(lines(Reading { db: state.db, token, startup, filter, last: None })))
        }
        Err(error) => csv::refusal(&error),
    }
}

async fn begin(state: &AppState, session: &Session) -> Result<(String, Uuid), AppError> {
    let token = session.id().ok_or(AppError::SignedOut)?.to_string();
    let tx = state.db.tenant(&token).await?;
    tx.edits()?;
    Ok((token, tx.startup()))
}

/// A file on its way. Each part is read in a transaction of its own: a browser that reads slowly holds no connection.
struct Reading {
    db: Db,
    token: String,
    startup: Uuid,
    filter: DealFilter,
    /// The line that was read last.
    last: Option<Line>,
}

impl Reading {
    async fn part(&mut self) -> Result<Vec<Line>, AppError> {
        let mut tx = self.db.tenant(&self.token).await?;
        tx.edits()?;
        tx.is_in(&self.startup.to_string())?;
        let rows = next(&mut tx, &self.filter, self.last.as_ref()).await?;
        tx.commit().await?;
        Ok(rows)
    }
}

/// The file in parts. One that cannot be read breaks the answer off: a file that is cut looks whole.
fn lines(reading: Reading) -> impl futures::Stream<Item = Result<Bytes, AppError>> {
    unfold(Some(reading), |reading| async {
        let mut reading = reading?;
        let rows = match reading.part().await {
            Ok(rows) if rows.is_empty() && reading.last.is_some() => return None,
            Ok(rows) => rows,
            Err(error) => return Some((Err(error), None)),
        };
        let bytes = bytes(&rows, reading.last.is_none());
        reading.last = rows.into_iter().next_back();
        // an empty file has its head, and ends
        let more = reading.last.is_some().then_some(reading);
        Some((bytes, more))
    })
}

fn bytes(rows: &[Line], begins: bool) -> Result<Bytes, AppError> {
    let mut file = if begins { csv::file(&HEAD)? } else { File::from_writer(Vec::new()) };
    for row in rows {
        csv::line(&mut file, cells(row))?;
    }
    Ok(Bytes::from(file.into_inner().map_err(internal)?))
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
