//! Research of companies' own sites against a server that does what the web may do. Every name ends in `.example`; those that
//! are listed are served here, all others would have to be looked up.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod content;
mod limits;
mod public;
mod samples;
mod web;
