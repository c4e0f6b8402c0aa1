//! The pipeline under load: the board's page and a move in one startup of many deals among a million, beside the bare SQL
//! of the same page in the same minute. `make bench` runs it; docs/PERFORMANCE.md has what it printed.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

mod client;
mod measure;
mod moves;
mod report;
mod seed;

use std::net::SocketAddr;
use std::time::Instant;

use clap::Parser;
use prospector::server::config::Config;
use prospector::server::context::ResearchMeans;
use prospector::server::http;
use prospector::server::live::Live;
use prospector::server::start::Database;
use tokio::net::TcpListener;

/// The pipeline under load
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    config: Config,
    /// Deals in all; a twentieth of them is the measured startup's
    #[arg(long, default_value_t = 1_000_000)]
    deals: u32,
    /// How long each measurement takes in each round
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Said by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// The server has a runtime of its own, as when it is a process of its own; the clients run on this one.
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut options = Options::parse();
    // a database of this run alone, as careful with its data as any private one
    let folder = std::env::temp_dir().join(format!("prospector-bench-{}", std::process::id()));
    options.config.database_url = None;
    options.config.public_url = None;
    options.config.data_dir = folder.clone();
    run(&options).await;
    std::fs::remove_dir_all(folder).unwrap();
}

async fn run(options: &Options) {
    let server = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let config = options.config.clone();
    let database = server.spawn(async move { Database::open(&config).await.unwrap() }).await.unwrap();
    let mut admin = database.administrator().await.unwrap();
    let began = Instant::now();
    let seeded = seed::seed(&database.db, &mut admin, options.deals).await;
    eprintln!("Seeded in {:.0} s", began.elapsed().as_secs_f64());
    let postgres: String = sqlx::query_scalar("SHOW server_version").fetch_one(&mut admin).await.unwrap();

    let address = serve(&server, &database, &options.config).await;
    let home = database.private.as_ref().unwrap().home().options();
    let mut tx = database.db.tenant(&seeded.tokens[0]).await.unwrap();
    let staying = moves::Staying::choose(&mut tx).await;
    tx.commit().await.unwrap();
    let bench = measure::Bench {
        db: &database.db,
        options: home.options([("jit", "off"), ("timezone", "UTC")]),
        address,
        seeded: &seeded,
        staying,
        seconds: options.seconds,
        rounds: options.rounds,
    };
    println!("{}, PostgreSQL {postgres}, Prospector {}", machine(), env!("CARGO_PKG_VERSION"));
    println!("{}, load before measuring {}", chrono::Utc::now().format("%Y-%m-%d %H:%M UTC"), load());
    println!("{} open deals in the startup, {} deals in all\n", seeded.open_deals, seeded.deals);
    let mut all = Vec::new();
    println!("| what | clients | p50 ms | p95 ms | a second | samples |\n|---|--:|--:|--:|--:|--:|");
    for clients in [1, seed::PEOPLE] {
        let measured = bench.with_clients(clients).await;
        measured.rows(clients);
        all.push((clients, measured));
    }
    println!("\nLoad after measuring {}\n\n| goal | clients | at p50 | at p95 | goal | |\n|---|--:|--:|--:|---|---|", load());
    all.iter().for_each(|(clients, measured)| measured.goals(*clients));
    println!();
    all[0].1.parts();

    // a runtime cannot be dropped within another
    let closing = server.spawn(database.close());
    closing.await.unwrap();
    server.shutdown_background();
}

/// Serves the application as the program does, on a port of this machine.
async fn serve(server: &tokio::runtime::Runtime, database: &Database, config: &Config) -> SocketAddr {
    let (db, config) = (database.db.clone(), config.clone());
    let serving = server.spawn(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = http::router(db, Live::default(), ResearchMeans::default(), &config);
        tokio::spawn(http::serve(listener, app, std::future::pending()));
        address
    });
    serving.await.unwrap()
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory: u64 = memory.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or(0);
    format!("{model}, {cores} cores, {} GB", memory / 1_000_000)
}

/// Processes that ran or waited lately: more than a few say that the machine was shared.
fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").map_or_else(|_| "unknown".into(), |load| load.split(' ').take(3).collect::<Vec<_>>().join(" "))
}
