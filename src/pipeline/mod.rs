//! The pipeline: a startup's deals by stage, and where the quarter stands.

pub mod charts;
pub mod filter;
#[cfg(feature = "ssr")]
pub mod store;
