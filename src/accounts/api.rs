//! Server functions of the dashboard and the panel.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use uuid::Uuid;

use super::edit::AccountForm;
use super::query::{ListQuery, Tab};
use super::{AccountDetail, AccountPage, Totals};
use crate::error::AppError;

/// A page of the startup's accounts.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "accounts/list", input = Json)]
pub async fn list_accounts(query: ListQuery) -> Result<AccountPage, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let page = super::store::list(&mut tx, &query.normal()).await?;
    tx.commit().await?;
    Ok(page)
}

/// Sums over all accounts of the query's filter.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "accounts/totals", input = Json)]
pub async fn account_totals(query: ListQuery) -> Result<(Totals, String), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let totals = super::store::totals(&mut tx, &query.normal()).await?;
    let currency = tx.viewer().currency.clone();
    tx.commit().await?;
    Ok((totals, currency))
}

/// An account with one of its tabs.
///
/// # Errors
/// [`AppError::NotFound`] alike for an id that is missing, malformed, or another startup's.
#[server(endpoint = "accounts/get", input = Json)]
pub async fn get_account(id: String, tab: Tab) -> Result<AccountDetail, AppError> {
    use super::TabContent;
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let account = super::store::get(&mut tx, id).await?;
    let content = match tab {
        Tab::Overview => TabContent::Overview,
        Tab::Contacts => TabContent::Contacts(crate::contacts::store::of_account(&mut tx, id).await?),
        Tab::Deals => TabContent::Deals(crate::deals::store::of_account(&mut tx, id).await?),
        Tab::Activity => TabContent::Activity(crate::interactions::store::activity(&mut tx, id).await?),
        Tab::Intelligence => {
            TabContent::Intelligence(Box::new(crate::enrichment::store::insight(&mut tx, &account, context::research()).await?))
        }
    };
    tx.commit().await?;
    Ok(AccountDetail { account, content, now: chrono::Utc::now() })
}

/// Accounts that a new one of this name and domain may be a second copy of: id and how they read. At most five.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "accounts/similar", input = Json)]
pub async fn similar_accounts(name: String, domain: String) -> Result<Vec<(Uuid, String)>, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let domain = super::edit::parse_domain(&domain).ok().flatten();
    let found = super::store::similar(&mut tx, &name, domain.as_deref()).await?;
    tx.commit().await?;
    Ok(found.into_iter().map(|(id, name, domain)| (id, named(name, domain))).collect())
}

#[cfg(feature = "ssr")]
fn named(name: String, domain: Option<String>) -> String {
    domain.map_or(name.clone(), |domain| format!("{name} ({domain})"))
}

/// Adds an account and leads on to its panel. One that may be there already has to be wanted `anyway`. `startup` is the one
/// that the form was made for: in another window the person may have gone to another.
///
/// # Errors
/// [`AppError::Invalid`] with the field that has to change, [`AppError::Forbidden`] for viewers.
#[server(endpoint = "accounts/add")]
pub async fn add_account(
    startup: String,
    #[server(default)] anyway: String,
    #[server(flatten)] form: AccountForm,
) -> Result<Uuid, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let adding = async {
        tx.edits()?;
        tx.is_in(&startup)?;
        let new = form.parse()?;
        let name = new.name.clone().ok_or_else(|| AppError::invalid("name", "Enter a name."))?;
        if anyway.is_empty() {
            let domain = new.domain.clone().flatten();
            let found = super::store::similar(&mut tx, &name, domain.as_deref()).await?;
            if !found.is_empty() {
                let names: Vec<_> = found.into_iter().map(|(_, name, domain)| named(name, domain)).collect();
                return Err(AppError::invalid(
                    "anyway",
                    format!("There already: {}. Tick the box if this is another one.", names.join(", ")),
                ));
            }
        }
        let id = super::store::add(&mut tx, &new).await?;
        tx.commit().await?;
        Ok(id)
    };
    let id = adding.await.map_err(|e: AppError| e.with_texts(form.texts()))?;
    context::go_on(&format!("/accounts/{id}"));
    Ok(id)
}

/// Changes those fields of an account that the form has, as of its `version`.
///
/// # Errors
/// [`AppError::Invalid`] with the field that has to change, [`AppError::Conflict`] when somebody else changed it meanwhile,
/// [`AppError::Forbidden`] for viewers.
#[server(endpoint = "accounts/save")]
pub async fn save_account(
    id: String,
    version: i32,
    #[server(default)] was: String,
    #[server(default)] back: String,
    #[server(flatten)] form: AccountForm,
) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let saving = async {
        tx.edits()?;
        super::store::save(&mut tx, id.parse().map_err(|_| AppError::NotFound)?, version, &was, &form).await?;
        tx.commit().await
    };
    saving.await.map_err(|e: AppError| e.with_texts(crate::edit::carried(form.texts(), version, &was)))?;
    context::go_on(&back);
    Ok(())
}

/// Does something to several accounts: `act` is `owner`, `status` or `bin`. Returns to how many.
///
/// # Errors
/// [`AppError::Invalid`] when none is named, [`AppError::Forbidden`] for a role that may not.
#[server(endpoint = "accounts/bulk")]
pub async fn change_accounts(
    #[server(default)] ids: Vec<String>,
    act: String,
    #[server(default)] owner: String,
    #[server(default)] status: String,
    #[server(default)] back: String,
) -> Result<u64, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    if act == "bin" {
        tx.manages()?
    } else {
        tx.edits()?
    }
    let ids = super::edit::parse_ids(&ids)?;
    let done = match act.as_str() {
        "owner" => super::store::set_owner(&mut tx, &ids, super::edit::parse_owner(&owner)?).await?,
        "status" => {
            super::store::set_status(&mut tx, &ids, status.parse().map_err(|()| AppError::invalid("", "Choose a status."))?).await?
        }
        "bin" => super::store::bin(&mut tx, &ids).await?,
        _ => return Err(AppError::invalid("", "Choose what to do.")),
    };
    if done == 0 {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    context::go_on(&back);
    Ok(done)
}

/// Puts the sample accounts into the bin, with what hangs off them.
///
/// # Errors
/// [`AppError::Forbidden`] for a role that may not delete.
#[server(endpoint = "accounts/remove-sample")]
pub async fn remove_sample(#[server(default)] startup: String) -> Result<u64, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.is_in(&startup)?;
    tx.manages()?;
    let removed = super::store::bin_sample(&mut tx).await?;
    tx.commit().await?;
    Ok(removed)
}
