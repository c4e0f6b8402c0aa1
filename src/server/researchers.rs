//! Who researches, as the operator has configured it: companies' own sites always, Gemini with a key; for the demo startup
//! its made-up companies' sites, served by this process.

use std::sync::Arc;

use tokio::task::JoinHandle;

use super::config::Config;
use super::context::ResearchMeans;
use crate::demo::site::{PATH, Sites, companies};
use crate::enrichment::Providers;
use crate::enrichment::website::{Website, user_agent};
use crate::gemini::Gemini;

/// How sites that are read learn who reads them, where the operator's own address is not known.
const PROJECT: &str = "https://github.com/prospector-crm/prospector";

/// What research is done with.
pub struct Researchers {
    pub providers: Arc<Providers>,
    pub means: ResearchMeans,
    /// The sample companies' sites, for people, where there is a demo startup.
    pub samples: Option<Sites>,
    serving: Option<JoinHandle<()>>,
}

impl Researchers {
    /// `address` is where people reach this server; `has_demo`, whether there is a demo startup.
    ///
    /// # Errors
    /// In words for the operator.
    pub async fn new(config: &Config, address: &str, samples: Option<Sites>) -> Result<Self, String> {
        let contact = config.public_url.as_deref().unwrap_or(PROJECT);
        let mut website = Website::new(&user_agent(contact)).map_err(|error| error.to_string())?;
        let gemini = Gemini::new(&config.gemini)?.map(Arc::new);
        let mut means =
            ResearchMeans { model: gemini.is_some().then(|| config.gemini.gemini_model.as_str().to_string()), ..ResearchMeans::default() };
        let mut serving = None;
        if let Some(sites) = samples.clone() {
            let domains = sites.domains();
            let (local, task) = sites.listen().await.map_err(|error| error.to_string())?;
            let shown_as = format!("{}{PATH}", address.trim_end_matches('/'));
            website = website.with_local(domains.clone(), local, &shown_as).map_err(|error| error.to_string())?;
            means.samples = Arc::new(domains);
            serving = Some(task);
        }
        Ok(Self { providers: Arc::new(Providers { website: Arc::new(website), gemini }), means, samples, serving })
    }

    /// The sites of the demo's made-up companies.
    pub fn demo() -> Sites {
        Sites::new(companies())
    }
}

impl Drop for Researchers {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
        }
    }
}
