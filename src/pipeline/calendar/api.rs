//! Server functions of the calendar's drawer.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::CalendarRoom;
use crate::error::AppError;

/// The feeds. `link` is the token of a feed that was just made: shown to its maker alone.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "pipeline/calendar", input = Json)]
pub async fn read_calendar(#[server(default)] link: Option<String>) -> Result<CalendarRoom, AppError> {
    use super::store;
    use crate::server::{context, session};
    let mut tx = context::tenant().await?;
    let feeds = store::feeds(&mut tx).await?;
    let made = match link {
        Some(token) if store::is_mine(&mut tx, &session::token_hash(&token)).await? => {
            Some(context::address(&format!("/calendar/{token}.ics")).await?)
        }
        _ => None,
    };
    let startup = tx.startup();
    tx.commit().await?;
    Ok(CalendarRoom { startup, feeds, made })
}

/// Makes a feed and leads to its address, in the drawer at `back`.
///
/// # Errors
/// [`AppError::Invalid`] for a choice that is none, [`AppError::SignedOut`] without a session.
#[server(endpoint = "pipeline/calendar/make")]
pub async fn make_feed(
    #[server(default)] startup: String,
    #[server(default)] whose: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    use crate::server::{context, session};
    let mut tx = context::tenant().await?;
    tx.is_in(&startup)?;
    let whose = whose.parse().map_err(|()| AppError::invalid("whose", "Choose your own deals or everybody's."))?;
    let token = tower_sessions::session::Id::default().to_string();
    super::store::make(&mut tx, whose, &session::token_hash(&token)).await?;
    tx.commit().await?;
    let drawer = drawer(&back);
    let more = if drawer.contains('?') { '&' } else { '?' };
    leptos_axum::redirect(&format!("{drawer}{more}link={token}"));
    Ok(())
}

/// Takes a feed back: its address leads nowhere from now on.
///
/// # Errors
/// [`AppError::NotFound`] for one that is gone, or not the viewer's to revoke.
#[server(endpoint = "pipeline/calendar/revoke")]
pub async fn revoke_feed(#[server(default)] feed: String, #[server(default)] back: String) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    super::store::revoke(&mut tx, feed.parse().map_err(|_| AppError::NotFound)?).await?;
    tx.commit().await?;
    leptos_axum::redirect(drawer(&back));
    Ok(())
}

/// The drawer beside the board of the filter that `back` has; a token goes nowhere else.
#[cfg(feature = "ssr")]
fn drawer(back: &str) -> &str {
    const DRAWER: &str = "/pipeline/calendar";
    let query = crate::auth::local_path(back).strip_prefix(DRAWER);
    if query.is_some_and(|query| query.starts_with('?')) { back } else { DRAWER }
}
