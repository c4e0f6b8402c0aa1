//! What must not be misread: the key, a model's name, the address that the key is sent to.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;
use reqwest::header::HeaderValue;

/// The key to Gemini. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// An empty variable is as good as none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As the header that it travels in.
    ///
    /// # Errors
    /// Characters that no header can have.
    pub fn header(&self) -> Result<HeaderValue, String> {
        let mut value = HeaderValue::from_str(&self.0).map_err(|_| "GEMINI_API_KEY has characters that no key has".to_string())?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl FromStr for ApiKey {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.trim().to_string()))
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "ApiKey(none)" } else { "ApiKey(hidden)" })
    }
}

/// A model's name, fit to stand in an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelId(String);

impl ModelId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ModelId {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("gemini-").unwrap_or_default();
        let fits = (1..=48).contains(&rest.len());
        let is_clean = rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-');
        (fits && is_clean).then(|| Self(text.to_string())).ok_or_else(|| "a model is named like gemini-3.8-flash".to_string())
    }
}

/// Where Gemini is reached: over https, or on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// The address of a call to a model.
    pub fn call(&self, model: &ModelId, method: &str) -> String {
        format!("{}/v1beta/models/{}:{method}", self.0.as_str().trim_end_matches('/'), model.as_str())
    }

    /// Whether it is on this machine, where no proxy has business.
    pub fn is_local(&self) -> bool {
        matches!(self.0.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
    }
}

impl FromStr for BaseUrl {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| error.to_string())?;
        let base = Self(url);
        // the key travels with every call
        let is_safe = base.0.scheme() == "https" || (base.0.scheme() == "http" && base.is_local());
        let is_bare = base.0.query().is_none() && base.0.fragment().is_none() && base.0.username().is_empty();
        (is_safe && is_bare).then_some(base).ok_or_else(|| "an https address without query and password, or http on this machine".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_printed() {
        let key: ApiKey = " secret\n".parse().unwrap();
        assert_eq!(format!("{key:?}"), "ApiKey(hidden)");
        assert_eq!(format!("{:?}", key.header().unwrap()), "Sensitive");
        assert!("".parse::<ApiKey>().unwrap().is_empty());
    }

    #[test]
    fn a_model_cannot_lead_elsewhere() {
        for good in ["gemini-3.8-flash", "gemini-3.1-pro-preview"] {
            assert!(good.parse::<ModelId>().is_ok(), "{good}");
        }
        for bad in ["", "gemini-", "gpt-4", "gemini-3/../x", "gemini-3:x", "gemini-3?x", "Gemini-3", &format!("gemini-{}", "x".repeat(49))]
        {
            assert!(bad.parse::<ModelId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_key_goes_out_encrypted_or_stays_here() {
        for good in
            ["https://generativelanguage.googleapis.com", "https://gateway.example/gemini/", "http://127.0.0.1:4000", "http://[::1]:1"]
        {
            assert!(good.parse::<BaseUrl>().is_ok(), "{good}");
        }
        for bad in ["http://generativelanguage.googleapis.com", "ftp://x.example", "https://u:p@x.example", "https://x.example?key=1", "x"]
        {
            assert!(bad.parse::<BaseUrl>().is_err(), "{bad}");
        }
        let base: BaseUrl = "https://gateway.example/gemini/".parse().unwrap();
        let model = "gemini-3.8-flash".parse().unwrap();
        assert_eq!(base.call(&model, "generateContent"), "https://gateway.example/gemini/v1beta/models/gemini-3.8-flash:generateContent");
    }
}
