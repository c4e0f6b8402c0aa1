//! What an import did, and what it left out and why.

use std::collections::BTreeMap;
use std::fmt;

use super::file::shorten;

/// Why a row is left out, and what in the row it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    why: &'static str,
    what: Option<String>,
}

impl Reason {
    /// `what` is quoted, cut to a readable length.
    pub fn about(why: &'static str, what: &str) -> Self {
        Self { why, what: Some(shorten(what)) }
    }
}

impl From<&'static str> for Reason {
    fn from(why: &'static str) -> Self {
        Self { why, what: None }
    }
}

/// How often a reason held, with the first few examples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    pub rows: u64,
    pub lines: Vec<u64>,
    pub what: Vec<String>,
}

/// Examples kept of each reason.
const EXAMPLES: usize = 3;

/// What became of one file's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileReport {
    pub name: String,
    /// accounts, deals, people or events.
    pub holds: &'static str,
    pub rows: u64,
    pub added: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub skipped: BTreeMap<&'static str, Skipped>,
    /// Accounts whose segment is a proposal from their number of employees.
    pub proposed: u64,
    pub notes: Vec<String>,
}

impl FileReport {
    /// Counts a row that is left out.
    pub fn skip(&mut self, line: u64, reason: Reason) {
        let skipped = self.skipped.entry(reason.why).or_default();
        skipped.rows += 1;
        if skipped.lines.len() < EXAMPLES {
            skipped.lines.push(line);
        }
        if let Some(what) = reason.what.filter(|w| skipped.what.len() < EXAMPLES && !skipped.what.contains(w)) {
            skipped.what.push(what);
        }
    }

    /// Rows left out.
    pub fn left_out(&self) -> u64 {
        self.skipped.values().map(|s| s.rows).sum()
    }
}

/// What became of all files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub files: Vec<FileReport>,
    pub notes: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for file in &self.files {
            let FileReport { name, holds, rows, added, updated, unchanged, .. } = file;
            let left_out = file.left_out();
            writeln!(f, "{name}: {rows} rows of {holds}: {added} added, {updated} updated, {unchanged} unchanged, {left_out} left out")?;
            for (why, skipped) in &file.skipped {
                let what: String = skipped.what.iter().map(|w| format!(" “{w}”")).collect();
                let lines: Vec<String> = skipped.lines.iter().map(u64::to_string).collect();
                let more = if skipped.rows > skipped.lines.len() as u64 { ", …" } else { "" };
                writeln!(f, "  {} left out: {why}{what} (line {}{more})", skipped.rows, lines.join(", "))?;
            }
            if file.proposed > 0 {
                writeln!(f, "  {} segments are proposals, from the number of employees: look at them", file.proposed)?;
            }
            for note in &file.notes {
                writeln!(f, "  {note}")?;
            }
        }
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        Ok(())
    }
}
