//! One request at a time, for a page of bounded size in bounded time.

use std::sync::Arc;
use std::time::Duration;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};

use super::address::host;
use super::failure::{Failure, Why};
use super::resolve::{Local, Lookup, PublicOnly};

/// How much of the web a run may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For one page, from the question to its last byte.
    pub page: Duration,
    /// For the whole run.
    pub run: Duration,
    pub connect: Duration,
    /// Of a page, unpacked. What is beyond stays unread.
    pub bytes: usize,
    pub pages: usize,
    pub redirects: usize,
    /// Between two pages of a site that asks for no other.
    pub pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            page: Duration::from_secs(10),
            run: Duration::from_secs(45),
            connect: Duration::from_secs(5),
            bytes: 2 * 1024 * 1024,
            pages: 8,
            redirects: 5,
            pause: Duration::from_millis(250),
        }
    }
}

/// What kind of text came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Html,
    Xml,
    Json,
}

/// What a request brought.
#[derive(Debug)]
pub enum Answer {
    Redirect(Url),
    Text(Text),
}

/// A text and where it was read.
#[derive(Debug)]
pub struct Text {
    pub url: Url,
    pub headers: HeaderMap,
    pub kind: Kind,
    pub body: Vec<u8>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Page,
    /// A robots.txt is plain text, whatever it says it is.
    Robots,
}

/// Asks sites, as an honest robot without a memory.
pub struct Fetcher {
    client: Client,
    local: Arc<Local>,
    pub limits: Limits,
}

impl Fetcher {
    /// # Errors
    /// When the name cannot be sent as a header.
    pub fn new(user_agent: &str, lookup: Arc<dyn Lookup>, local: Arc<Local>, limits: Limits) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .tls_backend_preconfigured(crate::server::tls::config())
            .user_agent(user_agent)
            .dns_resolver(Arc::new(PublicOnly { lookup, local: local.clone() }))
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(limits.connect)
            .timeout(limits.page)
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(Duration::from_secs(15))
            .build()?;
        Ok(Self { client, local, limits })
    }

    /// How long to wait between two pages of a site that asks for no other pause.
    pub fn pause(&self, url: &Url) -> Duration {
        if self.local.has(&host(url)) { Duration::ZERO } else { self.limits.pause }
    }

    /// One request; a redirect is told, not followed. `time` is what the run has left.
    ///
    /// # Errors
    /// When no text came.
    pub async fn ask(&self, url: &Url, wanted: Wanted, time: Duration) -> Result<Answer, Failure> {
        let time = time.min(self.limits.page);
        tokio::time::timeout(time, self.ask_untimed(url, wanted, time))
            .await
            .unwrap_or_else(|_| Err(Failure::new(&host(url), Why::Slow(time))))
    }

    async fn ask_untimed(&self, url: &Url, wanted: Wanted, time: Duration) -> Result<Answer, Failure> {
        let host = host(url);
        let failed = |error: &reqwest::Error| Failure::of(&host, error, time);
        let request = self.client.get(url.clone());
        let request = request.header(ACCEPT, "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.8");
        let mut response = request.header(ACCEPT_LANGUAGE, "en,*;q=0.5").send().await.map_err(|e| failed(&e))?;
        if response.status().is_redirection() {
            return redirect(url, response.headers()).map(Answer::Redirect).ok_or_else(|| Failure::new(&host, Why::Broken));
        }
        if !response.status().is_success() {
            return Err(Failure::new(&host, refusal(response.status(), response.headers())));
        }
        let kind = match wanted {
            Wanted::Robots => Kind::Html,
            Wanted::Page => kind(response.headers()).ok_or_else(|| Failure::new(&host, Why::NoPage))?,
        };
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| failed(&e))? {
            let room = self.limits.bytes - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if body.len() >= self.limits.bytes {
                break;
            }
        }
        Ok(Answer::Text(Text { url: url.clone(), headers: std::mem::take(response.headers_mut()), kind, body }))
    }
}

/// Where an answer leads.
fn redirect(from: &Url, headers: &HeaderMap) -> Option<Url> {
    from.join(headers.get(LOCATION)?.to_str().ok()?).ok()
}

fn refusal(status: StatusCode, headers: &HeaderMap) -> Why {
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let may_wait = matches!(status.as_u16(), 429 | 503);
    Why::Status { status: status.as_u16(), wait: seconds.filter(|_| may_wait).map(Duration::from_secs) }
}

/// `None` for what is not read: pictures, archives, programs. A page that says nothing is taken for HTML.
fn kind(headers: &HeaderMap) -> Option<Kind> {
    let Some(said) = headers.get(CONTENT_TYPE) else { return Some(Kind::Html) };
    let said = said.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match said.as_str() {
        "text/html" | "application/xhtml+xml" => Some(Kind::Html),
        "application/json" | "application/feed+json" | "application/ld+json" => Some(Kind::Json),
        "text/xml" | "application/xml" | "application/rss+xml" | "application/atom+xml" | "application/rdf+xml" => Some(Kind::Xml),
        _ => None,
    }
}

impl Text {
    /// The text in the encoding that it says it has: by its first bytes, its header, its markup; else UTF-8, else Latin.
    pub fn decoded(&self) -> String {
        let said = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let encoding = said.and_then(charset).or_else(|| {
            let head = String::from_utf8_lossy(&self.body[..self.body.len().min(1_024)]).into_owned();
            // markup that can be read as ASCII is not in UTF-16, whatever it says
            charset(&head).filter(|encoding| encoding.is_ascii_compatible())
        });
        let encoding = encoding.unwrap_or_else(|| if is_utf8(&self.body) { UTF_8 } else { WINDOWS_1252 });
        encoding.decode(&self.body).0.into_owned()
    }
}

/// Whether bytes are UTF-8, but for a letter that was cut at the end.
fn is_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).err().is_none_or(|e| e.error_len().is_none())
}

/// The encoding that follows the first `charset=`.
fn charset(text: &str) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    let label = lower[lower.find("charset=")? + 8..].trim_start_matches(['"', '\'', ' ']);
    let end = label.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).unwrap_or(label.len());
    Encoding::for_label(&label.as_bytes()[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(content_type: &str, body: &[u8]) -> String {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, content_type.parse().unwrap())]);
        Text { url: Url::parse("http://konex.example/").unwrap(), headers, kind: Kind::Html, body: body.to_vec() }.decoded()
    }

    #[test]
    fn letters_are_read_in_their_encoding() {
        assert_eq!(text("text/html; charset=ISO-8859-1", b"Caf\xe9"), "Café");
        assert_eq!(text("text/html;charset=\"Shift_JIS\"", b"\x90\xc2\x97t"), "青葉");
        assert_eq!(text("text/html", b"<meta charset=windows-1251>\xcf\xf0"), "<meta charset=windows-1251>Пр");
        assert_eq!(text("text/html", b"<meta charset=utf-16>a"), "<meta charset=utf-16>a");
        assert_eq!(text("text/html", "ö".as_bytes()), "ö");
        assert_eq!(text("text/html", b"\xf6"), "ö");
        assert_eq!(text("text/html; charset=latin1", "\u{feff}ö".as_bytes()), "ö");
        assert_eq!(text("text/html; charset=nonsense", "ö".as_bytes()), "ö");
    }

    #[test]
    fn only_texts_are_read() {
        let kind_of = |said: &str| kind(&HeaderMap::from_iter([(CONTENT_TYPE, said.parse().unwrap())]));
        assert_eq!(kind_of("Text/HTML; charset=x"), Some(Kind::Html));
        assert_eq!(kind_of("application/atom+xml"), Some(Kind::Xml));
        assert_eq!(kind_of("application/feed+json"), Some(Kind::Json));
        for other in ["image/svg+xml", "application/pdf", "application/octet-stream", "text/javascript", "video/mp4", ""] {
            assert_eq!(kind_of(other), None, "{other}");
        }
        assert_eq!(kind(&HeaderMap::new()), Some(Kind::Html));
    }
}
