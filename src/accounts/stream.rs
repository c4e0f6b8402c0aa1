//! Sends the dashboard's page up to its totals, and the rest when they are added up. The page itself is complete and its
//! status known by then; no script has a part in it.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use futures::stream::{StreamExt, once};
use leptos_router::location::RequestUrl;
use tower_sessions::Session;

use super::query::ListQuery;
use super::store;
use super::totals::MARK;
use crate::error::AppError;
use crate::server::context::AppState;

/// A layer around the pages; only the dashboard's has the mark.
pub async fn totals(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let dashboard = *request.method() == Method::GET && (path == "/" || path.starts_with("/accounts/"));
    let token = request.extensions().get::<Session>().and_then(Session::id).map(|id| id.to_string());
    // read as the router reads it
    let url = RequestUrl::new(&request.uri().to_string()).parse();
    let query = url.map(|url| ListQuery::from_params(url.search_params())).unwrap_or_default();
    let response = next.run(request).await;
    match token {
        Some(token) if dashboard && response.status() == StatusCode::OK => fill(state, token, query, response).await,
        _ => response,
    }
}

async fn fill(state: AppState, token: String, query: ListQuery, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let Ok(page) = axum::body::to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    let Some(at) = page.windows(MARK.len()).position(|part| part == MARK.as_bytes()) else {
        return Response::from_parts(parts, Body::from(page));
    };
    let (before, after) = (page.slice(..at), page.slice(at + MARK.len()..));
    let totals = async move {
        // without totals the page is still a page: the live one asks again
        let html = read(&state, &token, &query).await.unwrap_or_default();
        Ok::<_, std::convert::Infallible>(Bytes::from(html))
    };
    let stream = once(async { Ok(before) }).chain(once(totals)).chain(once(async { Ok(after) }));
    Response::from_parts(parts, Body::from_stream(stream))
}

async fn read(state: &AppState, token: &str, query: &ListQuery) -> Result<String, AppError> {
    let mut tx = state.db.tenant(token).await?;
    let totals = store::totals(&mut tx, query).await?;
    let currency = tx.viewer().currency.clone();
    tx.commit().await?;
    Ok(totals.html(&currency))
}
