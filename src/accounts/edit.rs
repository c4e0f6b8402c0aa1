//! An account as forms send it, and as it is checked.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Account, AccountRow, Kind, Segment, Status};
use crate::auth::parse_name;
use crate::edit::Texts;
use crate::error::AppError;
use crate::money::Money;

/// A further field's name and its text are at most this long, in characters.
pub const INFO_NAME: usize = 100;
pub const INFO_VALUE: usize = 2000;
/// An account has at most so many further fields.
const INFO_FIELDS: usize = 100;

/// An account's fields as a form has them. A form may have some only: what it does not have stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountForm {
    pub name: Option<String>,
    pub domain: Option<String>,
    pub kind: Option<String>,
    pub status: Option<String>,
    pub segment: Option<String>,
    pub mrr: Option<String>,
    /// A member's id; empty for nobody.
    pub owner: Option<String>,
    /// Names of further fields, and their texts in the same order; an empty text takes the field away.
    pub info_names: Vec<String>,
    pub info_values: Vec<String>,
}

/// What is to be set; none leaves it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountEdit {
    pub name: Option<String>,
    pub domain: Option<Option<String>>,
    pub kind: Option<Kind>,
    pub status: Option<Status>,
    pub segment: Option<Segment>,
    pub mrr: Option<Money>,
    pub owner: Option<Option<Uuid>>,
    /// Further fields to set or, without a text, to take away.
    pub info: Vec<(String, Option<String>)>,
}

impl AccountForm {
    /// # Errors
    /// [`AppError::Invalid`] with the first field that has to change.
    pub fn parse(&self) -> Result<AccountEdit, AppError> {
        fn word<W: std::str::FromStr>(field: &str, text: &Option<String>) -> Result<Option<W>, AppError> {
            text.as_deref().map(|t| t.parse().map_err(|_| AppError::invalid(field, "Choose one of the list."))).transpose()
        }
        Ok(AccountEdit {
            name: self.name.as_deref().map(|n| parse_name("name", n)).transpose()?,
            domain: self.domain.as_deref().map(parse_domain).transpose()?,
            kind: word("kind", &self.kind)?,
            status: word("status", &self.status)?,
            segment: word("segment", &self.segment)?,
            mrr: self.mrr.as_deref().map(parse_mrr).transpose()?,
            owner: self.owner.as_deref().map(parse_owner).transpose()?,
            info: parse_info(&self.info_names, &self.info_values)?,
        })
    }

    /// What was sent, by field, to be laid beside what somebody else saved.
    pub fn texts(&self) -> Texts {
        let fields = [
            ("name", &self.name),
            ("domain", &self.domain),
            ("kind", &self.kind),
            ("status", &self.status),
            ("segment", &self.segment),
            ("mrr", &self.mrr),
            ("owner", &self.owner),
        ];
        let sent = fields.into_iter().filter_map(|(name, value)| Some((name.to_string(), value.as_ref()?.trim().to_string())));
        let info = (0..).zip(&self.info_values).map(|(n, value)| (info_field(n), lines(value)));
        let names = (0..).zip(&self.info_names).map(|(n, name)| (info_name_field(n), name.clone()));
        sent.chain(info).chain(names).collect()
    }
}

/// Name of the form field of the nth further field's text.
pub fn info_field(n: usize) -> String {
    format!("info_values[{n}]")
}

/// Name of the form field of the nth further field's name.
pub fn info_name_field(n: usize) -> String {
    format!("info_names[{n}]")
}

/// An account's fields as the whole form shows them.
pub fn texts_of(account: &Account) -> Texts {
    let mut texts = crate::edit::texts([
        ("name", account.name.clone()),
        ("domain", account.domain.clone().unwrap_or_default()),
        ("kind", account.kind.to_string()),
    ]);
    texts.extend(row_texts(account.status, account.segment, account.mrr, account.owner_id));
    for (n, (name, value)) in account.extended_info.iter().enumerate() {
        texts.push((info_name_field(n), name.clone()));
        texts.push((info_field(n), value.clone()));
    }
    texts
}

/// An account's fields in the order in which `form` has them: its further fields stand where the form has their names, not
/// where they stand in the record by now.
pub fn texts_beside(account: &Account, form: &AccountForm) -> Texts {
    let mut texts = texts_of(account);
    texts.retain(|(name, _)| !name.starts_with("info_"));
    for (n, name) in form.info_names.iter().enumerate() {
        let said = account.extended_info.iter().find(|(known, _)| known == name.trim()).map(|(_, value)| value.clone());
        texts.push((info_name_field(n), name.clone()));
        texts.push((info_field(n), said.unwrap_or_default()));
    }
    texts
}

/// An account's fields as its row's form shows them.
pub fn texts_of_row(row: &AccountRow) -> Texts {
    row_texts(row.status, row.segment, row.mrr, row.owner_id)
}

fn row_texts(status: Status, segment: Segment, mrr: Money, owner: Option<Uuid>) -> Texts {
    crate::edit::texts([
        ("status", status.to_string()),
        ("segment", segment.to_string()),
        ("mrr", mrr.plain()),
        ("owner", owner.map(|o| o.to_string()).unwrap_or_default()),
    ])
}

/// A domain as people write it (`https://www.Konex.example/about`) as it is kept (`konex.example`); none for an empty text.
///
/// # Errors
/// [`AppError::Invalid`] for the field `domain`.
pub fn parse_domain(text: &str) -> Result<Option<String>, AppError> {
    let text = text.trim().to_lowercase();
    let host = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host).trim_end_matches('.');
    if host.is_empty() && text.is_empty() {
        return Ok(None);
    }
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    if host.len() <= 253 && host.contains('.') && host.split('.').all(label) {
        Ok(Some(host.to_string()))
    } else {
        Err(AppError::invalid("domain", "Enter a domain such as konex.example, or leave it empty."))
    }
}

fn parse_mrr(text: &str) -> Result<Money, AppError> {
    if text.trim().is_empty() {
        return Ok(Money::ZERO);
    }
    Money::parse(text).ok_or_else(|| AppError::invalid("mrr", "Enter an amount such as 1,200 or 1200.50."))
}

/// A member's id from a form; none for an empty text. Whether they are one is the database's to say.
///
/// # Errors
/// [`AppError::Invalid`] for the field `owner`.
pub fn parse_owner(text: &str) -> Result<Option<Uuid>, AppError> {
    match text {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| AppError::invalid("owner", "Choose a member of the team.")),
    }
}

/// At most so many accounts are changed at once.
const AT_ONCE: usize = 1000;

/// The accounts that a form names.
///
/// # Errors
/// [`AppError::Invalid`] for none, or too many.
pub fn parse_ids(ids: &[String]) -> Result<Vec<Uuid>, AppError> {
    let ids: Vec<Uuid> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    match ids.len() {
        0 => Err(AppError::invalid("", "Select at least one account.")),
        1..=AT_ONCE => Ok(ids),
        _ => Err(AppError::invalid("", format!("Select at most {AT_ONCE} accounts."))),
    }
}

/// Text of several lines as it is kept: a form without JavaScript ends them with a carriage return, too.
pub fn lines(text: &str) -> String {
    text.trim().replace("\r\n", "\n").replace('\0', "")
}

fn parse_info(names: &[String], values: &[String]) -> Result<Vec<(String, Option<String>)>, AppError> {
    let mut info: Vec<(String, Option<String>)> = Vec::new();
    for (n, (name, value)) in names.iter().zip(values).enumerate() {
        let (name, value) = (name.trim().replace('\0', ""), lines(value));
        let refuse = |why: String| AppError::invalid(&info_field(n), why);
        match (name.is_empty(), value.is_empty()) {
            (true, true) => continue,
            (true, false) => return Err(AppError::invalid(&info_name_field(n), "Give the field a name.")),
            _ => {}
        }
        if name.chars().count() > INFO_NAME || value.chars().count() > INFO_VALUE {
            return Err(refuse(format!("Use at most {INFO_NAME} characters for a name and {INFO_VALUE} for a text.")));
        }
        if n >= INFO_FIELDS {
            return Err(refuse(format!("An account has at most {INFO_FIELDS} further fields.")));
        }
        if info.iter().any(|(known, _)| *known == name) {
            return Err(AppError::invalid(&info_name_field(n), "There is a field of this name already."));
        }
        info.push((name, (!value.is_empty()).then_some(value)));
    }
    Ok(info)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_kept_bare() {
        for (text, domain) in [
            ("Konex.Example", "konex.example"),
            (" https://www.konex.example/about?x#y ", "konex.example"),
            ("http://konex.example", "konex.example"),
            ("bücher.example", "bücher.example"),
        ] {
            assert_eq!(parse_domain(text), Ok(Some(domain.into())), "{text}");
        }
        assert_eq!(parse_domain("  "), Ok(None));
        for text in
            ["konex", "https://", "a b.example", "konex..example", "-a.example", "konex.example:80", "javascript:alert(1)", "a@b.example"]
        {
            assert!(parse_domain(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_form_with_some_fields_leaves_the_others() {
        let form = AccountForm { status: Some("Trial".into()), owner: Some(String::new()), ..AccountForm::default() };
        let expected = AccountEdit { status: Some(Status::Trial), owner: Some(None), ..AccountEdit::default() };
        assert_eq!(form.parse(), Ok(expected));
    }

    #[test]
    fn a_refusal_names_its_field() {
        let field = |form: AccountForm| match form.parse() {
            Err(AppError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        let some = |text: &str| Some(text.to_string());
        assert_eq!(field(AccountForm { name: some(" "), ..AccountForm::default() }), "name");
        assert_eq!(field(AccountForm { mrr: some("a lot"), ..AccountForm::default() }), "mrr");
        assert_eq!(field(AccountForm { status: some("Asleep"), ..AccountForm::default() }), "status");
        assert_eq!(field(AccountForm { owner: some("ada"), ..AccountForm::default() }), "owner");
        let info = |names: [&str; 2], values: [&str; 2]| AccountForm {
            info_names: names.map(String::from).to_vec(),
            info_values: values.map(String::from).to_vec(),
            ..AccountForm::default()
        };
        assert_eq!(field(info(["a", ""], ["1", "2"])), "info_names[1]");
        assert_eq!(field(info(["a", "a"], ["1", "2"])), "info_names[1]");
        assert_eq!(field(info(["a", "b"], ["1", &"x".repeat(INFO_VALUE + 1)])), "info_values[1]");
    }
}
