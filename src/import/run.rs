//! An import from its files to its report.

use std::collections::HashSet;
use std::path::PathBuf;

use super::columns::Holds;
use super::file::{Opened, Surveyed};
use super::report::{FileReport, Reason, Report};
use super::work::{Seen, Work};
use super::{BATCH, ImportError, Options, accounts, deals, events, people};
use crate::server::db::TenantTx;

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
                let note = format!("{name}: left out, its columns ({}) are none of accounts, deals, people or events", header.join(", "));
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
    let mut work = Work { tx, options, members, won: HashSet::new(), stated: Vec::new() };
    for file in &known {
        report.files.push(import_file(&mut work, file).await?);
    }
    let activated = accounts::activate(work.tx, &work.won, &work.stated).await?;
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
        // an unquoted comma in a name moves everything behind it
        let (batch, wide): (Vec<_>, Vec<_>) = batch.into_iter().partition(|(_, row)| row.len() <= file.columns.names().len());
        wide.iter().for_each(|(line, _)| report.skip(*line, Reason::from("more cells than the header has names")));
        match file.columns.holds {
            Holds::People => people::import(work, file, batch, &mut report).await?,
            Holds::Accounts => accounts::import(work, file, batch, &mut seen, &mut report).await?,
            Holds::Deals => deals::import(work, file, batch, &mut seen, &mut report).await?,
            Holds::Events => events::import(work, file, batch, &mut seen, &mut report).await?,
        }
    }
    Ok(report)
}
