//! People whom a page's markup names with what they do: JSON-LD, microdata, and the h-card of microformats.

use super::html::Document;
use super::linked::{Node, text, things};
use super::organization;
use super::page::Page;
use super::pages::Part;
use crate::enrichment::fact::{Fact, plain};

/// So many people are kept.
const MOST: usize = 30;

/// Somebody, as a page has them.
#[derive(Debug, PartialEq, Eq)]
struct Somebody {
    name: String,
    role: String,
}

/// People of a page; of those whom the markup calls its chief, the first is the CEO.
pub fn facts(page: &Page, part: Part) -> Vec<Fact> {
    let mut people = employed(page);
    // elsewhere a person by themself may be an author, or a customer who is quoted
    if part == Part::About {
        people.extend(linked(page));
        people.extend(microdata(&page.document));
        people.extend(cards(&page.document));
    }
    let mut facts: Vec<Fact> = Vec::new();
    for somebody in people {
        if facts.len() < MOST && !facts.iter().any(|fact| matches!(fact, Fact::Person { name, .. } if *name == somebody.name)) {
            facts.push(Fact::Person { name: somebody.name, role: somebody.role });
        }
    }
    let chief = facts.iter().find_map(|fact| match fact {
        Fact::Person { name, role } if is_chief(role) => Some(Fact::Ceo { name: name.clone() }),
        _ => None,
    });
    facts.extend(chief);
    facts
}

/// `None` unless both are there and look like what they are.
fn somebody(name: Option<String>, role: Option<String>) -> Option<Somebody> {
    let (name, role) = (plain(&name?, 100), plain(&role?, 120));
    let is_name = name.chars().count() > 2 && name.chars().any(char::is_alphabetic) && !name.contains("://") && !name.contains('@');
    (is_name && !role.is_empty()).then_some(Somebody { name, role })
}

/// Those whom the company's own node names.
fn employed(page: &Page) -> Vec<Somebody> {
    let Some(node) = organization::own(page) else { return Vec::new() };
    let mut people = Vec::new();
    for (key, else_role) in
        [("founder", Some("Founder")), ("founders", Some("Founder")), ("employee", None), ("employees", None), ("member", None)]
    {
        people.extend(things(node, key).into_iter().filter_map(|person| from_node(person, else_role)));
    }
    people
}

/// People who stand in a page by themselves.
fn linked(page: &Page) -> Vec<Somebody> {
    const SPOKEN_OF: [&str; 5] = ["author", "creator", "reviewer", "contributor", "review"];
    let people = page.linked.of(|kind| kind == "Person").filter(|(key, _)| key.is_none_or(|key| !SPOKEN_OF.contains(&key)));
    people.filter_map(|(_, node)| from_node(node, None)).collect()
}

fn from_node(node: &Node, else_role: Option<&str>) -> Option<Somebody> {
    let parts = || {
        let parts: Vec<String> = ["givenName", "familyName"].iter().filter_map(|part| text(node, part)).collect();
        (parts.len() == 2).then(|| parts.join(" "))
    };
    let role = text(node, "jobTitle").or_else(|| else_role.map(str::to_string));
    somebody(text(node, "name").or_else(parts), role)
}

/// `itemtype="https://schema.org/Person"`.
fn microdata(document: &Document) -> Vec<Somebody> {
    let is_person = |kind: &str| kind.rsplit('/').next() == Some("Person");
    within(
        document,
        |element| element.is_scope && is_person(&element.kind),
        |element, property| element.property == property,
        ["name", "jobTitle"],
    )
}

/// `class="h-card"`, and its older sibling `vcard`.
fn cards(document: &Document) -> Vec<Somebody> {
    let mut people = within(document, |element| element.is("h-card"), super::elements::Element::is, ["p-name", "p-job-title"]);
    people.extend(within(document, |element| element.is("h-card"), super::elements::Element::is, ["p-name", "p-role"]));
    people.extend(within(document, |element| element.is("vcard"), super::elements::Element::is, ["fn", "title"]));
    people
}

/// Elements that are a person, with the texts of the two elements inside that are their name and their role.
fn within(
    document: &Document,
    is_person: impl Fn(&super::elements::Element) -> bool,
    is: impl Fn(&super::elements::Element, &str) -> bool,
    [name, role]: [&str; 2],
) -> Vec<Somebody> {
    let elements = &document.elements;
    let mut found: Vec<(usize, Option<String>, Option<String>)> = Vec::new();
    for (at, element) in elements.iter().enumerate() {
        if is_person(element) {
            found.push((at, None, None));
        }
        let said = if element.text.trim().is_empty() { &element.value } else { &element.text };
        // the nearest person around it; elements stand in the order of their starts
        let around = std::iter::successors(element.parent, |at| elements.get(*at).and_then(|e| e.parent)).take(8);
        let person = around.into_iter().find_map(|around| found.binary_search_by_key(&around, |(at, _, _)| *at).ok());
        if let Some((_, its_name, its_role)) = person.and_then(|person| found.get_mut(person)) {
            if is(element, name) {
                its_name.get_or_insert_with(|| said.clone());
            }
            if is(element, role) {
                its_role.get_or_insert_with(|| said.clone());
            }
        }
    }
    found.into_iter().filter_map(|(_, name, role)| somebody(name, role)).collect()
}

/// Whether a title is that of who leads the company: not of who assists, represents or used to be them.
fn is_chief(role: &str) -> bool {
    const CHIEF: [&str; 14] = [
        "chief executive",
        "geschäftsführer",
        "geschaeftsfuehrer",
        "vorstandsvorsitzende",
        "président-directeur général",
        "président directeur général",
        "directeur général",
        "directrice générale",
        "director ejecutivo",
        "consejero delegado",
        "amministratore delegato",
        "prezes zarządu",
        "verkställande direktör",
        "代表取締役",
    ];
    const NOT: [&str; 14] = [
        "assistant",
        "assistenz",
        "office of",
        "to the",
        "to ceo",
        "deputy",
        "vice",
        "former",
        "ex-",
        "stellvertret",
        "adjoint",
        "past",
        "interim advisor",
        "referent",
    ];
    let role = role.to_lowercase();
    let is_word = |word: &str| role.split(|c: char| !c.is_alphanumeric()).any(|w| w == word);
    let is_chief = CHIEF.iter().any(|title| role.contains(title)) || ["ceo", "pdg", "vd"].iter().any(|short| is_word(short));
    is_chief && !NOT.iter().any(|not| role.contains(not))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrichment::website::page::tests::page;

    fn person(name: &str, role: &str) -> Fact {
        Fact::Person { name: name.into(), role: role.into() }
    }

    #[test]
    fn people_are_read_from_all_three_markups() {
        let page = page(
            r#"<script type="application/ld+json">{"@type":"Organization","founder":{"@type":"Person","name":"Ada Kern"},
            "employee":[{"@type":"Person","name":"Bo Lund","jobTitle":"Head of Sales"},{"@type":"Person","name":"No Role"}]}</script>
            <div itemscope itemtype="http://schema.org/Person"><h3 itemprop="name">Cleo Marsh</h3><p><span itemprop="jobTitle">CEO &amp; Founder</span></div>
            <div class="h-card"><span class="p-name">Dan Ito</span> <span class="p-job-title">Engineer</span></div>
            <div class="vcard"><b class=fn>Eve Roy</b> <i class=title>Controller</i></div>
            <div class="team-member"><h3>Not Marked</h3><p>CEO</p></div>"#,
        );
        assert_eq!(
            facts(&page, Part::About),
            [
                person("Ada Kern", "Founder"),
                person("Bo Lund", "Head of Sales"),
                person("Cleo Marsh", "CEO & Founder"),
                person("Dan Ito", "Engineer"),
                person("Eve Roy", "Controller"),
                Fact::Ceo { name: "Cleo Marsh".into() },
            ]
        );
        assert_eq!(facts(&page, Part::News).len(), 2);
    }

    #[test]
    fn only_who_leads_is_the_chief() {
        for chief in
            ["CEO", "Founder / CEO", "Chief Executive Officer", "Geschäftsführerin", "PDG", "Président-directeur général", "代表取締役社長"]
        {
            assert!(is_chief(chief), "{chief}");
        }
        for other in [
            "Assistant to the CEO",
            "Vice President",
            "Former CEO",
            "Deputy Chief Executive",
            "Chief Technology Officer",
            "Stellvertretender Geschäftsführer",
            "Ceoffice",
            "Board member",
        ] {
            assert!(!is_chief(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_person_stays_out() {
        let page = page(
            r#"<script type="application/ld+json">[{"@type":"Person","name":"https://x.example","jobTitle":"CEO"},{"@type":"Person","name":"a@b.example","jobTitle":"CEO"},
            {"@type":"Article","author":{"@type":"Person","name":"A Writer","jobTitle":"CEO"}}]</script>"#,
        );
        assert_eq!(facts(&page, Part::About), []);
    }
}
