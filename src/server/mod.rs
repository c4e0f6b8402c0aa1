//! Everything that only the server has: configuration, the database and its tenant transaction, sessions, HTTP.

pub mod commands;
pub mod config;
pub mod context;
pub mod csv;
pub mod db;
pub mod errors;
pub mod headers;
pub mod http;
mod late;
pub mod live;
pub mod migrate;
pub mod password;
pub mod postgres;
pub mod researchers;
pub mod session;
pub mod start;
mod team_address;
pub mod telemetry;
pub mod tls;
