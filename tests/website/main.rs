//! Research of companies' own sites against a server that does what the web may do. Every name ends in `.example`; those that
//! are listed are served here, all others would have to be looked up.

mod content;
mod limits;
mod public;
mod samples;
mod web;
