//! Server functions of signing up, in and out.

use leptos::prelude::*;

use crate::error::AppError;

/// Signs in and leads on to `next`. A wrong password and an unknown e-mail answer alike and take alike.
///
/// # Errors
/// [`AppError::Invalid`] when the two do not belong together.
#[server(endpoint = "auth/sign-in")]
pub async fn sign_in(email: String, password: String, #[server(default)] next: String) -> Result<(), AppError> {
    use crate::server::{context, password, session};
    let mut tx = context::db().auth().await?;
    // what is no address belongs to nobody, and takes as long to say
    let known = match super::Email::parse(&email) {
        Ok(email) => super::store::credentials(&mut tx, &email).await?,
        Err(_) => None,
    };
    tx.commit().await?;
    let (user, hash) = known.map_or((None, None), |c| (Some(c.user_id), Some(c.password_hash)));
    let right = password::verify(password, hash).await?;
    match user {
        Some(user) if right => session::sign_in(&context::session().await?, user).await?,
        _ => return Err(AppError::invalid("", "E-mail and password do not belong together.").with_typed(&[("email", email.trim())])),
    }
    leptos_axum::redirect(super::local_path(&next));
    Ok(())
}

/// Makes a person and a startup of which they are the owner, and signs them in.
///
/// # Errors
/// [`AppError::Invalid`] with the field that has to change.
#[server(endpoint = "auth/sign-up")]
pub async fn sign_up(name: String, email: String, password: String, startup: String) -> Result<(), AppError> {
    use super::{Email, NewPassword, parse_name};
    use crate::server::{context, password, session};
    let typed = [("name", name.as_str()), ("email", email.as_str()), ("startup", startup.as_str())];
    let new_user = async {
        let (name, email) = (parse_name("name", &name)?, Email::parse(&email)?);
        let startup = parse_name("startup", &startup)?;
        let hash = password::hash(NewPassword::parse(password)?.into_inner()).await?;
        let mut tx = context::db().auth().await?;
        let user = super::store::sign_up(&mut tx, &name, &email, &hash, &startup).await?;
        tx.commit().await?;
        Ok(user)
    };
    let user = new_user.await.map_err(|e: AppError| e.with_typed(&typed))?;
    session::sign_in(&context::session().await?, user).await?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Ends the session, here and in the database.
///
/// # Errors
/// When the database cannot be reached.
#[server(endpoint = "auth/sign-out")]
pub async fn sign_out() -> Result<(), AppError> {
    use crate::server::{context, session};
    session::sign_out(&context::session().await?).await?;
    leptos_axum::redirect("/login");
    Ok(())
}
