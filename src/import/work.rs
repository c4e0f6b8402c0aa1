//! What the rows of an import share.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Options;
use super::columns::Field;
use super::file::Surveyed;
use crate::server::db::TenantTx;

/// An import under way.
pub struct Work<'a> {
    pub tx: &'a mut TenantTx,
    pub options: &'a Options,
    /// Members by lower-cased name.
    pub members: HashMap<String, Uuid>,
    /// Accounts that got a won deal.
    pub won: HashSet<Uuid>,
    /// External ids of accounts whose file says what their status is.
    pub stated: Vec<String>,
}

/// Keys of a file's rows so far, eight bytes each.
#[derive(Default)]
pub struct Seen(HashSet<u64>);

impl Seen {
    /// Whether this is the key's first row.
    pub fn first(&mut self, key: &str) -> bool {
        let digest = Sha256::digest(key.as_bytes());
        let mut short = [0; 8];
        short.copy_from_slice(&digest[..8]);
        self.0.insert(u64::from_le_bytes(short))
    }
}

impl Work<'_> {
    /// The member that a row's owner column names.
    pub fn owner(&self, file: &Surveyed, row: &csv::StringRecord) -> Option<Uuid> {
        self.members.get(&file.columns.get(row, Field::Owner)?.to_lowercase()).copied()
    }
}
