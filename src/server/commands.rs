//! What the program's commands do.

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

use tokio::net::TcpListener;
use uuid::Uuid;

use super::config::Config;
use super::live::Live;
use super::researchers::Researchers;
use super::start::{Database, StartError};
use super::{http, password, session};
use crate::auth::{Email, NewPassword};
use crate::error::AppError;
use crate::import::{ImportError, Options};
use crate::jobs::worker::Worker;
use crate::{auth, bulk, demo, import};

/// Why a command ended early, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    App(#[from] AppError),
    #[error("{0}; nothing was imported")]
    Import(#[from] ImportError),
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("research cannot begin: {0}")]
    Research(String),
    #[error("cannot listen on {address}: {source} (another address: LISTEN_ADDR)")]
    Listen { address: std::net::SocketAddr, source: std::io::Error },
    #[error(
        "the startup of many accounts is for a private PostgreSQL (its sign-in is everybody's, and it needs a superuser): unset DATABASE_URL"
    )]
    NotPrivate,
    #[error("there is no startup “{startup}”, or that person is not a member of it; the startups are: {known}")]
    NoMember { startup: String, known: String },
}

/// Serves until Ctrl-C or SIGTERM, then stops everything that it started.
///
/// # Errors
/// When there is no database, or the address is taken.
pub async fn serve(config: &Config) -> Result<(), CommandError> {
    let listener =
        TcpListener::bind(config.listen_addr).await.map_err(|source| CommandError::Listen { address: config.listen_addr, source })?;
    let database = Database::open(config).await?;
    if let Some(private) = &database.private {
        println!("Private PostgreSQL in {}", private.home().folder().display());
        let mut administrator = database.administrator().await?;
        if is_local(config) && demo::is_wanted(&mut administrator).await? {
            demo::seed(&database.db, &mut administrator).await?;
        }
    }
    let demo = match &database.private {
        Some(_) => demo::is_there(&mut database.administrator().await?).await?,
        None => false,
    };
    let stop = stop_signal()?;
    let address = address(config, &listener)?;
    announce(&address, demo);
    let researchers = Researchers::new(config, &address, demo.then(Researchers::demo)).await.map_err(CommandError::Research)?;
    let workers = Worker { db: database.db.clone(), providers: researchers.providers.clone() }.start();
    let live = Live::default();
    let mut app = http::router(database.db.clone(), live.clone(), researchers.means.clone(), config);
    if let Some(samples) = researchers.samples.clone() {
        app = app.merge(samples.by_path());
    }
    let stop = async move {
        stop.await;
        live.close();
    };
    let served = http::serve(listener, app, stop).await;
    workers.stop().await;
    database.close().await;
    println!("Stopped");
    Ok(served?)
}

/// Works off the queue without serving, beside servers or in their stead, until Ctrl-C or SIGTERM.
///
/// # Errors
/// When there is no database.
pub async fn work(config: &Config) -> Result<(), CommandError> {
    let database = Database::join(config).await?;
    let stop = stop_signal()?;
    let address = config.public_url.clone().unwrap_or_else(|| format!("http://{}", config.listen_addr));
    let demo = match database.administrator().await {
        Ok(mut administrator) => demo::is_there(&mut administrator).await?,
        Err(_) => false,
    };
    let researchers = Researchers::new(config, &address, demo.then(Researchers::demo)).await.map_err(CommandError::Research)?;
    let workers = Worker { db: database.db.clone(), providers: researchers.providers.clone() }.start();
    println!("Working");
    stop.await;
    workers.stop().await;
    database.close().await;
    println!("Stopped");
    Ok(())
}

/// Whether only this machine can reach the server: the demo's password is everybody's.
fn is_local(config: &Config) -> bool {
    config.listen_addr.ip().is_loopback() && config.public_url.is_none()
}

/// Where people reach the server.
fn address(config: &Config, listener: &TcpListener) -> std::io::Result<String> {
    match &config.public_url {
        Some(url) => Ok(url.clone()),
        None => Ok(format!("http://{}", listener.local_addr()?)),
    }
}

fn announce(address: &str, demo: bool) {
    println!("Prospector is at {address}");
    if demo {
        println!("Demo sign-ins (password {}):", demo::PASSWORD);
        for (_, email, role) in demo::SIGN_INS {
            println!("  {email} ({role})");
        }
    }
}

/// Resolves at Ctrl-C or SIGTERM, from this call on: one that comes before the first page must not kill outright.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Imports files under a member's context and prints the report.
///
/// # Errors
/// When nothing was imported; it says why.
pub async fn import(
    config: &Config,
    startup: &str,
    member: Option<&str>,
    files: &[PathBuf],
    options: &Options,
) -> Result<(), CommandError> {
    let database = Database::join(config).await?;
    let done = import_into(&database, startup, member, files, options).await;
    database.close().await;
    done
}

async fn import_into(
    database: &Database,
    startup: &str,
    member: Option<&str>,
    files: &[PathBuf],
    options: &Options,
) -> Result<(), CommandError> {
    let mut administrator = database.administrator().await?;
    let acting: Option<(Uuid, Uuid)> = sqlx::query_as("SELECT startup_id, user_id FROM app.acting_member($1, $2)")
        .bind(startup)
        .bind(member)
        .fetch_optional(&mut administrator)
        .await?;
    let Some((startup_id, user)) = acting else {
        let known: Vec<String> =
            sqlx::query_scalar("SELECT slug FROM startups ORDER BY created_at DESC LIMIT 10").fetch_all(&mut administrator).await?;
        return Err(CommandError::NoMember { startup: startup.into(), known: known.join(", ") });
    };
    let token = session::open_brief(&database.db, user, startup_id).await?;
    let done = async {
        let mut tx = database.db.tenant(&token).await?;
        let report = import::run(&mut tx, files, options).await?;
        tx.commit().await?;
        Ok(report)
    };
    let done: Result<_, CommandError> = done.await;
    session::close(&database.db, &token).await?;
    print!("{}", done?);
    Ok(())
}

/// Reads a new password and sets it.
///
/// # Errors
/// When nobody has the address, or the password is too short.
pub async fn reset_password(config: &Config, email: &str) -> Result<(), CommandError> {
    let email = Email::parse(email)?;
    if std::io::stdin().is_terminal() {
        println!("New password for {} (it shows while you type):", email.as_str());
    }
    let mut typed = String::new();
    std::io::stdin().lock().read_line(&mut typed)?;
    let hash = password::hash(NewPassword::parse(typed.trim_end_matches(['\r', '\n']).to_string())?.into_inner()).await?;
    let database = Database::join(config).await?;
    let done = auth::store::reset_password(&mut database.administrator().await?, &email, &hash).await;
    database.close().await;
    done?;
    println!("Password changed; all sessions of {} are closed", email.as_str());
    Ok(())
}

/// Makes the startup of many accounts.
///
/// # Errors
/// When it is there already.
pub async fn bulk(config: &Config, accounts: u32) -> Result<(), CommandError> {
    if config.database_url.is_some() {
        return Err(CommandError::NotPrivate);
    }
    let database = Database::join(config).await?;
    let begun = std::time::Instant::now();
    let done = bulk::make(&database.db, &mut database.administrator().await?, accounts).await;
    database.close().await;
    done?;
    println!("{accounts} accounts in {:.0} s; sign in as {} with {}", begun.elapsed().as_secs_f64(), bulk::EMAIL, demo::PASSWORD);
    Ok(())
}
