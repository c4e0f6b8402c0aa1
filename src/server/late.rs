//! Parts of a page that take longer than the page: it is sent up to the part's mark, and the rest when the part has been
//! read, in order. The page itself is complete and its status known by then; no script has a part in it.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures::future::BoxFuture;
use futures::stream::{StreamExt, once};
use leptos_router::location::RequestUrl;
use leptos_router::params::ParamsMap;
use tower_sessions::Session;

use super::context::AppState;
use crate::error::AppError;
use crate::{accounts, pipeline};

/// A part that comes late.
struct Late {
    /// Which pages have it, by their path.
    on: fn(&str) -> bool,
    /// Stands in the page where it goes.
    mark: &'static str,
    /// Its HTML, for a page with these parameters.
    read: for<'a> fn(&'a mut super::db::TenantTx, &'a ParamsMap) -> BoxFuture<'a, Result<String, AppError>>,
}

static PARTS: [Late; 2] = [
    Late { on: |path| path == "/" || path.starts_with("/accounts/"), mark: accounts::totals::MARK, read: accounts::totals::late },
    Late { on: |path| path == "/pipeline" || path.starts_with("/pipeline/"), mark: pipeline::charts::MARK, read: pipeline::charts::late },
];

fn part_of(path: &str) -> Option<&'static Late> {
    PARTS.iter().find(|part| (part.on)(path))
}

/// A layer around the pages.
pub async fn fill(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let part = part_of(request.uri().path()).filter(|_| *request.method() == Method::GET);
    let token = request.extensions().get::<Session>().and_then(Session::id).map(|id| id.to_string());
    // read as the router reads it
    let url = RequestUrl::new(&request.uri().to_string()).parse();
    let params = url.map(|url| url.search_params().clone()).unwrap_or_default();
    let response = next.run(request).await;
    match (part, token) {
        (Some(part), Some(token)) if is_page(&response) => stream(state, part, token, params, response).await,
        _ => response,
    }
}

/// A file is no page: it may be long, and is sent while it is read.
fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    response.status() == StatusCode::OK && kind.starts_with("text/html")
}

async fn stream(state: AppState, part: &'static Late, token: String, params: ParamsMap, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let Ok(page) = axum::body::to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    let Some(at) = page.windows(part.mark.len()).position(|bytes| bytes == part.mark.as_bytes()) else {
        return Response::from_parts(parts, Body::from(page));
    };
    let (before, after) = (page.slice(..at), page.slice(at + part.mark.len()..));
    let late = async move {
        // without its part the page is still a page: the live one asks again
        let html = read(&state, part, &token, &params).await.unwrap_or_default();
        Ok::<_, std::convert::Infallible>(Bytes::from(html))
    };
    let stream = once(async { Ok(before) }).chain(once(late)).chain(once(async { Ok(after) }));
    Response::from_parts(parts, Body::from_stream(stream))
}

async fn read(state: &AppState, part: &Late, token: &str, params: &ParamsMap) -> Result<String, AppError> {
    let mut tx = state.db.tenant(token).await?;
    let html = (part.read)(&mut tx, params).await?;
    tx.commit().await?;
    Ok(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_the_parts_of_their_room() {
        let marks = |path| part_of(path).map(|part| part.mark);
        for path in ["/", "/accounts/new", "/accounts/01890000-0000-7000-8000-000000000000"] {
            assert_eq!(marks(path), Some(accounts::totals::MARK), "{path}");
        }
        for path in ["/pipeline", "/pipeline/", "/pipeline/01890000-0000-7000-8000-000000000000"] {
            assert_eq!(marks(path), Some(pipeline::charts::MARK), "{path}");
        }
        for path in ["/team", "/pipelines", "/accounts", "/api/pipeline/charts"] {
            assert_eq!(marks(path), None, "{path}");
        }
    }
}
