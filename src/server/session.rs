//! Sessions: the cookie holds a random token, the database only its hash. tower-sessions' record is loaded only where a
//! session changes; everything else hands the token straight to the tenant transaction.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result, SessionStore};
use tower_sessions::{Expiry, Session, SessionManagerLayer};
use uuid::Uuid;

use super::db::Db;
use crate::error::AppError;

/// Key of the signed-in user in a session's data.
const USER: &str = "user_id";
/// Key of the startup that they used last; `app.viewer` reads it.
const STARTUP: &str = "startup_id";
/// Sessions end after this many days.
const DAYS: i64 = 30;

/// Keeps sessions in `auth.sessions`, through the functions that `prospector_auth` may call.
#[derive(Clone, Debug)]
pub struct PgStore(pub Db);

/// What the database keeps of a token.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn backend(error: impl std::fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait::async_trait]
impl SessionStore for PgStore {
    /// Always under a new token, whatever id the record had: signing in never keeps an old one.
    async fn create(&self, record: &mut Record) -> Result<()> {
        let user = record.data.get(USER).and_then(|v| v.as_str()).and_then(|v| v.parse::<Uuid>().ok());
        let user = user.ok_or_else(|| backend("there is no session before sign-in"))?;
        record.id = Id::default();
        let mut tx = self.0.auth().await.map_err(backend)?;
        sqlx::query("SELECT auth.open_session($1, $2, make_interval(days => $3), NULL, $4)")
            .bind(user)
            .bind(token_hash(&record.id.to_string()))
            .bind(i32::try_from(DAYS).map_err(backend)?)
            .bind(kept(record)?)
            .execute(&mut *tx)
            .await
            .map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let mut tx = self.0.auth().await.map_err(backend)?;
        sqlx::query("SELECT auth.save_session($1, $2)")
            .bind(token_hash(&record.id.to_string()))
            .bind(kept(record)?)
            .execute(&mut *tx)
            .await
            .map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let mut tx = self.0.auth().await.map_err(backend)?;
        let found: Option<(serde_json::Value, f64)> =
            sqlx::query_as("SELECT data, extract(epoch FROM expires_at)::float8 FROM auth.load_session($1)")
                .bind(token_hash(&id.to_string()))
                .fetch_optional(&mut *tx)
                .await
                .map_err(backend)?;
        found
            .map(|(data, expires)| {
                let data: HashMap<_, _> = serde_json::from_value(data).map_err(|e| Error::Decode(e.to_string()))?;
                let expiry_date = OffsetDateTime::from_unix_timestamp(expires as i64).map_err(|e| Error::Decode(e.to_string()))?;
                Ok(Record { id: *id, data, expiry_date })
            })
            .transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let mut tx = self.0.auth().await.map_err(backend)?;
        sqlx::query("SELECT auth.close_session($1)").bind(token_hash(&id.to_string())).execute(&mut *tx).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

/// A record's data without the user, who has a column.
fn kept(record: &Record) -> Result<serde_json::Value> {
    let data: HashMap<_, _> = record.data.iter().filter(|(key, _)| *key != USER).collect();
    serde_json::to_value(data).map_err(|e| Error::Encode(e.to_string()))
}

/// The layer that reads and writes the cookie: HttpOnly, SameSite=Lax, Secure on https.
pub fn layer(db: Db, secure: bool) -> SessionManagerLayer<PgStore> {
    SessionManagerLayer::new(PgStore(db))
        .with_name(if secure { "__Host-sid" } else { "sid" })
        .with_same_site(SameSite::Lax)
        .with_secure(secure)
        .with_expiry(Expiry::OnInactivity(Duration::days(DAYS)))
}

/// Signs a person in, under a new token; a session that was there before is closed.
///
/// # Errors
/// When the store cannot be reached.
pub async fn sign_in(session: &Session, user: Uuid) -> std::result::Result<(), AppError> {
    if session.id().is_some() {
        session.flush().await.map_err(super::errors::internal)?;
    }
    session.insert(USER, user).await.map_err(super::errors::internal)
}

/// Makes a startup the active one. Only for a member: what `app.viewer` cannot find a membership for counts as none.
/// The layer saves it before the answer goes out.
///
/// # Errors
/// When the store cannot be reached.
pub async fn use_startup(session: &Session, startup: Uuid) -> std::result::Result<(), AppError> {
    session.insert(STARTUP, startup).await.map_err(super::errors::internal)
}

/// Closes the session, in the database and in the browser.
///
/// # Errors
/// When the store cannot be reached.
pub async fn sign_out(session: &Session) -> std::result::Result<(), AppError> {
    match session.id() {
        Some(_) => session.flush().await.map_err(super::errors::internal),
        None => Ok(()),
    }
}

/// A session of an hour without a cookie, in one startup: for commands and made-up data. Returns its token.
///
/// # Errors
/// When the database cannot be reached.
pub async fn open_brief(db: &Db, user: Uuid, startup: Uuid) -> std::result::Result<String, AppError> {
    let token = Id::default().to_string();
    let mut tx = db.auth().await?;
    sqlx::query("SELECT auth.open_session($1, $2, interval '1 hour', 'command', $3)")
        .bind(user)
        .bind(token_hash(&token))
        .bind(serde_json::json!({ STARTUP: startup }))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(token)
}

/// Closes a session by its token.
///
/// # Errors
/// When the database cannot be reached.
pub async fn close(db: &Db, token: &str) -> std::result::Result<(), AppError> {
    let mut tx = db.auth().await?;
    sqlx::query("SELECT auth.close_session($1)").bind(token_hash(token)).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}
