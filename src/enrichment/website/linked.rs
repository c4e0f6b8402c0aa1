//! JSON-LD: what a page says of its company in schema.org's words.

use serde_json::{Map, Value};

/// So many values of a page are looked at, so deep.
const MOST_NODES: usize = 20_000;
const DEEPEST: usize = 40;
/// Values that are copied in all.
const ROOM: usize = 200_000;

/// A node with a type.
pub type Node = Map<String, Value>;

/// A page's JSON-LD, flattened: every node that says what it is, and below which key it stands.
#[derive(Debug, Default)]
pub struct Linked {
    nodes: Vec<(Option<String>, Node)>,
    /// Values that may still be copied.
    room: usize,
}

impl Linked {
    /// Reads blocks of JSON-LD. One that is broken or too deep stays out.
    pub fn read(blocks: &[String]) -> Self {
        let mut linked = Self { room: ROOM, ..Self::default() };
        let mut left = MOST_NODES;
        for block in blocks {
            // without its wrapping, which some page builders leave in; the parser itself refuses more than 128 levels
            let json =
                block.trim().trim_start_matches("<!--").trim_start_matches("//<![CDATA[").trim_end_matches("//]]>").trim_end_matches("-->");
            if let Ok(value) = serde_json::from_str::<Value>(json) {
                linked.collect(value, None, 0, &mut left);
            }
        }
        linked
    }

    fn collect(&mut self, value: Value, key: Option<&str>, depth: usize, left: &mut usize) {
        if depth > DEEPEST || *left == 0 {
            return;
        }
        *left -= 1;
        match value {
            Value::Array(values) => values.into_iter().for_each(|value| self.collect(value, key, depth + 1, left)),
            Value::Object(node) => {
                let inner: Vec<_> = node.iter().filter(|(_, value)| value.is_object() || value.is_array()).collect();
                for (name, value) in inner {
                    // each level is copied once more: what is nested deep and wide is not
                    let weight = weigh(value);
                    if weight > self.room {
                        continue;
                    }
                    self.room -= weight;
                    // what stands in a graph stands at the top
                    self.collect(value.clone(), if name == "@graph" { key } else { Some(name) }, depth + 1, left);
                }
                if node.contains_key("@type") {
                    self.nodes.push((key.map(str::to_string), node));
                }
            }
            _ => {}
        }
    }

    /// Nodes of one of these types, and below which key each stands (none at the top).
    pub fn of<'a>(&'a self, is: impl Fn(&str) -> bool + 'a) -> impl Iterator<Item = (Option<&'a str>, &'a Node)> {
        self.nodes.iter().filter(move |(_, node)| types(node).any(&is)).map(|(key, node)| (key.as_deref(), node))
    }
}

/// How many values a value has in it.
fn weigh(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(weigh).sum::<usize>(),
        Value::Object(node) => 1 + node.values().map(weigh).sum::<usize>(),
        _ => 1,
    }
}

fn types(node: &Node) -> impl Iterator<Item = &str> {
    let said = node.get("@type").into_iter().flat_map(|said| match said {
        Value::Array(several) => several.iter().collect::<Vec<_>>(),
        one => vec![one],
    });
    said.filter_map(Value::as_str).map(|name| name.rsplit(['/', ':', '#']).next().unwrap_or(name))
}

/// The text of a property: as it stands, or the name of the thing that it is; of several, the first.
pub fn text(node: &Node, name: &str) -> Option<String> {
    text_of(node.get(name)?, 0)
}

fn text_of(value: &Value, depth: usize) -> Option<String> {
    match value {
        _ if depth > 3 => None,
        Value::String(text) => Some(unescaped(text)).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(several) => text_of(several.first()?, depth + 1),
        Value::Object(thing) => ["name", "@value", "value", "@id"].iter().find_map(|name| text_of(thing.get(*name)?, depth + 1)),
        Value::Bool(_) | Value::Null => None,
    }
}

/// Every text of a property.
pub fn texts(node: &Node, name: &str) -> Vec<String> {
    match node.get(name) {
        Some(Value::Array(several)) => several.iter().take(50).filter_map(|value| text_of(value, 0)).collect(),
        Some(one) => text_of(one, 0).into_iter().collect(),
        None => Vec::new(),
    }
}

/// Every thing of a property.
pub fn things<'a>(node: &'a Node, name: &str) -> Vec<&'a Node> {
    match node.get(name) {
        Some(Value::Array(several)) => several.iter().take(50).filter_map(Value::as_object).collect(),
        Some(Value::Object(one)) => vec![one],
        _ => Vec::new(),
    }
}

/// Many pages write entities of HTML into their JSON.
fn unescaped(text: &str) -> String {
    html_escape::decode_html_entities(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(json: &str) -> Linked {
        Linked::read(&[json.to_string()])
    }

    #[test]
    fn nodes_are_found_wherever_they_stand() {
        let linked = linked(
            r#"{"@graph":[{"@type":["Organization","Brand"],"name":"Konex &amp; Co","founder":{"@type":"schema:Person","name":["Ada"]}}]}"#,
        );
        let organization = linked.of(|kind| kind == "Organization").next().unwrap();
        assert_eq!((organization.0, text(organization.1, "name").as_deref()), (None, Some("Konex & Co")));
        let person = linked.of(|kind| kind == "Person").next().unwrap();
        assert_eq!((person.0, text(person.1, "name").as_deref()), (Some("founder"), Some("Ada")));
        assert_eq!(text(organization.1, "founder").as_deref(), Some("Ada"));
    }

    #[test]
    fn hostile_json_stays_out() {
        let deep = format!("{}1{}", r#"{"@type":"Organization","a":"#.repeat(100_000), "}".repeat(100_000));
        let wide = format!("[{}0]", r#"{"@type":"Person"},"#.repeat(100_000));
        assert_eq!(linked(&deep).nodes.len(), 0);
        assert!(linked(&wide).nodes.len() <= MOST_NODES);
        for broken in ["", "{", "null", "[[[[]]]]", r#"{"@type":{"@type":[1]}}"#] {
            assert!(linked(broken).nodes.len() <= 2, "{broken}");
        }
        let within = format!("{}1{}", r#"{"@type":"Organization","a":"#.repeat(100), "}".repeat(100));
        let began = std::time::Instant::now();
        assert!(linked(&within).nodes.len() <= DEEPEST + 1 && began.elapsed().as_secs() < 2);
    }
}
