//! `?team={slug}` in a page's address: copied links say which startup they belong to.

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use tower_sessions::Session;
use uuid::Uuid;

use super::db::Db;
use super::http::{address_without, is_page};
use super::session::use_startup;
use crate::auth::login_address;
use crate::error::AppError;

/// The parameter.
const TEAM: &str = "team";

/// Makes the startup that the address names the active one, if the person is a member, and leads on to the address without
/// it. A startup of others and one that is not there are passed over alike.
pub async fn enter(State(db): State<Db>, request: Request, next: Next) -> Response {
    let Some(slug) = wanted(&request) else { return next.run(request).await };
    let Some(session) = request.extensions().get::<Session>().cloned() else { return next.run(request).await };
    let Some(token) = session.id() else { return next.run(request).await };
    let entered = async {
        match find(&db, &token.to_string(), &slug).await? {
            Some(startup) => use_startup(&session, startup).await,
            None => Ok(()),
        }
    };
    match entered.await {
        Ok(()) => Redirect::to(&address_without(request.uri(), &[TEAM])).into_response(),
        // a session that has ended: back here after signing in
        Err(AppError::SignedOut) => Redirect::to(&login_address(&address_without(request.uri(), &[]))).into_response(),
        Err(error) => StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response(),
    }
}

/// The slug that a page's address names. Costs nothing where it names none.
fn wanted(request: &Request) -> Option<String> {
    let mut pairs = request.uri().query()?.split('&').filter_map(|pair| pair.split_once('='));
    let (_, slug) = pairs.find(|(name, _)| *name == TEAM)?;
    (*request.method() == Method::GET && is_page(request)).then(|| slug.to_string())
}

/// The person's startup of this slug.
async fn find(db: &Db, token: &str, slug: &str) -> Result<Option<Uuid>, AppError> {
    let mut tx = db.person(Some(token)).await?;
    let (signed_in, startup) = crate::team::store::my_startup(&mut tx, slug).await?;
    tx.commit().await?;
    if signed_in { Ok(startup) } else { Err(AppError::SignedOut) }
}
