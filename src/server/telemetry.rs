//! Logging to standard error. Parameters of statements and form values never reach it.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging at `level`; libraries stay at warnings unless more than info is asked for.
pub fn start(level: tracing::Level) {
    let libraries = if level > tracing::Level::INFO { LevelFilter::INFO } else { LevelFilter::WARN };
    let shown = Targets::new().with_default(libraries).with_target("prospector", level);
    // a second start (tests) is no fault
    let _ = tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_target(false).with_writer(std::io::stderr))
        .with(shown)
        .try_init();
}
