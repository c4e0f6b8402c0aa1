//! One account: read, made, changed.

use uuid::Uuid;

use crate::accounts::edit::{AccountEdit, AccountForm, texts_beside};
use crate::accounts::{Account, MANY};
use crate::edit::conflict;
use crate::error::AppError;
use crate::server::db::TenantTx;
use crate::team::Colleague;

/// One account, with the parts of its health and how much hangs off it.
///
/// # Errors
/// [`AppError::NotFound`] for an id that is missing, in the bin, or another startup's.
pub async fn get(tx: &mut TenantTx, id: Uuid) -> Result<Account, AppError> {
    sqlx::query_as(
        "SELECT a.id, a.name, a.domain, a.kind, a.status, a.segment, a.mrr_cents AS mrr, a.owner_id, u.name AS owner,
            h.recency, h.deals AS deals_part, h.sentiment, h.status_part,
            a.last_interaction_at AS last_contact, a.last_enriched_at AS last_enriched,
            coalesce(a.last_enriched_at < now() - interval '30 days', false) AS stale, a.import_source, a.created_at, a.version,
            coalesce((SELECT jsonb_agg(jsonb_build_array(e.key, e.value) ORDER BY e.key) FROM jsonb_each_text(a.extended_info) e
                WHERE e.value IS NOT NULL AND (e.key <> 'research' OR jsonb_typeof(a.extended_info -> 'research') <> 'object')), '[]') AS extended_info,
            (SELECT count(*) FROM (SELECT FROM crm_contacts c WHERE c.startup_id = $1 AND c.account_id = $2 AND c.deleted_at IS NULL LIMIT $3) n) AS contacts,
            (SELECT count(*) FROM (SELECT FROM crm_deals d WHERE d.startup_id = $1 AND d.account_id = $2 AND d.deleted_at IS NULL LIMIT $3) n) AS deals,
            (SELECT count(*) FROM (SELECT FROM crm_interactions i WHERE i.startup_id = $1 AND i.account_id = $2 LIMIT $3) n) AS interactions
         FROM crm_accounts a CROSS JOIN LATERAL app.health(a.id) h LEFT JOIN auth.users u ON u.id = a.owner_id
         WHERE a.startup_id = $1 AND a.id = $2 AND a.deleted_at IS NULL",
    )
    .bind(tx.startup())
    .bind(id)
    .bind(MANY)
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)
}

/// Of these accounts, those that the person sees.
///
/// # Errors
/// When the database cannot be reached.
pub async fn seen(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Uuid>, AppError> {
    let sql = "SELECT id FROM crm_accounts WHERE startup_id = $1 AND id = ANY ($2) AND deleted_at IS NULL";
    Ok(sqlx::query_scalar(sql).bind(tx.startup()).bind(ids).fetch_all(tx.conn()).await?)
}

/// Adds an account; returns its id. What the edit does not set is as the database has it: a lead, SMB, a customer.
///
/// # Errors
/// [`AppError::Forbidden`] for a viewer.
pub async fn add(tx: &mut TenantTx, new: &AccountEdit) -> Result<Uuid, AppError> {
    let (startup, id) = (tx.startup(), Uuid::now_v7());
    sqlx::query(
        "INSERT INTO crm_accounts (startup_id, id, name, domain, kind, status, segment, mrr, owner_id, extended_info)
         VALUES ($1, $2, $3, $4, coalesce($5, 'Customer'), coalesce($6, 'Lead'), coalesce($7, 'SMB'), coalesce($8::text::numeric, 0), $9, $10)",
    )
    .bind(startup)
    .bind(id)
    .bind(&new.name)
    .bind(new.domain.clone().flatten())
    .bind(new.kind.map(|k| k.as_str()))
    .bind(new.status.map(|s| s.as_str()))
    .bind(new.segment.map(|s| s.as_str()))
    .bind(new.mrr.map(|m| m.decimal()))
    .bind(new.owner.flatten())
    .bind(sqlx::types::Json(new.info.iter().cloned().collect::<std::collections::BTreeMap<_, _>>()))
    .execute(tx.conn())
    .await
    .map_err(owner_unknown)?;
    Ok(id)
}

/// Changes what the form has, if the account is still the `version` it was made from.
///
/// # Errors
/// [`AppError::Conflict`] when somebody else changed it meanwhile, [`AppError::NotFound`] when it is missing or binned,
/// [`AppError::Forbidden`] for a viewer.
pub async fn save(tx: &mut TenantTx, id: Uuid, version: i32, was: &str, form: &AccountForm) -> Result<(), AppError> {
    let edit = form.parse()?;
    let startup = tx.startup();
    // whoever comes second waits here, and then sees what the first one did
    let found: Option<i32> =
        sqlx::query_scalar("SELECT version FROM crm_accounts WHERE startup_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE")
            .bind(startup)
            .bind(id)
            .fetch_optional(tx.conn())
            .await?;
    if found.ok_or(AppError::NotFound)? != version {
        return Err(laid_beside(tx, id, was, form).await?);
    }
    let (set, gone): (Vec<_>, Vec<_>) = edit.info.iter().partition(|(_, value)| value.is_some());
    let set: std::collections::BTreeMap<_, _> = set.into_iter().cloned().collect();
    let named: Vec<String> = gone.into_iter().map(|(name, _)| name.clone()).collect();
    sqlx::query(
        "UPDATE crm_accounts SET name = coalesce($3, name), domain = CASE WHEN $4 THEN $5 ELSE domain END, kind = coalesce($6, kind),
            status = coalesce($7, status), segment = coalesce($8, segment), mrr = coalesce($9::text::numeric, mrr),
            owner_id = CASE WHEN $10 THEN $11 ELSE owner_id END,
            -- a text that says what was there leaves a number a number
            extended_info = (extended_info || coalesce((SELECT jsonb_object_agg(n.key, n.value) FROM jsonb_each($12) n WHERE extended_info ->> n.key IS DISTINCT FROM $12 ->> n.key), '{}')) - $13::text[]
         WHERE startup_id = $1 AND id = $2",
    )
    .bind(startup)
    .bind(id)
    .bind(&edit.name)
    .bind(edit.domain.is_some())
    .bind(edit.domain.flatten())
    .bind(edit.kind.map(|k| k.as_str()))
    .bind(edit.status.map(|s| s.as_str()))
    .bind(edit.segment.map(|s| s.as_str()))
    .bind(edit.mrr.map(|m| m.decimal()))
    .bind(edit.owner.is_some())
    .bind(edit.owner.flatten())
    .bind(sqlx::types::Json(set))
    .bind(named)
    .execute(tx.conn())
    .await
    .map_err(owner_unknown)?;
    Ok(())
}

/// The refusal that shows the form beside what the account says now.
async fn laid_beside(tx: &mut TenantTx, id: Uuid, was: &str, form: &AccountForm) -> Result<AppError, AppError> {
    let now = get(tx, id).await?;
    let colleagues = crate::team::store::colleagues(tx).await?;
    Ok(conflict(was, &form.texts(), &texts_beside(&now, form), now.version, |field, value| match field {
        "owner" => owner_name(&colleagues, value),
        _ => value.to_string(),
    }))
}

/// How an owner's id reads.
pub fn owner_name(colleagues: &[Colleague], id: &str) -> String {
    colleagues.iter().find(|c| c.id.to_string() == id).map_or_else(|| "nobody".into(), |c| c.name.clone())
}

/// An owner who is no member (any more) is refused beside the field.
pub fn owner_unknown(error: sqlx::Error) -> AppError {
    match &error {
        sqlx::Error::Database(db) if db.constraint().is_some_and(|name| name.ends_with("owner_id_fkey")) => {
            AppError::invalid("owner", "This person is not in the team any more. Choose another.")
        }
        _ => error.into(),
    }
}

/// Accounts that one of this name and domain may be a second copy of: id, name, domain, likest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn similar(tx: &mut TenantTx, name: &str, domain: Option<&str>) -> Result<Vec<(Uuid, String, Option<String>)>, AppError> {
    Ok(sqlx::query_as(
        "SELECT a.id, a.name, a.domain FROM app.similar_accounts($2, $3) s JOIN crm_accounts a ON a.id = s.id
         WHERE a.startup_id = $1 ORDER BY s.likeness DESC, a.id",
    )
    .bind(tx.startup())
    .bind(name)
    .bind(domain)
    .fetch_all(tx.conn())
    .await?)
}
