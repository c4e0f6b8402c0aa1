//! The few elements of a page that say what they are, with their text and what they stand in.

/// So many elements are kept, so deep, with so much text each.
const MOST: usize = 3_000;
const DEEPEST: usize = 256;
const MOST_OPEN: usize = 24;
const LONGEST: usize = 300;

/// An element that says what it is, by schema.org's microdata, by a microformat's class, or by being a heading or an item.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub tag: String,
    pub class: String,
    /// `itemprop`
    pub property: String,
    /// `itemtype`
    pub kind: String,
    pub is_scope: bool,
    pub text: String,
    /// `content` or `href`.
    pub value: String,
    /// The nearest such element around it.
    pub parent: Option<usize>,
}

impl Element {
    /// Whether it has this class.
    pub fn is(&self, class: &str) -> bool {
        self.class.split_ascii_whitespace().any(|c| c.eq_ignore_ascii_case(class))
    }
}

/// What an element's start says of it.
pub struct Tagged<'a> {
    pub tag: &'a str,
    pub is_closed: bool,
    pub class: String,
    pub property: String,
    pub kind: String,
    pub is_scope: bool,
    pub value: String,
}

impl Tagged<'_> {
    fn says_what_it_is(&self) -> bool {
        const CLASSES: [&str; 12] =
            ["h-card", "vcard", "p-name", "fn", "p-job-title", "p-role", "title", "role", "job", "position", "opening", "vacancy"];
        let has_class = || {
            let class = self.class.to_ascii_lowercase();
            CLASSES.iter().any(|known| class.contains(known))
        };
        matches!(self.tag, "li" | "article" | "h2" | "h3" | "h4" | "h5")
            || self.is_scope
            || !self.property.is_empty()
            || (!self.class.is_empty() && has_class())
    }
}

/// The elements so far, and those that are open. A lenient reading: an end closes the nearest start of its name.
#[derive(Default)]
pub struct Elements {
    kept: Vec<Element>,
    /// Names of open elements, and which of them are kept.
    open: Vec<(String, Option<usize>)>,
    /// Positions in `kept` of those whose text is being read.
    reading: Vec<usize>,
}

impl Elements {
    pub fn open(&mut self, tagged: &Tagged<'_>) {
        if separates(tagged.tag) {
            self.text(" ");
        }
        let is_void = tagged.is_closed || VOID.contains(&tagged.tag);
        let kept = (tagged.says_what_it_is() && self.kept.len() < MOST).then(|| self.keep(tagged));
        if is_void || self.open.len() >= DEEPEST {
            return;
        }
        self.open.push((tagged.tag.to_string(), kept));
        if let Some(kept) = kept.filter(|_| self.reading.len() < MOST_OPEN) {
            self.reading.push(kept);
        }
    }

    fn keep(&mut self, tagged: &Tagged<'_>) -> usize {
        self.kept.push(Element {
            tag: tagged.tag.to_string(),
            class: tagged.class.clone(),
            property: tagged.property.clone(),
            kind: tagged.kind.clone(),
            is_scope: tagged.is_scope,
            text: String::new(),
            value: tagged.value.clone(),
            parent: self.open.iter().rev().find_map(|(_, kept)| *kept),
        });
        self.kept.len() - 1
    }

    pub fn close(&mut self, tag: &str) {
        if separates(tag) {
            self.text(" ");
        }
        let Some(at) = self.open.iter().rposition(|(open, _)| open == tag) else { return };
        let closed = self.open.split_off(at);
        for kept in closed.into_iter().filter_map(|(_, kept)| kept) {
            self.reading.retain(|reading| *reading != kept);
        }
    }

    pub fn text(&mut self, text: &str) {
        for at in &self.reading {
            let Some(element) = self.kept.get_mut(*at) else { continue };
            let room = LONGEST.saturating_sub(element.text.len());
            element.text.push_str(&text[..text.floor_char_boundary(room.min(text.len()))]);
        }
    }

    pub fn finish(self) -> Vec<Element> {
        self.kept
    }
}

/// Elements without an end.
const VOID: [&str; 14] = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Whether words before and after a tag are apart.
fn separates(tag: &str) -> bool {
    !matches!(tag, "a" | "abbr" | "b" | "em" | "i" | "mark" | "small" | "strong" | "sub" | "sup" | "u" | "wbr")
}

#[cfg(test)]
mod tests {
    use crate::enrichment::website::html::Document;

    #[test]
    fn elements_have_their_text_and_what_they_stand_in() {
        let page = Document::read(
            r#"<ul><li class="job-item"><h3>Data <b>Engineer</b></h3><span>Berlin</span></li><li>Other</ul>
               <div itemscope itemtype="https://schema.org/Person"><span itemprop="name">Ada</span><meta itemprop="jobTitle" content="CEO"></div>"#,
        );
        let texts: Vec<_> = page.elements.iter().map(|e| (e.tag.as_str(), e.text.trim(), e.parent)).collect();
        assert_eq!(texts[0], ("li", "Data Engineer  Berlin", None));
        assert_eq!(texts[1], ("h3", "Data Engineer", Some(0)));
        assert_eq!(texts[2].1, "Other");
        let name = page.elements.iter().position(|e| e.property == "name").unwrap();
        assert_eq!(page.elements[name].parent, Some(name - 1));
        assert_eq!(page.elements[name + 1].value, "CEO");
    }
}
