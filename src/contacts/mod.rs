//! Contacts: the people at an account.

pub mod api;
mod list;
#[cfg(feature = "ssr")]
pub mod store;

pub use list::ContactList;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::auth::Email;
use crate::edit::{Texts, texts};
use crate::error::AppError;

/// An account's panel shows so many contacts at most.
pub const SHOWN: i64 = 200;

/// A person at an account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Contact {
    pub id: Uuid,
    pub first_name: String,
    pub last_name: String,
    pub role: Option<String>,
    pub email: Option<String>,
    pub linkedin_url: Option<String>,
    /// Counts the edits; a save says from which one it was made.
    pub version: i32,
}

impl Contact {
    /// The name in full; the e-mail address where there is none.
    pub fn name(&self) -> String {
        match format!("{} {}", self.first_name, self.last_name).trim() {
            "" => self.email.clone().unwrap_or_else(|| "Somebody".into()),
            name => name.to_string(),
        }
    }

    /// As the form shows it.
    pub fn texts(&self) -> Texts {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        texts([
            ("first_name", self.first_name.clone()),
            ("last_name", self.last_name.clone()),
            ("role", text(&self.role)),
            ("email", text(&self.email)),
            ("linkedin", text(&self.linkedin_url)),
        ])
    }
}

/// A contact as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactForm {
    pub first_name: String,
    pub last_name: String,
    pub role: String,
    pub email: String,
    pub linkedin: String,
}

/// A contact about to be written, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactEdit {
    pub first_name: String,
    pub last_name: String,
    pub role: Option<String>,
    pub email: Option<Email>,
    pub linkedin_url: Option<String>,
}

impl ContactForm {
    /// # Errors
    /// [`AppError::Invalid`] with the first field that has to change.
    pub fn parse(&self) -> Result<ContactEdit, AppError> {
        let edit = ContactEdit {
            first_name: line("first_name", &self.first_name)?,
            last_name: line("last_name", &self.last_name)?,
            role: Some(line("role", &self.role)?).filter(|r| !r.is_empty()),
            email: Some(self.email.trim()).filter(|e| !e.is_empty()).map(Email::parse).transpose()?,
            linkedin_url: parse_linkedin(&self.linkedin)?,
        };
        if edit.first_name.is_empty() && edit.last_name.is_empty() && edit.email.is_none() {
            return Err(AppError::invalid("first_name", "Enter a name or an e-mail address."));
        }
        Ok(edit)
    }

    /// What was sent, to be given back or laid beside what somebody else saved.
    pub fn texts(&self) -> Texts {
        let fields = [
            ("first_name", &self.first_name),
            ("last_name", &self.last_name),
            ("role", &self.role),
            ("email", &self.email),
            ("linkedin", &self.linkedin),
        ];
        texts(fields.map(|(name, value)| (name, value.trim().to_string())))
    }
}

fn line(field: &str, text: &str) -> Result<String, AppError> {
    let text = text.trim();
    match text.chars().count() {
        _ if text.contains(char::is_control) => Err(AppError::invalid(field, "Use no control characters.")),
        0..=200 => Ok(text.to_string()),
        _ => Err(AppError::invalid(field, "Use at most 200 characters.")),
    }
}

/// A LinkedIn address as people paste it, as it is kept: https, the site's own host, a path, nothing behind it.
///
/// # Errors
/// [`AppError::Invalid`] for the field `linkedin`.
pub fn parse_linkedin(text: &str) -> Result<Option<String>, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let refuse = || AppError::invalid("linkedin", "Enter an address such as linkedin.com/in/ada-lovelace, or leave it empty.");
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http") => rest,
        Some(_) => return Err(refuse()),
        None => text,
    };
    let (host, path) = rest.split_once('/').ok_or_else(refuse)?;
    let host = host.to_lowercase();
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let own = host == "linkedin.com" || host.ends_with(".linkedin.com");
    let sound = |c: char| c.is_alphanumeric() || "-_./%".contains(c);
    if !own || path.is_empty() || path.len() > 400 || path.contains("..") || !path.chars().all(sound) || !host.chars().all(sound) {
        return Err(refuse());
    }
    Ok(Some(format!("https://www.linkedin.com/{path}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linkedin_addresses_are_kept_in_one_form() {
        for text in ["linkedin.com/in/ada", "https://www.linkedin.com/in/ada/", "http://de.LinkedIn.com/in/ada?trk=x#y"] {
            assert_eq!(parse_linkedin(text), Ok(Some("https://www.linkedin.com/in/ada".into())), "{text}");
        }
        assert_eq!(parse_linkedin(" "), Ok(None));
        for text in [
            "ada",
            "linkedin.com",
            "https://evil.example/linkedin.com/in/ada",
            "https://linkedin.com.evil.example/in/ada",
            "javascript://linkedin.com/in/ada",
            "https://user@linkedin.com/in/ada",
            "linkedin.com/in/a\"onclick=",
            "linkedin.com/../x",
        ] {
            assert!(parse_linkedin(text).is_err(), "{text}");
        }
    }

    #[test]
    fn somebody_needs_a_name_or_an_address() {
        assert!(ContactForm::default().parse().is_err());
        assert!(ContactForm { email: "Ada@Konex.example".into(), ..ContactForm::default() }.parse().is_ok());
        let refused = ContactForm { first_name: "Ada".into(), email: "ada@".into(), ..ContactForm::default() }.parse();
        assert!(matches!(refused, Err(AppError::Invalid { field, .. }) if field == "email"));
    }
}
