//! The pipeline in the database.

pub mod board;
pub mod charts;
pub mod drawer;
pub mod export;
pub mod filter;
pub mod moving;
pub mod news;
