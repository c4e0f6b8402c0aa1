//! Configuration: environment variables, each also a command-line option.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use crate::gemini::GeminiConfig;

/// What an operator can set. Without `DATABASE_URL` the server runs a private PostgreSQL under `DATA_DIR`.
#[derive(Clone, Debug, clap::Args)]
pub struct Config {
    /// PostgreSQL address, signing in as prospector_app; unset: a private PostgreSQL under DATA_DIR
    #[arg(long, env, hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// As prospector_auth; unset: DATABASE_URL with the user replaced
    #[arg(long, env, hide_env_values = true, global = true)]
    pub database_auth_url: Option<String>,
    /// As prospector_worker; unset: DATABASE_URL with the user replaced
    #[arg(long, env, hide_env_values = true, global = true)]
    pub database_worker_url: Option<String>,
    /// As an administrator who is a member of prospector_owner and prospector_definer; needed for migrations
    #[arg(long, env, hide_env_values = true, global = true)]
    pub database_owner_url: Option<String>,
    /// Address to listen on
    #[arg(long, env, default_value = "127.0.0.1:3000", global = true)]
    pub listen_addr: SocketAddr,
    /// The address that people type; https makes cookies Secure
    #[arg(long, env, global = true)]
    pub public_url: Option<String>,
    /// Folder of the private PostgreSQL
    #[arg(long, env, default_value = "data", global = true)]
    pub data_dir: PathBuf,
    /// Folder of the built front end (style, script, module)
    #[arg(long, env, default_value = "target/site", global = true)]
    pub site_dir: PathBuf,
    #[command(flatten)]
    pub gemini: GeminiConfig,
    /// Least level that is logged: error, warn, info, debug, trace
    #[arg(long, env = "LOG", default_value = "info", global = true)]
    pub log: tracing::Level,
}

impl Config {
    /// Whether people reach the server over https.
    pub fn secure(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

/// How to reach the database in each of the roles.
#[derive(Clone, Debug)]
pub struct Addresses {
    pub app: PgConnectOptions,
    pub auth: PgConnectOptions,
    pub worker: PgConnectOptions,
    /// An administrator; absent where the operator migrates by hand.
    pub owner: Option<PgConnectOptions>,
}

impl Addresses {
    /// One server and database for all roles; `admin` is the administrator's name.
    pub fn of(base: &PgConnectOptions, admin: &str) -> Self {
        Self {
            app: base.clone().username("prospector_app"),
            auth: base.clone().username("prospector_auth"),
            worker: base.clone().username("prospector_worker"),
            owner: Some(base.clone().username(admin)),
        }
    }

    /// From the configuration; `None` where no `DATABASE_URL` is set.
    ///
    /// # Errors
    /// An address that is none.
    pub fn from_config(config: &Config) -> Result<Option<Self>, sqlx::Error> {
        let Some(url) = &config.database_url else { return Ok(None) };
        let app = PgConnectOptions::from_str(url)?;
        let or_role =
            |url: &Option<String>, role: &str| url.as_deref().map_or_else(|| Ok(app.clone().username(role)), PgConnectOptions::from_str);
        Ok(Some(Self {
            auth: or_role(&config.database_auth_url, "prospector_auth")?,
            worker: or_role(&config.database_worker_url, "prospector_worker")?,
            owner: config.database_owner_url.as_deref().map(PgConnectOptions::from_str).transpose()?,
            app,
        }))
    }
}
