//! The private PostgreSQL: the database programs of this machine, run as a child process on a socket that only this
//! user can reach. It stops with the server, however that ends, and is started again when it dies.

mod folders;
mod home;
mod programs;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use sqlx::{Connection, PgConnection};

use home::Postmaster;
pub use home::{Durability, Home};
use programs::OLDEST;

/// Administrator of a private cluster.
pub const ADMIN: &str = "postgres";
/// Its database.
const DATABASE: &str = "prospector";

/// Why there is no private PostgreSQL.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    #[error(
        "PostgreSQL {OLDEST} or newer is not installed (looked in PATH and the usual folders). Install it (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql), or set DATABASE_URL"
    )]
    Missing,
    #[error("the data were made by PostgreSQL {0}, which is not installed any more: install it, or move the data with pg_upgrade")]
    Outdated(u32),
    #[error("running as root, and there is no user postgres or nobody to run PostgreSQL as")]
    NoUser,
    #[error("another Prospector is running on {0}")]
    Taken(PathBuf),
    #[error("{step} failed: {output}")]
    Step { step: &'static str, output: String },
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
}

impl PostgresError {
    /// Whether waiting may help: another postmaster of the same cluster is still on its way out.
    fn passes(&self) -> bool {
        matches!(self, Self::Step { output, .. } if output.contains("shared memory block") || output.contains("lock file"))
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> PostgresError {
    move |source| PostgresError::File { path: path.to_path_buf(), source }
}

/// A running private PostgreSQL, watched over by a task until [`Running::stop`].
#[derive(Debug)]
pub struct Running {
    home: Home,
    stop: tokio::sync::oneshot::Sender<()>,
    keeper: tokio::task::JoinHandle<()>,
    _lock: File,
}

impl Running {
    /// Starts the cluster, making it first where there is none.
    ///
    /// # Errors
    /// [`PostgresError::Taken`] when another server has it, else what went wrong in starting it.
    pub async fn start(home: Home) -> Result<Self, PostgresError> {
        let lock = home.lock()?;
        home.initialise()?;
        let postmaster = home.start_process().await?;
        make_database(&home).await?;
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let keeper = tokio::spawn(keep_running(home.clone(), postmaster, stopped));
        Ok(Self { home, stop, keeper, _lock: lock })
    }

    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Stops the database and waits for it.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.keeper.await;
    }
}

async fn keep_running(home: Home, mut postmaster: Postmaster, mut stopped: tokio::sync::oneshot::Receiver<()>) {
    loop {
        tokio::select! {
            _ = &mut stopped => {
                drop(postmaster.pipe);
                let _ = postmaster.child.wait().await;
                return;
            }
            _ = postmaster.child.wait() => {
                tracing::warn!("the private PostgreSQL ended; starting it again");
                match home.start_process().await {
                    Ok(again) => postmaster = again,
                    Err(error) => { tracing::error!("the private PostgreSQL does not start: {error}"); return; }
                }
            }
        }
    }
}

async fn make_database(home: &Home) -> Result<(), PostgresError> {
    let mut conn = PgConnection::connect_with(&home.options().username(ADMIN).database("postgres")).await?;
    let there: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)").bind(DATABASE).fetch_one(&mut conn).await?;
    if !there {
        sqlx::raw_sql("CREATE DATABASE prospector").execute(&mut conn).await?;
    }
    Ok(conn.close().await?)
}
