//! The kit: small parts that the rooms share.

pub mod field;
pub mod frame;
pub mod meter;
pub mod problem;
pub mod tag;
pub mod time;
pub mod title;
