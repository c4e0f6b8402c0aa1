//! A stand-in for Google, for tests of the whole application: `fake-gemini --listen 127.0.0.1:0` says where it listens and serves.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use prospector::gemini::fake::{Fake, KEY};

/// Answers as Gemini does, on this machine
#[derive(Parser)]
struct Cli {
    /// Address on this machine; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> ExitCode {
    let served = match Fake::listen(Cli::parse().listen).await {
        Ok(fake) => {
            println!("GEMINI_BASE_URL={} GEMINI_API_KEY={KEY}", fake.base_url());
            fake.run().await
        }
        Err(error) => Err(error),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fake-gemini: {error}");
            ExitCode::FAILURE
        }
    }
}
