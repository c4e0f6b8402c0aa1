//! Imports: CSV files of accounts, deals, sales people and events, streamed in batches through a member's own transaction.
//!
//! All files are read once to learn their columns and date forms, and once more to write; everything is one transaction,
//! so that an import is in whole or not at all. The same file again changes nothing: each row keeps its `external_id` and
//! a hash of what the file said.

mod accounts;
mod columns;
mod dates;
mod deals;
mod events;
mod file;
mod people;
mod report;
mod run;
mod work;

pub use dates::DateOrder;
pub use report::{FileReport, Report};
pub use run::run;

/// `import_source` of what a CSV file brought.
pub const SOURCE: &str = "csv";

/// Longest external id, in bytes: it stands in an index.
const LONGEST_ID: usize = 500;

/// Rows of one statement.
const BATCH: usize = 1_000;

/// What the person who imports decides.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How to read dates that the file leaves in doubt.
    pub dates: Option<DateOrder>,
    /// Account for deals that name none; made where it is missing.
    pub account_for_missing: Option<String>,
}

/// Why an import did not happen. Nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{file}: {problem}")]
    File { file: String, problem: String },
    #[error("none of the files has columns of accounts, deals, people or events")]
    NothingKnown,
    #[error("{0}")]
    App(#[from] crate::error::AppError),
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
}
