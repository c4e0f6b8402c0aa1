//! What an import did, and what it left out and why.

use std::collections::BTreeMap;
use std::fmt;

/// A reason with how often it held and the first lines where it did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    pub rows: u64,
    pub lines: Vec<u64>,
}

/// What became of one file's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileReport {
    pub name: String,
    /// accounts, deals, people; empty where the columns were not understood.
    pub holds: &'static str,
    pub rows: u64,
    pub added: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub skipped: BTreeMap<String, Skipped>,
    pub notes: Vec<String>,
}

impl FileReport {
    pub fn skip(&mut self, line: u64, reason: impl Into<String>) {
        let skipped = self.skipped.entry(reason.into()).or_default();
        skipped.rows += 1;
        if skipped.lines.len() < 3 {
            skipped.lines.push(line);
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
            if !file.holds.is_empty() {
                writeln!(
                    f,
                    "{}: {} rows of {}: {} added, {} updated, {} unchanged, {} left out",
                    file.name,
                    file.rows,
                    file.holds,
                    file.added,
                    file.updated,
                    file.unchanged,
                    file.left_out()
                )?;
            }
            for (reason, skipped) in &file.skipped {
                let lines: Vec<String> = skipped.lines.iter().map(u64::to_string).collect();
                let more = if skipped.rows > skipped.lines.len() as u64 { ", …" } else { "" };
                writeln!(f, "  {} left out: {reason} (line {}{more})", skipped.rows, lines.join(", "))?;
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
