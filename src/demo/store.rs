//! Writing the made-up book, as its people would.

use sqlx::PgConnection;
use tower_sessions::session::Id;
use uuid::Uuid;

use super::SOURCE;
use super::generate::Book;
use crate::auth::Email;
use crate::error::AppError;
use crate::server::db::Db;
use crate::server::session::{self, token_hash};
use crate::team::Role;

/// A person signs up and accepts the owner's invitation.
pub async fn join(db: &Db, owner: &str, name: &str, email: &Email, hash: &str, role: Role) -> Result<(), AppError> {
    let invitation = Id::default().to_string();
    let mut tx = db.tenant(owner).await?;
    let (startup, me) = (tx.startup(), tx.viewer().user_id);
    sqlx::query("INSERT INTO invitations (startup_id, id, token_hash, role, invited_by) VALUES ($1, $2, $3, $4, $5)")
        .bind(startup)
        .bind(Uuid::now_v7())
        .bind(token_hash(&invitation))
        .bind(role.as_str())
        .bind(me)
        .execute(tx.conn())
        .await?;
    tx.commit().await?;
    let user = Uuid::now_v7();
    let mut tx = db.auth().await?;
    sqlx::query("SELECT auth.sign_up($1, $2, $3, $4, NULL, NULL, NULL)")
        .bind(user)
        .bind(email.as_str())
        .bind(name)
        .bind(hash)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    let token = session::open_brief(db, user, startup).await?;
    db.accept_invitation(&token, &invitation).await?.ok_or(AppError::NotFound)?;
    session::close(db, &token).await
}

/// Members without sign-in who may write; returns their ids.
pub async fn add_colleagues(db: &Db, owner: &str, names: &[&str]) -> Result<Vec<Uuid>, AppError> {
    let mut tx = db.tenant(owner).await?;
    let infos = vec![serde_json::json!({}); names.len()];
    let ids: Vec<Uuid> =
        sqlx::query_scalar("SELECT user_id FROM app.add_people($1, $2)").bind(names).bind(&infos).fetch_all(tx.conn()).await?;
    for id in &ids {
        sqlx::query("SELECT app.set_member_role($1, 'editor')").bind(id).execute(tx.conn()).await?;
    }
    tx.commit().await?;
    Ok(ids)
}

/// Whom the tokens stand for.
pub async fn user_ids(db: &Db, tokens: &[String]) -> Result<Vec<Uuid>, AppError> {
    let mut ids = Vec::new();
    for token in tokens {
        ids.push(db.tenant(token).await?.viewer().user_id);
    }
    Ok(ids)
}

/// Everything in the book; the log by each author in their own name.
pub async fn write(db: &Db, authors: &[String], book: &Book) -> Result<(), AppError> {
    let mut tx = db.tenant(&authors[0]).await?;
    let startup = tx.startup();
    insert_accounts(tx.conn(), startup, book).await?;
    insert_contacts(tx.conn(), startup, book).await?;
    insert_deals(tx.conn(), startup, book).await?;
    for round in 0..book.deals.iter().map(|d| d.moves.len()).max().unwrap_or(0) {
        move_deals(tx.conn(), startup, book, round).await?;
    }
    tx.commit().await?;
    for (author, token) in authors.iter().enumerate() {
        let mut tx = db.tenant(token).await?;
        let me = tx.viewer().user_id;
        insert_interactions(tx.conn(), startup, me, book, author).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn insert_accounts(conn: &mut PgConnection, startup: Uuid, book: &Book) -> Result<(), AppError> {
    let each = &book.accounts;
    sqlx::query(
        "INSERT INTO crm_accounts (startup_id, import_source, id, external_id, name, domain, kind, segment, status, mrr, owner_id, extended_info)
         SELECT $1, $2, n.* FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[]::numeric[], $11::uuid[], $12::jsonb[]) n",
    )
    .bind(startup)
    .bind(SOURCE)
    .bind(each.iter().map(|a| a.id).collect::<Vec<_>>())
    .bind((0..each.len()).map(|i| format!("sample-{i}")).collect::<Vec<_>>())
    .bind(each.iter().map(|a| a.name.as_str()).collect::<Vec<_>>())
    .bind(each.iter().map(|a| a.domain.as_str()).collect::<Vec<_>>())
    .bind(each.iter().map(|a| a.kind.as_str()).collect::<Vec<_>>())
    .bind(each.iter().map(|a| a.segment.as_str()).collect::<Vec<_>>())
    .bind(each.iter().map(|a| a.status.as_str()).collect::<Vec<_>>())
    .bind(each.iter().map(|a| a.mrr).collect::<Vec<_>>())
    .bind(each.iter().map(|a| a.owner).collect::<Vec<_>>())
    .bind(each.iter().map(|a| a.info.clone()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert_contacts(conn: &mut PgConnection, startup: Uuid, book: &Book) -> Result<(), AppError> {
    let each = &book.contacts;
    sqlx::query(
        "INSERT INTO crm_contacts (startup_id, import_source, account_id, first_name, last_name, role, email)
         SELECT $1, $2, n.* FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[]) n",
    )
    .bind(startup)
    .bind(SOURCE)
    .bind(each.iter().map(|c| c.account).collect::<Vec<_>>())
    .bind(each.iter().map(|c| c.first).collect::<Vec<_>>())
    .bind(each.iter().map(|c| c.last).collect::<Vec<_>>())
    .bind(each.iter().map(|c| c.role).collect::<Vec<_>>())
    .bind(each.iter().map(|c| c.email.as_str()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert_deals(conn: &mut PgConnection, startup: Uuid, book: &Book) -> Result<(), AppError> {
    let each = &book.deals;
    sqlx::query(
        "INSERT INTO crm_deals (startup_id, import_source, id, external_id, account_id, name, amount, owner_id, source_channel, opened_at, expected_close)
         SELECT $1, $2, n.* FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::bigint[]::numeric[], $8::uuid[], $9::text[], $10::timestamptz[], $11::date[]) n",
    )
    .bind(startup)
    .bind(SOURCE)
    .bind(each.iter().map(|d| d.id).collect::<Vec<_>>())
    .bind((0..each.len()).map(|i| format!("sample-{i}")).collect::<Vec<_>>())
    .bind(each.iter().map(|d| d.account).collect::<Vec<_>>())
    .bind(each.iter().map(|d| d.name.as_str()).collect::<Vec<_>>())
    .bind(each.iter().map(|d| d.amount).collect::<Vec<_>>())
    .bind(each.iter().map(|d| d.owner).collect::<Vec<_>>())
    .bind(each.iter().map(|d| d.channel).collect::<Vec<_>>())
    .bind(each.iter().map(|d| d.opened).collect::<Vec<_>>())
    .bind(each.iter().map(|d| d.expected_close).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// The deals' moves number `round`, each at its own time, as the history will show it.
async fn move_deals(conn: &mut PgConnection, startup: Uuid, book: &Book, round: usize) -> Result<(), AppError> {
    let moved: Vec<_> = book.deals.iter().filter_map(|d| d.moves.get(round).map(|(stage, at)| (d, stage, at))).collect();
    sqlx::query(
        "UPDATE crm_deals d SET stage = n.stage, stage_since = n.at, lost_reason = n.reason
         FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::text[]) n(id, stage, at, reason) WHERE d.startup_id = $1 AND d.id = n.id",
    )
    .bind(startup)
    .bind(moved.iter().map(|(d, _, _)| d.id).collect::<Vec<_>>())
    .bind(moved.iter().map(|(_, stage, _)| stage.as_str()).collect::<Vec<_>>())
    .bind(moved.iter().map(|(_, _, at)| **at).collect::<Vec<_>>())
    .bind(moved.iter().map(|(d, _, _)| d.lost_reason).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert_interactions(conn: &mut PgConnection, startup: Uuid, me: Uuid, book: &Book, author: usize) -> Result<(), AppError> {
    let mine: Vec<_> = book.interactions.iter().filter(|i| i.author == author).collect();
    sqlx::query(
        "INSERT INTO crm_interactions (startup_id, author_id, id, account_id, type, direction, summary, occurred_at)
         SELECT $1, $2, app.uuid7(), n.* FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[]) n",
    )
    .bind(startup)
    .bind(me)
    .bind(mine.iter().map(|i| i.account).collect::<Vec<_>>())
    .bind(mine.iter().map(|i| i.kind.as_str()).collect::<Vec<_>>())
    .bind(mine.iter().map(|i| i.direction.map(crate::interactions::Direction::as_str)).collect::<Vec<_>>())
    .bind(mine.iter().map(|i| i.summary).collect::<Vec<_>>())
    .bind(mine.iter().map(|i| i.at).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// Spreads since when accounts are known over the past. One in eight was researched more than 30 days ago; the others are
/// researched, on their sample sites, as soon as a worker runs.
pub async fn age(administrator: &mut PgConnection) -> Result<(), AppError> {
    sqlx::query(
        "UPDATE crm_accounts a SET created_at = now() - make_interval(hours => n.h % 17000), last_enriched_at = CASE WHEN n.h % 8 = 0 THEN now() - make_interval(hours => 730 + n.h % 370) END
         FROM (SELECT startup_id, id, hashtext(external_id) & 16777215 AS h FROM crm_accounts) n WHERE n.startup_id = a.startup_id AND n.id = a.id AND a.import_source = $1",
    )
    .bind(SOURCE)
    .execute(&mut *administrator)
    .await?;
    sqlx::query(
        "UPDATE startups s SET icp = $2 WHERE EXISTS (SELECT FROM crm_accounts a WHERE a.startup_id = s.id AND a.import_source = $1)",
    )
    .bind(SOURCE)
    .bind(serde_json::json!({
        "industries": ["Freight and logistics", "Software", "Industrial automation", "Mechanical engineering"],
        "sizes": ["50-5000"], "regions": ["EU", "United Kingdom"], "technologies": ["PostgreSQL", "Shopify", "nginx", "React"],
        "keywords": ["machines", "ships", "automates", "routes"],
    }))
    .execute(&mut *administrator)
    .await?;
    sqlx::query(
        "SELECT app.enqueue(a.startup_id, 'enrich', array_agg(a.id), array_agg(a.id), app.acting(a.startup_id), 2) FROM crm_accounts a
         WHERE a.import_source = $1 AND a.last_enriched_at IS NULL AND a.deleted_at IS NULL GROUP BY a.startup_id",
    )
    .bind(SOURCE)
    .execute(administrator)
    .await?;
    Ok(())
}
