//! The page of the ideal customer profile: plain lists, and how the present leads would spread by them.

pub mod api;
mod page;
mod spread;

pub use page::ProfilePage;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::icp::{Icp, IcpForm};
use crate::error::AppError;

/// So many accounts a preview looks at.
pub const PREVIEWED: usize = 2_000;

/// How many leads score within each ten points: 0 to 9, …, 90 to 100.
pub type Bands = [u32; 10];

/// How leads spread, as the profile is and as it would be, by the rules alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    pub now: Bands,
    pub then: Bands,
    /// How many accounts were looked at: the best [`PREVIEWED`] at most.
    pub accounts: u32,
}

/// Adds a score to its band.
#[cfg(feature = "ssr")]
pub(super) fn count(bands: &mut Bands, overall: i32) {
    let band = usize::try_from(overall / 10).unwrap_or_default().min(9);
    bands[band] += 1;
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileRoom {
    pub startup: Uuid,
    pub icp: Icp,
    /// What the form says: what is asked about, else the profile.
    pub form: IcpForm,
    pub spread: Option<Spread>,
    /// Why what was asked about cannot be looked at.
    pub problem: Option<AppError>,
}
