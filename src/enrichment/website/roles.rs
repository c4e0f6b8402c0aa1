//! Titles of open posts: whether a text is one, and which department it is of.

/// Words of titles by department, the more telling departments first: a sales engineer sells.
const DEPARTMENTS: [(&str, &[&str]); 10] = [
    (
        "Support",
        &[
            "support",
            "customer success",
            "customer service",
            "helpdesk",
            "service desk",
            "kundenservice",
            "kundtjänst",
            "atención al cliente",
        ],
    ),
    (
        "Sales",
        &[
            "sales",
            "account executive",
            "account manager",
            "business development",
            "vertrieb",
            "commercial",
            "ventas",
            "säljare",
            "sprzedaży",
            "営業",
        ],
    ),
    ("Marketing", &["marketing", "brand", "seo", "communications", "kommunikation", "content", "growth", "マーケティング"]),
    ("People", &["recruiter", "talent", "human resources", "hr", "personal", "personnel", "rrhh", "人事"]),
    (
        "Finance",
        &[
            "finance",
            "accountant",
            "accounting",
            "controller",
            "controlling",
            "buchhalter",
            "buchhaltung",
            "comptable",
            "contable",
            "treasury",
            "経理",
        ],
    ),
    ("Legal", &["legal", "counsel", "lawyer", "compliance", "jurist", "juriste"]),
    ("Design", &["designer", "design", "ux", "ui"]),
    ("Product", &["product manager", "product owner", "product", "produktmanager", "chef de produit"]),
    (
        "Engineering",
        &[
            "engineer",
            "engineering",
            "developer",
            "entwickler",
            "entwicklerin",
            "ingenieur",
            "ingenieurin",
            "ingénieur",
            "ingénieure",
            "développeur",
            "développeuse",
            "ingeniero",
            "desarrollador",
            "programista",
            "inżynier",
            "utvecklare",
            "ingenjör",
            "devops",
            "sre",
            "software",
            "architect",
            "qa",
            "scientist",
            "data",
            "エンジニア",
        ],
    ),
    (
        "Operations",
        &[
            "operations",
            "logistics",
            "logistik",
            "supply",
            "warehouse",
            "production",
            "produktion",
            "technician",
            "techniker",
            "technicien",
            "técnico",
            "mechanic",
            "mechaniker",
            "driver",
            "operator",
            "procurement",
            "purchasing",
            "einkauf",
            "planner",
            "magazynier",
        ],
    ),
];

/// Where no word tells the department.
pub const OTHER: &str = "Other";

/// Words that make a title, whatever the department.
const TITLES: &[&str] = &[
    "manager",
    "managerin",
    "director",
    "head of",
    "specialist",
    "analyst",
    "assistant",
    "intern",
    "trainee",
    "werkstudent",
    "werkstudentin",
    "praktikant",
    "praktikum",
    "consultant",
    "lead",
    "leiter",
    "leiterin",
    "referent",
    "referentin",
    "responsable",
    "coordinator",
    "officer",
    "representative",
    "clerk",
    "m/w/d",
    "w/m/d",
    "f/m/d",
    "m/f/d",
    "h/f",
    "f/h",
];

/// The department of a title.
pub fn department(title: &str) -> &'static str {
    let words = words(title);
    DEPARTMENTS.iter().find(|(_, names)| names.iter().any(|name| has(&words, name))).map_or(OTHER, |(department, _)| department)
}

/// Whether a text on a careers page reads like the title of a post.
pub fn is_title(text: &str) -> bool {
    let length = text.chars().count();
    let words = words(text);
    // a sentence is none
    (4..=90).contains(&length) && words.split_whitespace().count() <= 12 && !text.contains(['?', '!', '.']) && {
        TITLES.iter().any(|title| has(&words, title))
            || DEPARTMENTS.iter().any(|(_, names)| names.iter().any(|name| is_trade(name) && has(&words, name)))
    }
}

/// Whether a department's word is somebody's trade: "Engineer" is, "Engineering" and "Sales" are headings.
fn is_trade(name: &str) -> bool {
    const ENDS: [&str; 12] = ["er", "or", "ist", "eur", "euse", "eure", "ieur", "ant", "ant manager", "executive", "ian", "in"];
    ENDS.iter().any(|end| name.ends_with(end))
        || matches!(name, "ingenjör" | "säljare" | "utvecklare" | "técnico" | "ingeniero" | "エンジニア" | "counsel" | "sre")
}

/// Lower-case words with one space around each.
fn words(text: &str) -> String {
    let separated: String = text.to_lowercase().chars().map(|c| if c.is_alphanumeric() || c == '/' { c } else { ' ' }).collect();
    format!(" {} ", separated.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a name stands there as words. Japanese has no spaces between them.
fn has(words: &str, name: &str) -> bool {
    if name.is_ascii() || name.chars().all(|c| c < '\u{2e80}') { words.contains(&format!(" {name} ")) } else { words.contains(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_tells_its_department() {
        for (title, of) in [
            ("Senior Backend Engineer (m/f/d)", "Engineering"),
            ("Sales Engineer", "Sales"),
            ("Product Marketing Manager", "Marketing"),
            ("Product Manager", "Product"),
            ("Customer Success Lead", "Support"),
            ("Warehouse Operator", "Operations"),
            ("Entwickler C++", "Engineering"),
            ("Controller", "Finance"),
            ("HR Manager", "People"),
            ("Three-headed Manager", "Other"),
            ("Rust エンジニア", "Engineering"),
        ] {
            assert_eq!(department(title), of, "{title}");
            assert!(is_title(title), "{title}");
        }
    }

    #[test]
    fn what_is_no_title() {
        for text in [
            "Engineering",
            "Sales",
            "Apply now",
            "Learn more about our engineers and what they do all day long.",
            "Our values",
            "Why an engineer?",
            "",
            "Teamwork",
            "Careers",
        ] {
            assert!(!is_title(text), "{text}");
        }
    }
}
