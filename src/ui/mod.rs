//! The kit: small parts that the rooms share.

#[cfg(feature = "ssr")]
pub mod chart;
pub mod clipboard;
pub mod draft;
pub mod field;
pub mod filter;
pub mod focus;
pub mod form;
pub mod frame;
pub mod keys;
pub mod live;
pub mod meter;
pub mod problem;
pub mod stream;
pub mod tag;
pub mod theme;
pub mod time;
pub mod title;
