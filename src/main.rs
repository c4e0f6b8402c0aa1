//! The program: `prospector` serves; its other commands work beside a running server.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use prospector::import::DateOrder;
use prospector::server::{commands, config::Config, telemetry};

/// Prospector: a CRM for startup teams with an AI prospecting layer
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the pages (the default)
    Serve,
    /// Work off the queue (research, scores) without serving pages
    Worker,
    /// Bring CSV files of accounts, deals, sales people and events into a startup
    Import {
        /// The startup's short name
        #[arg(long)]
        startup: String,
        /// E-mail of the member to act for; without it the oldest owner
        #[arg(long = "as")]
        member: Option<String>,
        /// How to read dates that a file leaves in doubt
        #[arg(long)]
        dates: Option<DateOrder>,
        /// Put deals that name no account under this one
        #[arg(long)]
        account_for_missing: Option<String>,
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Give a person a new password (read from standard input) and close their sessions
    ResetPassword { email: String },
    /// Make a startup of many accounts, for looking at plans
    Bulk {
        #[arg(long, default_value_t = 200_000)]
        accounts: u32,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::start(cli.config.log);
    let done = match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => commands::serve(&cli.config).await,
        Command::Worker => commands::work(&cli.config).await,
        Command::Import { startup, member, dates, account_for_missing, files } => {
            let options = prospector::import::Options { dates, account_for_missing };
            commands::import(&cli.config, &startup, member.as_deref(), &files, &options).await
        }
        Command::ResetPassword { email } => commands::reset_password(&cli.config, &email).await,
        Command::Bulk { accounts } => commands::bulk(&cli.config, accounts).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("prospector: {error}");
            ExitCode::FAILURE
        }
    }
}
