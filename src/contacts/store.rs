//! Contacts in the database.

use uuid::Uuid;

use super::{Contact, ContactEdit, ContactForm, SHOWN};
use crate::edit::conflict;
use crate::error::AppError;
use crate::server::db::TenantTx;

const COLUMNS: &str = "c.id, c.first_name, c.last_name, c.role, c.email, c.linkedin_url, c.version";

/// An account's contacts, by name.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_account(tx: &mut TenantTx, account: Uuid) -> Result<Vec<Contact>, AppError> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM crm_contacts c WHERE c.startup_id = $1 AND c.account_id = $2 AND c.deleted_at IS NULL
         ORDER BY lower(c.first_name), lower(c.last_name), c.id LIMIT $3"
    )))
    .bind(tx.startup())
    .bind(account)
    .bind(SHOWN)
    .fetch_all(tx.conn())
    .await?)
}

/// Adds a contact to an account; returns its id.
///
/// # Errors
/// [`AppError::Forbidden`] for a viewer; [`AppError::NotFound`] when the account is missing, binned, or another startup's.
pub async fn add(tx: &mut TenantTx, account: Uuid, new: &ContactEdit) -> Result<Uuid, AppError> {
    let (startup, id) = (tx.startup(), Uuid::now_v7());
    let done = sqlx::query(
        "INSERT INTO crm_contacts (startup_id, id, account_id, email, first_name, last_name, role, linkedin_url)
         SELECT $1, $2, a.id, $4, $5, $6, $7, $8 FROM crm_accounts a WHERE a.startup_id = $1 AND a.id = $3 AND a.deleted_at IS NULL",
    )
    .bind(startup)
    .bind(id)
    .bind(account)
    .bind(new.email.as_ref().map(|e| e.as_str()))
    .bind(&new.first_name)
    .bind(&new.last_name)
    .bind(&new.role)
    .bind(&new.linkedin_url)
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 { Err(AppError::NotFound) } else { Ok(id) }
}

/// Changes a contact, if it is still the `version` that the form was made from.
///
/// # Errors
/// [`AppError::Conflict`] when somebody else changed it meanwhile, [`AppError::NotFound`] when it is missing or binned,
/// [`AppError::Forbidden`] for a viewer.
pub async fn save(tx: &mut TenantTx, id: Uuid, version: i32, was: &str, form: &ContactForm) -> Result<(), AppError> {
    let edit = form.parse()?;
    let startup = tx.startup();
    let done = sqlx::query(
        "UPDATE crm_contacts SET email = $4, first_name = $5, last_name = $6, role = $7, linkedin_url = $8
         WHERE startup_id = $1 AND id = $2 AND version = $3 AND deleted_at IS NULL",
    )
    .bind(startup)
    .bind(id)
    .bind(version)
    .bind(edit.email.as_ref().map(|e| e.as_str()))
    .bind(&edit.first_name)
    .bind(&edit.last_name)
    .bind(&edit.role)
    .bind(&edit.linkedin_url)
    .execute(tx.conn())
    .await?;
    if done.rows_affected() > 0 {
        return Ok(());
    }
    let now: Contact = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM crm_contacts c WHERE c.startup_id = $1 AND c.id = $2 AND c.deleted_at IS NULL"
    )))
    .bind(startup)
    .bind(id)
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)?;
    Err(conflict(was, &form.texts(), &now.texts(), now.version, |_, value| value.to_string()))
}
