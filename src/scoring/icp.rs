//! The ideal customer profile: whom a startup sells to, as plain lists of words. What is empty asks for nothing in
//! particular.

use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// So many entries a list, of so many characters.
const ENTRIES: usize = 50;
const LETTERS: usize = 80;

/// A range of employees: `11-50`, or `1000+`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Employees {
    pub least: u32,
    /// None: as many as there may be.
    pub most: Option<u32>,
}

impl Employees {
    /// Reads `11-50`, `11 to 50`, `1,000+`, `500`.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.to_lowercase().replace("to", "-").replace(['–', '—'], "-").replace([',', ' ', '\''], "");
        let text = text.trim_end_matches("employees");
        let number = |s: &str| s.parse::<u32>().ok();
        if let Some(least) = text.strip_suffix('+').or_else(|| text.strip_prefix(">=")) {
            return Some(Self { least: number(least)?, most: None });
        }
        let (least, most) = text.split_once('-').map_or((text, text), |both| both);
        let (least, most) = (number(least)?, number(most)?);
        (least <= most).then_some(Self { least, most: Some(most) })
    }

    pub fn has(self, employees: u32) -> bool {
        self.least <= employees && self.most.is_none_or(|most| employees <= most)
    }

    /// Whether all of `other` lies within.
    pub fn covers(self, other: Self) -> bool {
        self.least <= other.least && self.most.is_none_or(|most| other.most.is_some_and(|other| other <= most))
    }

    /// Whether some of `other` lies within.
    pub fn meets(self, other: Self) -> bool {
        self.most.is_none_or(|most| other.least <= most) && other.most.is_none_or(|most| self.least <= most)
    }
}

impl std::fmt::Display for Employees {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.most {
            None => write!(f, "{}+", self.least),
            Some(most) if most == self.least => write!(f, "{most}"),
            Some(most) => write!(f, "{}-{most}", self.least),
        }
    }
}

impl TryFrom<String> for Employees {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is no range of employees"))
    }
}

impl From<Employees> for String {
    fn from(range: Employees) -> Self {
        range.to_string()
    }
}

/// Whom a startup sells to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Icp {
    pub industries: Vec<String>,
    pub sizes: Vec<Employees>,
    /// Countries by name or ISO 3166 code, continents, or groups such as EU, DACH, Nordics; cities.
    pub regions: Vec<String>,
    pub technologies: Vec<String>,
    /// Words that a company interested in the product would use.
    pub keywords: Vec<String>,
}

/// The profile as its form has it: one text a list, entries parted by commas or lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IcpForm {
    #[serde(default)]
    pub industries: String,
    #[serde(default)]
    pub sizes: String,
    #[serde(default)]
    pub regions: String,
    #[serde(default)]
    pub technologies: String,
    #[serde(default)]
    pub keywords: String,
}

impl Icp {
    /// Whether it says nothing at all, so that everybody would fit.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is stored, whoever wrote it: what cannot be read counts as not said.
    #[cfg(feature = "ssr")]
    pub fn read(stored: &serde_json::Value) -> Self {
        let words = |name: &str| {
            let list = stored.get(name).and_then(|v| v.as_array()).into_iter().flatten();
            list.filter_map(|v| v.as_str()).filter_map(clean).take(ENTRIES).collect::<Vec<_>>()
        };
        Self {
            industries: words("industries"),
            sizes: words("sizes").iter().filter_map(|text| Employees::parse(text)).collect(),
            regions: words("regions"),
            technologies: words("technologies"),
            keywords: words("keywords"),
        }
    }
}

impl IcpForm {
    /// The form of a profile: one entry a line.
    pub fn of(icp: &Icp) -> Self {
        let sizes: Vec<String> = icp.sizes.iter().map(ToString::to_string).collect();
        Self {
            industries: icp.industries.join("\n"),
            sizes: sizes.join("\n"),
            regions: icp.regions.join("\n"),
            technologies: icp.technologies.join("\n"),
            keywords: icp.keywords.join("\n"),
        }
    }

    /// # Errors
    /// [`AppError::Invalid`] with the field that has to change.
    pub fn parse(&self) -> Result<Icp, AppError> {
        let sizes = entries("sizes", &self.sizes)?;
        Ok(Icp {
            industries: entries("industries", &self.industries)?,
            sizes: sizes
                .iter()
                .map(|text| {
                    Employees::parse(text)
                        .ok_or_else(|| AppError::invalid("sizes", format!("“{text}” is no range. Write it as 11-50, or 1000+.")))
                })
                .collect::<Result<_, _>>()?,
            regions: entries("regions", &self.regions)?,
            technologies: entries("technologies", &self.technologies)?,
            keywords: entries("keywords", &self.keywords)?,
        })
    }

    /// Its fields with what was typed.
    pub fn texts(&self) -> crate::edit::Texts {
        crate::edit::texts([
            ("industries", self.industries.clone()),
            ("sizes", self.sizes.clone()),
            ("regions", self.regions.clone()),
            ("technologies", self.technologies.clone()),
            ("keywords", self.keywords.clone()),
        ])
    }
}

/// The list's entries, each once, whatever its letters' case.
fn entries(field: &str, text: &str) -> Result<Vec<String>, AppError> {
    let mut found: Vec<String> = Vec::new();
    for entry in text.split(['\n', '\r', ';']).flat_map(|line| parted(field, line)) {
        let Some(entry) = clean(&entry) else { continue };
        if entry.chars().count() > LETTERS {
            return Err(AppError::invalid(field, format!("Keep each entry within {LETTERS} characters.")));
        }
        if !found.iter().any(|known| known.to_lowercase() == entry.to_lowercase()) {
            found.push(entry);
        }
    }
    match found.len() <= ENTRIES {
        true => Ok(found),
        false => Err(AppError::invalid(field, format!("Keep to {ENTRIES} entries."))),
    }
}

/// Commas part entries; those of a number do not.
fn parted(field: &str, line: &str) -> Vec<String> {
    if field != "sizes" {
        return line.split(',').map(str::to_string).collect();
    }
    let mut parts: Vec<String> = Vec::new();
    for piece in line.split(',') {
        let thousands = piece.len() >= 3
            && piece.bytes().take(3).all(|b| b.is_ascii_digit())
            && !piece.as_bytes().get(3).is_some_and(|b| b.is_ascii_digit());
        match parts.last_mut() {
            Some(last) if thousands && last.ends_with(|c: char| c.is_ascii_digit()) => last.push_str(piece),
            _ => parts.push(piece.to_string()),
        }
    }
    parts
}

fn clean(text: &str) -> Option<String> {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_people_write_them() {
        for (text, range) in [
            ("11-50", Some((11, Some(50)))),
            ("11 to 50 employees", Some((11, Some(50)))),
            ("1,000+", Some((1000, None))),
            ("500", Some((500, Some(500)))),
            ("50-11", None),
            ("many", None),
            ("-5", None),
        ] {
            assert_eq!(Employees::parse(text).map(|r| (r.least, r.most)), range, "{text}");
        }
        let range = Employees { least: 11, most: Some(50) };
        assert!(range.has(11) && range.has(50) && !range.has(51));
        assert_eq!(Employees::parse(&range.to_string()), Some(range));
    }

    #[test]
    fn a_form_reads_back_as_it_was_written() {
        let form = IcpForm {
            industries: "Software, software;Logistics\n\n Retail ".into(),
            sizes: "11-50, 1,000-5,000\n10000+".into(),
            ..IcpForm::default()
        };
        let icp = form.parse().unwrap();
        assert_eq!(icp.industries, ["Software", "Logistics", "Retail"]);
        assert_eq!(icp.sizes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["11-50", "1000-5000", "10000+"]);
        assert_eq!(IcpForm::of(&icp).parse().unwrap(), icp);
        assert!(IcpForm { sizes: "small".into(), ..IcpForm::default() }.parse().is_err());
        assert!(
            IcpForm { keywords: "x\n".repeat(3) + &(0..51).map(|n| format!("{n}\n")).collect::<String>(), ..IcpForm::default() }
                .parse()
                .is_err()
        );
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn whatever_is_stored_is_a_profile() {
        let odd = serde_json::json!({ "industries": "Software", "sizes": ["11-50", 7, "few"], "regions": [null, " EU "], "more": {} });
        let icp = Icp::read(&odd);
        assert_eq!((icp.industries.len(), icp.sizes.len(), icp.regions), (0, 1, vec!["EU".to_string()]));
        assert!(Icp::read(&serde_json::json!([])).is_empty());
    }
}
