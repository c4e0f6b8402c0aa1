//! Prospector: a CRM for startup teams with an AI prospecting layer.
//!
//! One crate for both sides: components render on the server (`ssr`) and come alive in the browser (`hydrate`). A feature's
//! types, SQL, server functions and views share a folder; `docs/ARCHITECTURE.md` has the map.

#![recursion_limit = "256"]

pub mod accounts;
pub mod app;
pub mod auth;
pub mod binned;
mod choice;
pub mod contacts;
pub mod deals;
pub mod edit;
pub mod enrichment;
pub mod error;
pub mod interactions;
pub mod jobs;
pub mod money;
pub mod pipeline;
pub mod scoring;
pub mod team;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod bulk;
#[cfg(feature = "ssr")]
pub mod demo;
#[cfg(feature = "ssr")]
pub mod gemini;
#[cfg(feature = "ssr")]
pub mod import;
#[cfg(feature = "ssr")]
pub mod server;

/// Entry point of the browser's module.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
