//! Server functions behind links: joining, and a new password. Whoever has the link may call them.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::{Invited, ResetFor};
use crate::error::AppError;

/// A link's token as it may be looked for: 22 URL-safe characters.
#[cfg(feature = "ssr")]
fn token_of(text: &str) -> Result<String, AppError> {
    let id: tower_sessions::session::Id = text.parse().map_err(|_| AppError::NotFound)?;
    Ok(id.to_string())
}

/// What an invitation says.
///
/// # Errors
/// [`AppError::NotFound`] for one that is used, taken back, expired or unknown.
#[server(endpoint = "team/invitation", input = Json)]
pub async fn invitation(#[server(default)] token: String) -> Result<Invited, AppError> {
    let token = token_of(&token)?;
    let mut tx = crate::server::context::person().await?;
    let invited = super::link_store::invitation(&mut tx, &token).await?;
    tx.commit().await?;
    Ok(invited)
}

/// The signed-in person accepts an invitation, and is in its startup from then on.
///
/// # Errors
/// [`AppError::SignedOut`] without a session, [`AppError::NotFound`] for an invitation that leads nowhere.
#[server(endpoint = "team/join")]
pub async fn join(#[server(default)] token: String) -> Result<(), AppError> {
    use crate::server::{context, session};
    let session = context::session().await?;
    let me = session.id().ok_or(AppError::SignedOut)?.to_string();
    let startup = context::db().accept_invitation(&me, &token_of(&token)?).await?.ok_or(AppError::NotFound)?;
    session::use_startup(&session, startup).await?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Somebody new signs up with an invitation, and is in its startup from then on.
///
/// # Errors
/// [`AppError::Invalid`] with the field that has to change, [`AppError::NotFound`] for an invitation that leads nowhere.
#[server(endpoint = "team/join-new")]
pub async fn join_new(
    #[server(default)] token: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    use super::link_store;
    use crate::auth::{Email, NewPassword, parse_name};
    use crate::server::{context, password, session};
    let token = token_of(&token)?;
    let mut tx = context::person().await?;
    link_store::invitation(&mut tx, &token).await?;
    tx.commit().await?;
    let joined = async {
        let (name, email) = (parse_name("name", &name)?, Email::parse(&email)?);
        let hash = password::hash(NewPassword::parse(password)?.into_inner()).await?;
        let mut tx = context::db().auth().await?;
        let joined = link_store::join(&mut tx, &name, &email, &hash, &session::token_hash(&token)).await?;
        tx.commit().await?;
        Ok(joined)
    };
    let (user, startup) = joined.await.map_err(|e: AppError| e.with_typed(&[("name", &name), ("email", &email)]))?;
    let session = context::session().await?;
    session::sign_in(&session, user).await?;
    session::use_startup(&session, startup).await?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Whose password a link sets.
///
/// # Errors
/// [`AppError::NotFound`] for a link that may not be used, or not any more.
#[server(endpoint = "team/reset", input = Json)]
pub async fn peek_reset(#[server(default)] token: String) -> Result<ResetFor, AppError> {
    use crate::server::{context, session};
    let hash = session::token_hash(&token_of(&token)?);
    let mut tx = context::db().auth().await?;
    let found = super::link_store::reset(&mut tx, &hash).await?;
    tx.commit().await?;
    Ok(found)
}

/// Sets a new password by a link, once, and closes all the person's sessions.
///
/// # Errors
/// [`AppError::Invalid`] for a password that is none, [`AppError::NotFound`] for a link that may not be used.
#[server(endpoint = "team/set-password")]
pub async fn set_password(#[server(default)] token: String, #[server(default)] password: String) -> Result<(), AppError> {
    use super::link_store;
    use crate::auth::NewPassword;
    use crate::server::{context, session};
    let hash = session::token_hash(&token_of(&token)?);
    let mut tx = context::db().auth().await?;
    link_store::reset(&mut tx, &hash).await?;
    tx.commit().await?;
    let password = crate::server::password::hash(NewPassword::parse(password)?.into_inner()).await?;
    let mut tx = context::db().auth().await?;
    link_store::use_reset(&mut tx, &hash, &password).await?;
    tx.commit().await?;
    leptos_axum::redirect("/login?password=new");
    Ok(())
}
