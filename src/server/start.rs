//! From configuration to an open, migrated database.

use sqlx::{ConnectOptions, Connection, PgConnection};

use super::config::{Addresses, Config};
use super::db::{Db, OpenError, quiet};
use super::migrate::{self, MigrateError};
use super::postgres::{ADMIN, Durability, Home, PostgresError, Running};

/// Why nothing could be started, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("this needs an administrator of the database: set DATABASE_OWNER_URL")]
    NoAdministrator,
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// An open database, and the private PostgreSQL behind it where this process started one.
#[derive(Debug)]
pub struct Database {
    pub db: Db,
    pub private: Option<Running>,
    addresses: Addresses,
}

impl Database {
    /// Opens the configured database, or starts the private one; brings the schema up to date.
    ///
    /// # Errors
    /// [`PostgresError::Taken`] when a server runs on the private one already, else what went wrong.
    pub async fn open(config: &Config) -> Result<Self, StartError> {
        let (addresses, private) = match Addresses::from_config(config)? {
            Some(addresses) => (addresses, None),
            None => {
                let running = Running::start(Home::under(&config.data_dir, Durability::Kept)?).await?;
                (Addresses::of(&running.home().options(), ADMIN), Some(running))
            }
        };
        Self::ready(addresses, private).await
    }

    /// Like [`Database::open`], but beside a running server rather than in its place: for commands.
    ///
    /// # Errors
    /// As for [`Database::open`].
    pub async fn join(config: &Config) -> Result<Self, StartError> {
        if config.database_url.is_none() {
            let home = Home::under(&config.data_dir, Durability::Kept)?;
            if home.is_taken() {
                return Self::ready(Addresses::of(&home.options(), ADMIN), None).await;
            }
        }
        Self::open(config).await
    }

    async fn ready(addresses: Addresses, private: Option<Running>) -> Result<Self, StartError> {
        match &addresses.owner {
            Some(owner) => {
                let mut conn = PgConnection::connect_with(&quiet(owner.clone())).await?;
                let ran = migrate::run(&mut conn).await?;
                if ran > 0 {
                    tracing::info!("schema brought to {} ({ran} migrations)", migrate::newest());
                }
                conn.close().await?;
            }
            None => migrate::check(&mut PgConnection::connect_with(&quiet(addresses.app.clone())).await?).await?,
        }
        Ok(Self { db: Db::open(&addresses).await?, private, addresses })
    }

    /// A connection as the administrator, for the operator's commands.
    ///
    /// # Errors
    /// [`StartError::NoAdministrator`] where none is configured.
    pub async fn administrator(&self) -> Result<PgConnection, StartError> {
        let owner = self.addresses.owner.clone().ok_or(StartError::NoAdministrator)?;
        // its statements are long and the operator is watching
        Ok(PgConnection::connect_with(&owner.disable_statement_logging().application_name("prospector")).await?)
    }

    /// Closes the connections, then stops the private PostgreSQL.
    pub async fn close(self) {
        self.db.close().await;
        if let Some(private) = self.private {
            private.stop().await;
        }
    }
}
