//! What an operator can set about Gemini: environment variables, each also a command-line option.

use std::time::Duration;

use super::key::{ApiKey, BaseUrl, ModelId};
use super::prices::Prices;

/// Without `GEMINI_API_KEY` there is no Gemini.
#[derive(Clone, Debug, clap::Args)]
pub struct GeminiConfig {
    /// Key to the Gemini API
    #[arg(long, env, hide_env_values = true, global = true)]
    pub gemini_api_key: Option<ApiKey>,
    /// Where the Gemini API is reached
    #[arg(long, env, default_value = "https://generativelanguage.googleapis.com", global = true)]
    pub gemini_base_url: BaseUrl,
    /// Model that researches, and reads texts
    #[arg(long, env, default_value = "gemini-3.8-flash", global = true)]
    pub gemini_model: ModelId,
    /// Model that scores; unset: GEMINI_MODEL
    #[arg(long, env, global = true)]
    pub gemini_score_model: Option<ModelId>,
    /// How long the model thinks when it searches
    #[arg(long, env, value_enum, default_value_t = Level::Medium, global = true)]
    pub gemini_research_level: Level,
    /// How long the model thinks when it extracts and classifies
    #[arg(long, env, value_enum, default_value_t = Level::Low, global = true)]
    pub gemini_extract_level: Level,
    /// How long the model thinks when it scores
    #[arg(long, env, value_enum, default_value_t = Level::High, global = true)]
    pub gemini_score_level: Level,
    /// Most tokens of research, thoughts included
    #[arg(long, env, default_value_t = 16_384, value_parser = clap::value_parser!(u32).range(1_024..=65_536), global = true)]
    pub gemini_research_tokens: u32,
    /// Most tokens of an extraction or classification, thoughts included
    #[arg(long, env, default_value_t = 8_192, value_parser = clap::value_parser!(u32).range(1_024..=65_536), global = true)]
    pub gemini_extract_tokens: u32,
    /// Most tokens of a score, thoughts included
    #[arg(long, env, default_value_t = 16_384, value_parser = clap::value_parser!(u32).range(1_024..=65_536), global = true)]
    pub gemini_score_tokens: u32,
    /// Seconds that a call may take
    #[arg(long, env, default_value = "60", value_parser = seconds, global = true)]
    pub gemini_timeout: Duration,
    /// Seconds that a call may take whose model thinks long
    #[arg(long, env, default_value = "180", value_parser = seconds, global = true)]
    pub gemini_high_timeout: Duration,
    /// Prices in US dollars, as JSON: {"search": per 1,000 searches, "models": {"gemini-3.8-flash": {"input": per million tokens, "output": …}}}
    #[arg(long, env, global = true)]
    pub gemini_prices: Option<Prices>,
}

impl GeminiConfig {
    /// The model that scores.
    pub fn score_model(&self) -> &ModelId {
        self.gemini_score_model.as_ref().unwrap_or(&self.gemini_model)
    }

    /// How long a call may take at this level.
    pub fn timeout(&self, level: Level) -> Duration {
        if level == Level::High { self.gemini_high_timeout } else { self.gemini_timeout }
    }
}

/// How long a model thinks before it answers. Some models know no `Minimal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, clap::ValueEnum)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    Minimal,
    Low,
    Medium,
    High,
}

impl Level {
    /// The next lower level that every model knows.
    pub fn lower(self) -> Self {
        match self {
            Self::Minimal => Self::Minimal,
            Self::Low | Self::Medium => Self::Low,
            Self::High => Self::Medium,
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=900) => Ok(Duration::from_secs(seconds)),
        _ => Err("whole seconds, 1 to 900".into()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        gemini: GeminiConfig,
    }

    #[test]
    fn everything_can_be_set_and_the_key_is_not_shown() {
        let Cli { gemini } = Cli::try_parse_from(["x", "--gemini-api-key", "secret", "--gemini-score-level", "medium"]).unwrap();
        assert_eq!(gemini.gemini_model.as_str(), "gemini-3.8-flash");
        assert_eq!((gemini.score_model().as_str(), gemini.gemini_score_level), ("gemini-3.8-flash", Level::Medium));
        assert_eq!(gemini.timeout(Level::High), Duration::from_secs(180));
        assert!(!format!("{gemini:?}").contains("secret"));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for bad in [["--gemini-model", "../x"], ["--gemini-extract-tokens", "12"], ["--gemini-timeout", "0"], ["--gemini-prices", "{"]] {
            assert!(Cli::try_parse_from(["x"].iter().chain(&bad)).is_err(), "{bad:?}");
        }
    }
}
