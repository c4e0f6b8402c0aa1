//! An import from its files to its report.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::columns::{Field, Holds};
use super::dates::DateOrder;
use super::file::{Opened, Surveyed};
use super::report::{FileReport, Report};
use super::{BATCH, ImportError, accounts, deals, people};
use crate::server::db::TenantTx;

/// What the person who imports decides.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How to read dates that the file leaves in doubt.
    pub dates: Option<DateOrder>,
    /// Account for deals that name none; made where it is missing.
    pub account_for_missing: Option<String>,
}

/// What the rows of all files share.
pub(super) struct Work<'a> {
    pub tx: &'a mut TenantTx,
    pub options: &'a Options,
    /// Members by lower-cased name.
    pub members: HashMap<String, Uuid>,
    /// Accounts that got a won deal.
    pub won: HashSet<Uuid>,
}

/// Imports the files within `tx`, which the caller commits.
///
/// # Errors
/// A file that cannot be read as a whole, or a refusal of the database; roll back then.
pub async fn run(tx: &mut TenantTx, files: &[PathBuf], options: &Options) -> Result<Report, ImportError> {
    let mut report = Report::default();
    let mut known = Vec::new();
    for path in files {
        match Surveyed::open(path, options.dates)? {
            Opened::Known(file) => known.push(file),
            Opened::Unknown { name, header } => {
                let note = format!("{name}: left out, its columns ({}) are none of accounts, deals or people", header.join(", "));
                report.notes.push(note);
            }
        }
    }
    if known.is_empty() {
        return Err(ImportError::NothingKnown);
    }
    // people before what they own, accounts before their deals, in whatever order they were named
    known.sort_by_key(|file| file.columns.holds);
    // two imports at once would both find a row missing
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('import ' || $1::text, 0))").bind(tx.startup()).execute(tx.conn()).await?;
    // a plan kept from the first batch would know a small table only
    sqlx::query("SET LOCAL plan_cache_mode = force_custom_plan").execute(tx.conn()).await?;
    let members = people::members(tx).await?;
    let mut work = Work { tx, options, members, won: HashSet::new() };
    for file in &known {
        report.files.push(import_file(&mut work, file).await?);
    }
    let activated = accounts::activate(work.tx, &work.won).await?;
    if activated > 0 {
        report.notes.push(format!("{activated} accounts are Active now, since they have a won deal"));
    }
    Ok(report)
}

async fn import_file(work: &mut Work<'_>, file: &Surveyed) -> Result<FileReport, ImportError> {
    let mut report = FileReport { name: file.name.clone(), holds: file.columns.holds.as_str(), ..FileReport::default() };
    people::add_owners(work, file, &mut report).await?;
    let mut seen = Seen::default();
    for batch in file.batches(BATCH)? {
        let batch = batch?;
        report.rows += batch.len() as u64;
        match file.columns.holds {
            Holds::People => people::import(work, file, batch, &mut report).await?,
            Holds::Accounts => accounts::import(work, file, batch, &mut seen, &mut report).await?,
            Holds::Deals => deals::import(work, file, batch, &mut seen, &mut report).await?,
        }
    }
    Ok(report)
}

/// Keys of a file's rows so far, eight bytes each.
#[derive(Default)]
pub(super) struct Seen(HashSet<u64>);

impl Seen {
    /// Whether this is the key's first row.
    pub fn first(&mut self, key: &str) -> bool {
        let digest = Sha256::digest(key.as_bytes());
        let mut short = [0; 8];
        short.copy_from_slice(&digest[..8]);
        self.0.insert(u64::from_le_bytes(short))
    }
}

/// What a row said, in 16 bytes.
pub(super) fn row_hash(row: &csv::StringRecord) -> Vec<u8> {
    let mut hash = Sha256::new();
    for cell in row {
        hash.update(cell.as_bytes());
        hash.update([0x1f]);
    }
    hash.finalize()[..16].to_vec()
}

impl Work<'_> {
    /// The member that a row's owner column names.
    pub fn owner(&self, file: &Surveyed, row: &csv::StringRecord) -> Option<Uuid> {
        self.members.get(&file.columns.get(row, Field::Owner)?.to_lowercase()).copied()
    }
}
