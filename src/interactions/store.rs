//! The log in the database. Writing to it touches its account's last contact and health, by trigger.

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use uuid::Uuid;

use super::{Activity, Entry, Interaction, NewInteraction, SHOWN, StageMove, Subject};
use crate::error::AppError;
use crate::server::db::TenantTx;

/// Whom an entry can be with.
const CONTACTS: &str =
    "SELECT c.id, coalesce(nullif(btrim(c.first_name || ' ' || c.last_name), ''), c.email, 'Somebody') AS name FROM crm_contacts c
     WHERE c.startup_id = $1 AND c.account_id = $2 AND c.deleted_at IS NULL ORDER BY 2, 1 LIMIT $3";

/// An account's latest interactions, and what a new one can be about.
///
/// # Errors
/// When the database cannot be reached.
pub async fn activity(tx: &mut TenantTx, account: Uuid) -> Result<Activity, AppError> {
    let about = About::Account(account);
    let entries = timeline(logged(tx, about).await?, moves(tx, about).await?);
    if !tx.viewer().role.edits() {
        return Ok(Activity { entries, ..Activity::default() });
    }
    let contacts = subjects(tx, account, CONTACTS).await?;
    let deals = subjects(
        tx,
        account,
        "SELECT d.id, d.name FROM crm_deals d
         WHERE d.startup_id = $1 AND d.account_id = $2 AND d.deleted_at IS NULL AND d.closed_at IS NULL ORDER BY 2, 1 LIMIT $3",
    )
    .await?;
    Ok(Activity { entries, contacts, deals, next: Uuid::now_v7() })
}

/// Whose entries.
#[derive(Clone, Copy)]
enum About {
    Account(Uuid),
    Deal(Uuid),
}

impl About {
    fn id(self) -> Uuid {
        match self {
            Self::Account(id) | Self::Deal(id) => id,
        }
    }

    /// The column that has to be it.
    fn column(self, account: &'static str, deal: &'static str) -> &'static str {
        match self {
            Self::Account(_) => account,
            Self::Deal(_) => deal,
        }
    }
}

/// What a deal of `account` went through: what was logged about it with what a new entry can be about, and its stages,
/// newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_deal(tx: &mut TenantTx, account: Uuid, deal: Subject) -> Result<(Activity, Vec<StageMove>), AppError> {
    let about = About::Deal(deal.id);
    let entries = logged(tx, about).await?.into_iter().map(Entry::Logged).collect();
    let moves = moves(tx, about).await?;
    let contacts = if tx.viewer().role.edits() { subjects(tx, account, CONTACTS).await? } else { Vec::new() };
    Ok((Activity { entries, contacts, deals: vec![deal], next: Uuid::now_v7() }, moves))
}

/// What was logged, with the moves of deals between, newest first.
fn timeline(logged: Vec<Interaction>, moves: Vec<StageMove>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = logged.into_iter().map(Entry::Logged).chain(moves.into_iter().map(Entry::Moved)).collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at()));
    entries.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
    entries
}

/// The latest moves of deals that are not in the bin.
async fn moves(tx: &mut TenantTx, about: About) -> Result<Vec<StageMove>, AppError> {
    let whose = about.column("d.account_id", "d.id");
    let sql = format!(
        "SELECT c.id, c.deal_id, d.name AS deal, c.from_stage, c.to_stage, c.changed_at AS occurred_at, c.changed_at AT TIME ZONE $4 AS local, c.stayed, u.name AS author
         FROM crm_deals d JOIN crm_deal_stage_changes c ON c.startup_id = $1 AND c.deal_id = d.id LEFT JOIN auth.users u ON u.id = c.changed_by
         WHERE d.startup_id = $1 AND {whose} = $2 AND d.deleted_at IS NULL ORDER BY c.changed_at DESC, c.id DESC LIMIT $3"
    );
    latest(tx, about, sql).await
}

/// Runs a statement over startup, account or deal, how many, and the startup's time zone.
async fn latest<T>(tx: &mut TenantTx, about: About, sql: String) -> Result<Vec<T>, AppError>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
{
    let zone = tx.viewer().time_zone.clone();
    let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(tx.startup()).bind(about.id()).bind(SHOWN).bind(zone);
    Ok(query.fetch_all(tx.conn()).await?)
}

async fn subjects(tx: &mut TenantTx, account: Uuid, sql: &'static str) -> Result<Vec<Subject>, AppError> {
    Ok(sqlx::query_as(sql).bind(tx.startup()).bind(account).bind(SHOWN).fetch_all(tx.conn()).await?)
}

async fn logged(tx: &mut TenantTx, about: About) -> Result<Vec<Interaction>, AppError> {
    let whose = about.column("i.account_id", "i.deal_id");
    let sql = format!(
        "SELECT i.id, i.type, i.direction, i.summary, i.sentiment, i.occurred_at, i.occurred_at AT TIME ZONE $4 AS local, u.name AS author,
            coalesce(nullif(btrim(c.first_name || ' ' || c.last_name), ''), c.email) AS contact, d.name AS deal
         FROM crm_interactions i LEFT JOIN auth.users u ON u.id = i.author_id
         LEFT JOIN crm_contacts c ON c.startup_id = $1 AND c.id = i.contact_id LEFT JOIN crm_deals d ON d.startup_id = $1 AND d.id = i.deal_id
         WHERE i.startup_id = $1 AND {whose} = $2 ORDER BY i.occurred_at DESC, i.id DESC LIMIT $3"
    );
    latest(tx, about, sql).await
}

/// Writes an entry as the signed-in person.
///
/// # Errors
/// [`AppError::Forbidden`] for a viewer; [`AppError::NotFound`] when the account is missing, binned, or another startup's, and for
/// a contact or deal that is not the account's; [`AppError::Invalid`] for a time to come.
pub async fn log(tx: &mut TenantTx, account: Uuid, new: &NewInteraction) -> Result<(), AppError> {
    let (startup, author) = (tx.startup(), tx.viewer().user_id);
    let at = match new.at {
        Some(local) => Some(past(tx, local).await?),
        None => None,
    };
    let id = match new.id {
        Some(id) => match known(tx, id, account, new).await? {
            Logged::Same => return Ok(()),
            Logged::Other => Uuid::now_v7(),
            Logged::Nothing => id,
        },
        None => Uuid::now_v7(),
    };
    let done = sqlx::query(
        "INSERT INTO crm_interactions (startup_id, id, account_id, author_id, type, direction, summary, occurred_at, contact_id, deal_id)
         SELECT $1, $2, a.id, $4, $5, $6, $7, coalesce($8, now()), $9, $10 FROM crm_accounts a
         WHERE a.startup_id = $1 AND a.id = $3 AND a.deleted_at IS NULL
           AND ($9::uuid IS NULL OR EXISTS (SELECT FROM crm_contacts c WHERE c.startup_id = $1 AND c.id = $9 AND c.account_id = a.id AND c.deleted_at IS NULL))
           AND ($10::uuid IS NULL OR EXISTS (SELECT FROM crm_deals d WHERE d.startup_id = $1 AND d.id = $10 AND d.account_id = a.id AND d.deleted_at IS NULL))
         ON CONFLICT (startup_id, id) DO NOTHING",
    )
    .bind(startup)
    .bind(id)
    .bind(account)
    .bind(author)
    .bind(new.kind.as_str())
    .bind(new.direction.map(super::Direction::as_str))
    .bind(&new.summary)
    .bind(at)
    .bind(new.contact)
    .bind(new.deal)
    .execute(tx.conn())
    .await?;
    // nothing was written: there is no such account, or the same entry came first at this moment
    match done.rows_affected() {
        0 if known(tx, id, account, new).await? != Logged::Same => Err(AppError::NotFound),
        _ => Ok(()),
    }
}

/// What an id stands for in the log.
#[derive(PartialEq, Eq)]
enum Logged {
    Nothing,
    /// The same entry: its answer was lost, and it was sent again.
    Same,
    Other,
}

async fn known(tx: &mut TenantTx, id: Uuid, account: Uuid, new: &NewInteraction) -> Result<Logged, AppError> {
    let same: Option<bool> = sqlx::query_scalar(
        "SELECT i.account_id = $3 AND i.type = $4 AND i.summary IS NOT DISTINCT FROM $5 FROM crm_interactions i WHERE i.startup_id = $1 AND i.id = $2",
    )
    .bind(tx.startup())
    .bind(id)
    .bind(account)
    .bind(new.kind.as_str())
    .bind(&new.summary)
    .fetch_optional(tx.conn())
    .await?;
    Ok(match same {
        None => Logged::Nothing,
        Some(true) => Logged::Same,
        Some(false) => Logged::Other,
    })
}

/// A time on the startup's clock that is over: the log says what was.
async fn past(tx: &mut TenantTx, local: NaiveDateTime) -> Result<DateTime<Utc>, AppError> {
    let zone = tx.viewer().time_zone.clone();
    let at: DateTime<Utc> = sqlx::query_scalar("SELECT $1::timestamp AT TIME ZONE $2").bind(local).bind(zone).fetch_one(tx.conn()).await?;
    if at > Utc::now() + Duration::minutes(5) {
        return Err(AppError::invalid("at", "This is still to come. Log it when it has happened."));
    }
    Ok(at)
}
