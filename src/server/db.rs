//! The one way to the database. A request's work happens in a [`TenantTx`]: a transaction whose settings say who is
//! asking, so that PostgreSQL's policies decide what it sees. The pools themselves are private to this module.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{ConnectOptions, PgConnection, PgPool, Postgres, Row, Transaction};
use uuid::Uuid;

use super::config::Addresses;
use crate::error::AppError;
use crate::team::Viewer;

/// The pools, one for each login role.
#[derive(Clone, Debug)]
pub struct Db {
    app: PgPool,
    auth: PgPool,
    worker: PgPool,
}

/// Time-outs travel as connection options: settings of a role in one database are not copied to its clones.
const TIMEOUTS: [(&str, &str); 5] = [
    ("statement_timeout", "15s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "30s"),
    ("timezone", "UTC"),
    ("jit", "off"),
];

/// Statements are logged by level without their values; none at all unless slow.
pub(crate) fn quiet(options: PgConnectOptions) -> PgConnectOptions {
    options
        .log_statements(tracing::log::LevelFilter::Off)
        .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_secs(2))
        .application_name("prospector")
}

async fn pool(options: PgConnectOptions, most: u32) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(Duration::from_secs(3))
        .max_lifetime(Duration::from_secs(15 * 60))
        .connect_with(quiet(options).options(TIMEOUTS))
        .await
}

impl Db {
    /// Opens the pools.
    ///
    /// # Errors
    /// [`OpenError::Bypass`] when a login role could get around row-level security, else the connection's own error.
    pub async fn open(addresses: &Addresses) -> Result<Self, OpenError> {
        let db = Self {
            app: pool(addresses.app.clone(), 16).await?,
            auth: pool(addresses.auth.clone(), 4).await?,
            worker: pool(addresses.worker.clone(), 8).await.map_err(OpenError::Worker)?,
        };
        for pool in [&db.app, &db.auth, &db.worker] {
            refuse_bypass(&mut *pool.acquire().await?).await?;
        }
        warn_of_old_minor(&mut *db.app.acquire().await?).await?;
        Ok(db)
    }

    /// Begins the transaction of the person whose session `token` is, in the startup they last used.
    ///
    /// # Errors
    /// [`AppError::SignedOut`] for an unknown or expired token, [`AppError::NoStartup`] for a person without membership.
    pub async fn tenant(&self, token: &str) -> Result<TenantTx, AppError> {
        in_context(begin(&self.app).await?, token).await
    }

    /// Begins the transaction of a claimed job, whose session `token` is: the same context, and what only the worker may
    /// write besides.
    ///
    /// # Errors
    /// [`AppError::SignedOut`] when the job's lease has ended, [`AppError::NoStartup`] when its member is none any more.
    pub async fn job(&self, token: &str) -> Result<TenantTx, AppError> {
        in_context(begin(&self.worker).await?, token).await
    }

    /// A transaction as `prospector_worker` without any context: it claims jobs and calls what runs by schedule.
    ///
    /// # Errors
    /// When no connection is to be had.
    pub async fn worker(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        begin(&self.worker).await
    }

    /// Begins the transaction of the person whose session `token` is, or of a stranger, in no startup: it sees what
    /// belongs to the person and what a link's token opens, and no tenant's rows.
    ///
    /// # Errors
    /// When no connection is to be had.
    pub async fn person(&self, token: Option<&str>) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        let mut tx = begin(&self.app).await?;
        sqlx::query("SELECT set_config('app.session', $1, true)").bind(token.unwrap_or_default()).execute(&mut *tx).await?;
        Ok(tx)
    }

    /// Makes the person of `token` a member of the startup that invited them; `None` for a used, expired or unknown
    /// invitation. A member already keeps their role, and leaves the invitation unused.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn accept_invitation(&self, token: &str, invitation: &str) -> Result<Option<Uuid>, AppError> {
        let mut tx = self.person(Some(token)).await?;
        let startup = sqlx::query_scalar("SELECT app.accept_invitation($1)").bind(invitation).fetch_one(&mut *tx).await?;
        tx.commit().await?;
        Ok(startup)
    }

    /// A transaction as `prospector_auth`, which can call the functions of schema `auth` and read no table.
    ///
    /// # Errors
    /// When no connection is to be had.
    pub async fn auth(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        begin(&self.auth).await
    }

    /// A connection of its own that hears `channel`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub(super) async fn listen(&self, channel: &str) -> Result<PgListener, sqlx::Error> {
        let mut listener = PgListener::connect_with(&self.app).await?;
        listener.listen(channel).await?;
        Ok(listener)
    }

    /// Waits until all connections are closed.
    pub async fn close(&self) {
        self.app.close().await;
        self.auth.close().await;
        self.worker.close().await;
    }
}

/// Puts a transaction into the context of a session's person and startup.
async fn in_context(mut tx: Transaction<'static, Postgres>, token: &str) -> Result<TenantTx, AppError> {
    let row = sqlx::query(
            "SELECT v.*, (now() AT TIME ZONE v.time_zone)::date AS today, set_config('app.session', $1, true), set_config('app.startup_id', coalesce(v.startup_id::text, ''), true) FROM app.viewer($1) v",
        )
        .bind(token)
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(AppError::SignedOut)?;
    let startup_id: Option<Uuid> = row.try_get("startup_id")?;
    let viewer = Viewer {
        startup_id: startup_id.ok_or(AppError::NoStartup)?,
        user_id: row.try_get("user_id")?,
        name: row.try_get("user_name")?,
        email: row.try_get("email")?,
        startup_name: row.try_get("startup_name")?,
        slug: row.try_get("slug")?,
        role: row.try_get::<String, _>("role")?.try_into().map_err(super::errors::internal)?,
        currency: row.try_get("currency")?,
        time_zone: row.try_get("time_zone")?,
        today: row.try_get("today")?,
    };
    Ok(TenantTx { tx, viewer })
}

/// A request that is dropped while BEGIN is under way would hand back a connection inside an open transaction
/// (sqlx #4393). On a task of its own BEGIN always finishes, and the dropped transaction rolls back.
async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let pool = pool.clone();
    tokio::spawn(async move { pool.begin().await }).await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}

/// A transaction in the context of one person and one startup. Dropped without [`TenantTx::commit`], it rolls back.
#[derive(Debug)]
pub struct TenantTx {
    tx: Transaction<'static, Postgres>,
    viewer: Viewer,
}

impl TenantTx {
    /// The connection, for a store's statements.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Who is asking.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The active startup: every statement carries it besides the policy.
    pub fn startup(&self) -> Uuid {
        self.viewer.startup_id
    }

    /// That this person may change records. The policies say the same; this says it before anything is looked for.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for viewers.
    pub fn edits(&self) -> Result<(), AppError> {
        if self.viewer.role.edits() { Ok(()) } else { Err(AppError::Forbidden) }
    }

    /// That this person may delete records and change the startup.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for editors and viewers.
    pub fn manages(&self) -> Result<(), AppError> {
        if self.viewer.role.manages() { Ok(()) } else { Err(AppError::Forbidden) }
    }

    /// That this is the startup which a form was made for: in another window the person may have gone to another since.
    /// A form that names none says nothing.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for the form as a whole.
    pub fn is_in(&self, startup: &str) -> Result<(), AppError> {
        if startup.is_empty() || startup == self.viewer.startup_id.to_string() {
            return Ok(());
        }
        let now = &self.viewer.startup_name;
        Err(AppError::invalid(
            "",
            format!("This was made for another startup. You are in {now} since: go back to the other one and do it there."),
        ))
    }

    /// Makes the changes stay.
    ///
    /// # Errors
    /// When the database refuses; nothing was changed then.
    pub async fn commit(self) -> Result<(), AppError> {
        Ok(self.tx.commit().await?)
    }
}

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database role {role} {why}, so row-level security would not keep tenants apart; use a login role without that")]
    Bypass { role: String, why: String },
    #[error("the role prospector_worker cannot sign in (DATABASE_WORKER_URL): {0}")]
    Worker(sqlx::Error),
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

async fn refuse_bypass(conn: &mut PgConnection) -> Result<(), OpenError> {
    let (role, why): (String, Option<String>) = sqlx::query_as(
        "SELECT current_user::text, CASE
            WHEN r.rolsuper THEN 'is a superuser'
            WHEN r.rolbypassrls THEN 'has BYPASSRLS'
            WHEN r.rolcreaterole THEN 'has CREATEROLE'
            WHEN EXISTS (SELECT FROM pg_roles o WHERE (o.rolsuper OR o.rolbypassrls) AND pg_has_role(current_user, o.oid, 'MEMBER')) THEN 'is a member of a role that bypasses it'
            WHEN EXISTS (SELECT FROM pg_roles o WHERE o.rolname IN ('prospector_owner', 'prospector_definer', 'prospector_backup') AND pg_has_role(current_user, o.oid, 'MEMBER')) THEN 'is a member of the schema''s owner, definer or backup role'
            WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relowner = r.oid AND n.nspname IN ('public', 'auth')) THEN 'owns tables'
          END FROM pg_roles r WHERE r.rolname = current_user",
    )
    .fetch_one(conn)
    .await?;
    match why {
        Some(why) => Err(OpenError::Bypass { role, why }),
        None => Ok(()),
    }
}

/// Minor releases that hold the known fixes to row-level security, by major version.
const FIXED_IN: [(i32, i32); 4] = [(15, 20), (16, 16), (17, 12), (18, 7)];

async fn warn_of_old_minor(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    let number: i32 = sqlx::query_scalar("SELECT current_setting('server_version_num')::int").fetch_one(conn).await?;
    let (major, minor) = (number / 10_000, number % 10_000);
    if let Some((_, fixed)) = FIXED_IN.iter().find(|(m, fixed)| *m == major && minor < *fixed) {
        tracing::warn!("PostgreSQL {major}.{minor} lacks fixes to row-level security; update it to {major}.{fixed}");
    }
    Ok(())
}
