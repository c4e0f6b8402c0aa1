//! The pipeline in the database.

pub mod charts;
pub mod filter;
