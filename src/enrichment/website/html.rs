//! Reads a page's markup in one pass over its tokens: no tree is built, so that neither depth nor size can hurt.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use super::elements::{Element, Elements, Tagged};

/// A page that takes longer is read up to there. Real ones take a few milliseconds.
const LONGEST: Duration = Duration::from_millis(1_500);

/// So much is read between two looks at the clock.
const STEP: usize = 4_096;

/// What a page may have of each kind; the rest is not looked at.
const MOST: usize = 2_000;
const MOST_JSON_LD: usize = 30;
const LONGEST_JSON_LD: usize = 512 * 1024;

/// What a page says of itself in its markup.
#[derive(Debug, Default)]
pub struct Document {
    pub title: String,
    /// `<base href>`, which relative addresses are relative to.
    pub base: Option<String>,
    /// Name or property in lower case, and content.
    pub metas: Vec<(String, String)>,
    /// `<a>` and `<link>`.
    pub links: Vec<Link>,
    /// Addresses of scripts.
    pub scripts: Vec<String>,
    /// `application/ld+json`, as it stands there.
    pub json_ld: Vec<String>,
    /// Elements that say what they are: microdata, microformats, headings, items of lists.
    pub elements: Vec<Element>,
}

/// A link as it stands in the page.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub href: String,
    pub rel: String,
    /// The `type` that it announces.
    pub kind: String,
    pub text: String,
}

impl Document {
    /// Reads a page. What is broken in it stays out; it never fails.
    pub fn read(html: &str) -> Self {
        let reader = Tokenizer::new(Reader::default(), TokenizerOpts::default());
        let began = Instant::now();
        let input = BufferQueue::default();
        let mut rest = html;
        while !rest.is_empty() && began.elapsed() < LONGEST {
            let (step, after) = rest.split_at(rest.floor_char_boundary(STEP.min(rest.len())));
            input.push_back(StrTendril::from_slice(step));
            // it stops early only where the reader asks for it, and this one never does
            let _ = reader.feed(&input);
            rest = after;
        }
        if rest.is_empty() {
            reader.end();
        }
        reader.sink.0.into_inner().finish()
    }

    /// The content of the first meta tag of one of these names that has any.
    pub fn meta(&self, names: &[&str]) -> Option<&str> {
        let with = |name: &&str| self.metas.iter().find(|(n, content)| n == name && !content.trim().is_empty());
        names.iter().find_map(with).map(|(_, content)| content.trim())
    }
}

/// Takes the tokens.
#[derive(Default)]
struct Reader(RefCell<Reading>);

#[derive(Default)]
struct Reading {
    document: Document,
    elements: Elements,
    raw: Option<Raw>,
    /// The link whose text is being read.
    link: Option<usize>,
}

/// Text that is no markup, and what it is.
struct Raw {
    tag: String,
    is_json_ld: bool,
    text: String,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut reading = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return reading.start(&tag),
            Token::TagToken(tag) => reading.end(&tag.name),
            Token::CharacterTokens(text) => reading.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Reading {
    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let get = |name: &str| tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| bounded(&a.value)).unwrap_or_default();
        let document = &mut self.document;
        match &*tag.name {
            "meta" if document.metas.len() < MOST => {
                let name = [get("name"), get("property"), get("http-equiv")].into_iter().find(|name| !name.is_empty()).unwrap_or_default();
                document.metas.push((name.to_lowercase(), get("content")));
            }
            "base" if document.base.is_none() => document.base = Some(get("href")),
            "link" | "a" if document.links.len() < MOST => {
                document.links.push(Link { href: get("href"), rel: get("rel").to_lowercase(), kind: get("type"), text: String::new() });
                if &*tag.name == "a" {
                    self.link = Some(document.links.len() - 1);
                }
            }
            "script" if document.scripts.len() < MOST && !get("src").is_empty() => document.scripts.push(get("src")),
            _ => {}
        }
        self.elements.open(&Tagged {
            tag: &tag.name,
            is_closed: tag.self_closing,
            class: get("class"),
            property: get("itemprop"),
            kind: get("itemtype"),
            is_scope: tag.attrs.iter().any(|a| &*a.name.local == "itemscope"),
            value: [get("content"), get("href")].into_iter().find(|value| !value.is_empty()).unwrap_or_default(),
        });
        self.raw_text(&tag.name, get("type").trim().eq_ignore_ascii_case("application/ld+json"))
    }

    /// Inside some elements there is no markup.
    fn raw_text(&mut self, tag: &str, is_json_ld: bool) -> TokenSinkResult<()> {
        let kind = match tag {
            "script" => RawKind::ScriptData,
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => RawKind::Rawtext,
            "title" | "textarea" => RawKind::Rcdata,
            _ => return TokenSinkResult::Continue,
        };
        self.raw = Some(Raw { tag: tag.to_string(), is_json_ld, text: String::new() });
        TokenSinkResult::RawData(kind)
    }

    fn end(&mut self, tag: &str) {
        if let Some(raw) = self.raw.take_if(|raw| raw.tag == tag) {
            match tag {
                "title" if self.document.title.is_empty() => self.document.title = raw.text,
                "script" if raw.is_json_ld && self.document.json_ld.len() < MOST_JSON_LD && raw.text.len() < LONGEST_JSON_LD => {
                    self.document.json_ld.push(raw.text);
                }
                _ => {}
            }
        }
        if tag == "a" {
            self.link = None;
        }
        self.elements.close(tag);
    }

    fn text(&mut self, text: &str) {
        if let Some(raw) = &mut self.raw {
            let most = if raw.is_json_ld { LONGEST_JSON_LD } else { 1_000 };
            if raw.text.len() < most && (raw.is_json_ld || raw.tag == "title") {
                raw.text.push_str(text);
            }
            return;
        }
        if let Some(link) = self.link.and_then(|at| self.document.links.get_mut(at)).filter(|link| link.text.len() < 300) {
            link.text.push_str(text);
        }
        self.elements.text(text);
    }

    fn finish(mut self) -> Document {
        self.document.elements = self.elements.finish();
        self.document
    }
}

/// A value of an attribute; nobody means anything by one that is longer.
fn bounded(value: &str) -> String {
    value[..value.floor_char_boundary(4_000)].to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_says_of_itself() {
        let page = Document::read(
            r#"<!doctype html><title>Konex &amp; Co</title><base href="/en/"><META Name="Description" content="a &lt;b&gt;">
               <meta property=og:title content='x'><link rel=Alternate type=application/rss+xml href=/feed>
               <script src=/a.js></script><script type="application/ld+json">{"a":"</p>"}</script>
               <a href="/about"><b>About</b> us</a> after <textarea><a href=no></textarea>"#,
        );
        assert_eq!((page.title.as_str(), page.base.as_deref()), ("Konex & Co", Some("/en/")));
        assert_eq!(page.meta(&["description"]), Some("a <b>"));
        assert_eq!(page.scripts, ["/a.js"]);
        assert_eq!(page.json_ld, [r#"{"a":"</p>"}"#]);
        assert_eq!(page.links.len(), 2);
        assert_eq!((page.links[0].rel.as_str(), page.links[0].kind.as_str()), ("alternate", "application/rss+xml"));
        assert_eq!((page.links[1].href.as_str(), page.links[1].text.as_str()), ("/about", "About us"));
    }

    /// Each would take minutes, or the stack, if something in the reading were quadratic or recursive.
    #[test]
    fn hostile_markup_takes_neither_time_nor_stack() {
        let attributes: String = (0..200_000).map(|n| format!("a{n} ")).collect();
        for (what, html) in [
            ("depth", "<div>".repeat(100_000)),
            ("depth of people", r#"<div itemscope itemtype="https://schema.org/Person"><b itemprop=name>x"#.repeat(20_000)),
            ("depth, then ends of another", format!("{}{}", "<div>".repeat(100_000), "</p>".repeat(100_000))),
            ("attributes", format!("<p {attributes}>")),
            ("links in links", "<a href=x>y".repeat(100_000)),
            ("an open comment", format!("<!--{}", "-<".repeat(500_000))),
            ("an open title", format!("<title>{}", "x".repeat(2_000_000))),
            ("an open tag", format!("<p title=\"{}", "x".repeat(2_000_000))),
            ("open braces", "<".repeat(2_000_000)),
            ("nothing but entities", "&amp;".repeat(400_000)),
        ] {
            let began = Instant::now();
            let page = Document::read(&html);
            assert!(began.elapsed() < Duration::from_secs(6), "{what}: {:?}", began.elapsed());
            assert!(page.links.len() <= MOST && page.title.len() < 2_000, "{what}");
        }
    }
}
