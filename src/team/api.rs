//! Server functions of people and roles.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::{TeamRoom, Workspace};
use crate::error::AppError;

/// Who is signed in, in which startup, with whom.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "team/workspace", input = Json)]
pub async fn read_workspace() -> Result<Workspace, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let startups = super::store::my_startups(&mut tx).await?;
    let colleagues = super::store::colleagues(&mut tx).await?;
    let viewer = tx.viewer().clone();
    tx.commit().await?;
    Ok(Workspace { viewer, startups, colleagues })
}

/// The team. `link` is the token of a link that was just made: shown to its maker's team, unless it is somebody else's.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "team/read", input = Json)]
pub async fn read_team(#[server(default)] link: Option<String>) -> Result<TeamRoom, AppError> {
    use super::store;
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let members = store::members(&mut tx).await?;
    let manages = tx.viewer().role.manages();
    let invitations = if manages { store::open_invitations(&mut tx).await? } else { Vec::new() };
    let link = match link.filter(|_| manages) {
        Some(token) => made_link(&mut tx, &token).await?,
        None => None,
    };
    let viewer = tx.viewer().clone();
    tx.commit().await?;
    Ok(TeamRoom { viewer, members, invitations, link })
}

/// What a token in the address stands for. A crafted address must not present a link of others as one of ours.
#[cfg(feature = "ssr")]
async fn made_link(tx: &mut crate::server::db::TenantTx, token: &str) -> Result<Option<super::MadeLink>, AppError> {
    use super::{MadeLink, store};
    use crate::server::{context, session};
    let hash = session::token_hash(token);
    if let Some(role) = store::invitation_role(tx, &hash).await? {
        return Ok(Some(MadeLink::Invitation { address: context::address(&format!("/join/{token}")).await?, role }));
    }
    match store::my_reset(tx, &hash).await? {
        Some(name) => Ok(Some(MadeLink::Reset { address: context::address(&format!("/reset/{token}")).await?, name })),
        None => Ok(None),
    }
}

/// A new link's token, and the address of the page that shows it.
#[cfg(feature = "ssr")]
fn new_link() -> (Vec<u8>, String) {
    let token = tower_sessions::session::Id::default().to_string();
    (crate::server::session::token_hash(&token), format!("/team?link={token}"))
}

#[cfg(feature = "ssr")]
fn id(text: &str) -> Result<uuid::Uuid, AppError> {
    text.parse().map_err(|_| AppError::NotFound)
}

/// Makes an invitation and leads to its link.
///
/// # Errors
/// [`AppError::Invalid`] for a role that nobody is invited to, [`AppError::Forbidden`] for those who may not invite.
#[server(endpoint = "team/invite")]
pub async fn invite(#[server(default)] startup: String, #[server(default)] role: String) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.is_in(&startup)?;
    let role: Option<super::Role> = role.parse().ok().filter(|role| super::Role::INVITED.contains(role));
    let role = role.ok_or_else(|| AppError::invalid("role", "Choose admin, editor or viewer. Owners are made from members."))?;
    let (hash, page) = new_link();
    super::store::invite(&mut tx, role, &hash).await?;
    tx.commit().await?;
    leptos_axum::redirect(&page);
    Ok(())
}

/// Takes an invitation back: its link leads nowhere from now on.
///
/// # Errors
/// [`AppError::Forbidden`] for those who may not invite, [`AppError::NotFound`] for one that is no longer open.
#[server(endpoint = "team/revoke")]
pub async fn revoke_invitation(#[server(default)] invitation: String) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.manages()?;
    super::store::revoke(&mut tx, id(&invitation)?).await?;
    tx.commit().await?;
    leptos_axum::redirect("/team");
    Ok(())
}

/// Gives a member another role, from their next statement on.
///
/// # Errors
/// [`AppError::Forbidden`] where the rules say no, [`AppError::Invalid`] for the last owner.
#[server(endpoint = "team/role")]
pub async fn change_role(
    #[server(default)] startup: String,
    #[server(default)] member: String,
    #[server(default)] role: String,
) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.is_in(&startup)?;
    let role: super::Role = role.parse().map_err(|()| AppError::invalid("role", "Choose one of the roles."))?;
    let typed = [("member", member.as_str()), ("role", role.as_str())];
    super::store::set_role(&mut tx, id(&member)?, Some(role)).await.map_err(|e| e.with_typed(&typed))?;
    tx.commit().await?;
    leptos_axum::redirect("/team");
    Ok(())
}

/// Ends a membership: of somebody else, or one's own.
///
/// # Errors
/// [`AppError::Forbidden`] where the rules say no, [`AppError::Invalid`] for the last owner.
#[server(endpoint = "team/remove")]
pub async fn remove_member(#[server(default)] startup: String, #[server(default)] member: String) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.is_in(&startup)?;
    let left = id(&member)? == tx.viewer().user_id;
    super::store::set_role(&mut tx, id(&member)?, None).await.map_err(|e| e.with_typed(&[("member", &member)]))?;
    tx.commit().await?;
    leptos_axum::redirect(if left { "/" } else { "/team" });
    Ok(())
}

/// Makes a link with which a member sets a new password, once, and leads to it.
///
/// # Errors
/// [`AppError::Forbidden`] whatever speaks against it.
#[server(endpoint = "team/reset-link")]
pub async fn make_reset_link(#[server(default)] startup: String, #[server(default)] member: String) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.is_in(&startup)?;
    let (hash, page) = new_link();
    // an id that is none is refused like any other
    let member = member.parse().unwrap_or_default();
    super::store::make_reset(&mut tx, member, &hash).await?;
    tx.commit().await?;
    leptos_axum::redirect(&page);
    Ok(())
}

/// Makes another of the person's startups the active one.
///
/// # Errors
/// [`AppError::NotFound`] for a startup that they are not a member of, [`AppError::SignedOut`] without a session.
#[server(endpoint = "team/switch")]
pub async fn switch_startup(#[server(default)] slug: String) -> Result<(), AppError> {
    use crate::server::{context, session};
    let mut tx = context::person().await?;
    let (signed_in, startup) = super::store::my_startup(&mut tx, &slug).await?;
    tx.commit().await?;
    if !signed_in {
        return Err(AppError::SignedOut);
    }
    session::use_startup(&context::session().await?, startup.ok_or(AppError::NotFound)?).await?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Changes the startup's name, the currency of its amounts, and the zone in which its days begin and end.
///
/// # Errors
/// [`AppError::Invalid`] with the field that has to change, [`AppError::Forbidden`] for those who may not.
#[server(endpoint = "team/settings")]
pub async fn save_settings(
    #[server(default)] startup: String,
    #[server(default)] name: String,
    #[server(default)] currency: String,
    #[server(default)] time_zone: String,
) -> Result<(), AppError> {
    use crate::server::context;
    let typed = [("name", name.as_str()), ("currency", currency.as_str()), ("time_zone", time_zone.as_str())];
    let mut tx = context::tenant().await?;
    tx.manages()?;
    tx.is_in(&startup).map_err(|e| e.with_typed(&typed))?;
    let settings = async {
        let name = crate::auth::parse_name("name", &name)?;
        let currency = super::parse_currency(&currency)?;
        let zone = super::store::time_zone(&mut tx, &time_zone.trim().replace('\0', "")).await?;
        let zone = zone.ok_or_else(|| AppError::invalid("time_zone", "Enter a time zone such as Europe/Berlin."))?;
        super::store::save_settings(&mut tx, &name, &currency, &zone).await
    };
    settings.await.map_err(|e| e.with_typed(&typed))?;
    tx.commit().await?;
    leptos_axum::redirect("/settings");
    Ok(())
}
