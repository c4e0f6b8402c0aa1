//! Google Gemini as a researcher and a judge, spoken to over HTTP without a kit.
//!
//! [`Gemini`] researches a company in two calls (prose with Google Search, then extraction without it), scores stored facts, and
//! reads the sentiment of texts. What comes back is checked here: addresses come only from the search's own list, text is plain, numbers and
//! dates are kept only where the line that they rest on has them.

mod call;
pub mod config;
mod error;
mod evidence;
mod extract;
#[cfg(feature = "fake-gemini")]
pub mod fake;
mod fence;
mod grounding;
mod key;
pub mod prices;
pub mod reason;
mod research;
mod retry;
pub mod sentiment;
mod text;
mod wire;

use std::sync::Arc;

pub use config::GeminiConfig;
pub use error::{Failed, GeminiError};
pub use retry::{Clock, SystemClock};

use call::Http;
use prices::Prices;

/// Gemini under one key.
pub struct Gemini {
    config: GeminiConfig,
    http: Http,
    prices: Prices,
    clock: Arc<dyn Clock>,
}

/// An answer, with the model that gave it and what it cost in millionths of a US dollar.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered<T> {
    pub value: T,
    pub model: String,
    pub cost: i64,
}

impl Gemini {
    /// `None` where no key is set.
    ///
    /// # Errors
    /// An HTTP client that cannot be made, or a table of prices that is none.
    pub fn new(config: &GeminiConfig) -> Result<Option<Self>, String> {
        Self::with_clock(config, Arc::new(SystemClock))
    }

    /// As [`Gemini::new`], with the given clock.
    ///
    /// # Errors
    /// As [`Gemini::new`].
    pub fn with_clock(config: &GeminiConfig, clock: Arc<dyn Clock>) -> Result<Option<Self>, String> {
        let Some(key) = config.gemini_api_key.as_ref().filter(|key| !key.is_empty()) else { return Ok(None) };
        let http = Http::new(config, key)?;
        let prices = config.gemini_prices.clone().unwrap_or_default();
        Ok(Some(Self { config: config.clone(), http, prices, clock }))
    }
}
