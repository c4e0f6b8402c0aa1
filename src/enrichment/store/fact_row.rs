//! A fact as a row.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use crate::enrichment::fact::{Fact, FactStatus, Provider, Source};
use crate::enrichment::merge::Known;

/// What every reading of `account_facts` has.
#[derive(sqlx::FromRow)]
pub(super) struct FactRow {
    id: Uuid,
    key: String,
    value: Value,
    #[sqlx(try_from = "String")]
    provider: Provider,
    #[sqlx(try_from = "String")]
    status: FactStatus,
    about: Option<NaiveDate>,
    observed_at: DateTime<Utc>,
    sources: Json<Vec<Source>>,
}

impl FactRow {
    /// None for a fact of a kind that this version does not know.
    pub(super) fn known(self) -> Option<Known> {
        let fact = read_fact(&self.key, &self.value)?;
        let Self { id, provider, status, about, observed_at, sources, .. } = self;
        Some(Known { id, fact, provider, status, about, observed_at, sources: sources.0 })
    }
}

/// A fact from its key and value; none for one of a kind that this version does not know.
pub fn read_fact(key: &str, value: &Value) -> Option<Fact> {
    Fact::deserialize(json!({ "key": key, "value": value })).ok()
}
