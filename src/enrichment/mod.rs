//! Research: what is known about a lead's company, where each fact came from, and who found it.

pub mod fact;
#[cfg(feature = "ssr")]
pub mod provider;
#[cfg(feature = "ssr")]
pub mod website;

pub use fact::{Fact, Provider, Source, Trend};
