//! The pipeline in the database.

pub mod filter;
