//! What a score rests on: the facts of an account and what passed between it and the startup.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::icp::Icp;
use super::{Evidence, Kind, LeadKey};
use crate::choice::choice;
use crate::enrichment::Fact;

/// Why a fact is believed. Those that are unsupported, contradicted or superseded are no evidence at all: what is in doubt
/// counts as not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Supported,
    /// A person of the team said so: before every other.
    Person,
}

/// A fact about the account that the whole team may see.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownFact {
    pub id: Uuid,
    pub fact: Fact,
    pub standing: Standing,
    pub about: Option<NaiveDate>,
    pub observed: DateTime<Utc>,
    /// When it was seen for the first time.
    pub first_seen: DateTime<Utc>,
}

impl KnownFact {
    /// The day that it is about, else when it was seen last.
    pub fn day(&self) -> NaiveDate {
        self.about.unwrap_or(self.observed.date_naive())
    }

    pub fn evidence(&self) -> Evidence {
        Evidence { kind: Kind::Fact, id: self.id }
    }
}

/// What the team itself keeps about an account, where research says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnFields {
    pub industry: Option<String>,
    pub employees: Option<u32>,
    /// Least and most employees of the segment, where it is not the one that an account begins with.
    pub segment: Option<(u32, Option<u32>)>,
    pub place: Option<String>,
}

/// How something passed between the startup and an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    Meeting,
    CallIn,
    CallOut,
    EmailIn,
    EmailOut,
}

/// An interaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contacted {
    pub id: Uuid,
    pub touch: Touch,
    /// The contact that it was with, where the log says so.
    pub with: Option<Uuid>,
    pub at: DateTime<Utc>,
}

choice! {
    /// What a lead did, as the startup's own site or a file tells.
    EventKind {
        EmailOpen = "email_open", EmailClick = "email_click", EmailReply = "email_reply", SiteVisit = "site_visit", Form = "form",
        DemoRequest = "demo_request", TrialStart = "trial_start", Unsubscribe = "unsubscribe", Other = "other",
    }
}

/// An event of a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadEvent {
    pub id: Uuid,
    pub lead: Uuid,
    pub kind: EventKind,
    pub at: DateTime<Utc>,
}

/// What is known of an account; its leads share it.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountEvidence {
    pub id: Uuid,
    pub icp: Arc<Icp>,
    pub own: OwnFields,
    pub facts: Vec<KnownFact>,
    /// How many contacts it has; at most the newest 20 are leads.
    pub leads: usize,
    /// Whether the account was ever researched: then what was not found is not there, else nobody knows.
    pub researched: bool,
    /// Newest first.
    pub touches: Vec<Contacted>,
    /// Of all its leads, newest first.
    pub events: Vec<LeadEvent>,
}

/// What one lead's score rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadEvidence {
    pub key: LeadKey,
    pub account: Arc<AccountEvidence>,
}

impl LeadEvidence {
    /// The lead's own events, newest first.
    pub fn events(&self) -> impl Iterator<Item = &LeadEvent> {
        self.account.events.iter().filter(|event| self.key.lead == Some(event.lead))
    }

    /// Ids of the facts: what a model may name as its reasons.
    pub fn fact_ids(&self) -> HashSet<Uuid> {
        self.account.facts.iter().map(|fact| fact.id).collect()
    }
}
