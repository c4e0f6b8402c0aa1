//! The server as a whole, against a real PostgreSQL as the application's own roles. Each test has a database of its own,
//! cloned from one that was migrated once.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod calendar;
mod catalogue;
mod charts;
mod command_line;
mod dashboard;
mod edits;
mod harness;
mod import;
mod isolation;
mod live;
mod members;
mod migrations;
mod pages;
mod people;
mod pipeline;
mod plans;
mod private_postgres;
mod research;
mod rules;
mod scoring;
mod sessions;
mod tenancy;
