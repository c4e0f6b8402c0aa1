//! Edits and the version they were made from. A form carries the texts it started from; when somebody else saved in the
//! meantime, the two edits are laid side by side, field by field.

use crate::error::{AppError, Change};

/// Fields of a record or a form, by name, as text.
pub type Texts = Vec<(String, String)>;

/// Texts of `pairs`.
pub fn texts<const N: usize>(pairs: [(&str, String); N]) -> Texts {
    pairs.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

/// The text of the field `name`, empty where there is none.
pub fn text<'a>(texts: &'a Texts, name: &str) -> &'a str {
    texts.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
}

/// What a form puts into its hidden field `was`, for [`conflict`] to read.
pub fn was(texts: &Texts) -> String {
    serde_json::to_string(texts).unwrap_or_default()
}

/// An edit as it is given back with a refusal: still made from the same version.
pub fn carried(mut yours: Texts, version: i32, was: &str) -> Texts {
    yours.extend([("version".to_string(), version.to_string()), ("was".to_string(), was.to_string())]);
    yours
}

/// Lays an edit beside what the record says now. `was` is what the form started from, `yours` what it sent, `now` the
/// record at `version`; `read` says how a value reads to people (an id as the name behind it).
///
/// A field that you left alone takes over what it says now. One that both changed keeps yours and is marked.
pub fn conflict(was: &str, yours: &Texts, now: &Texts, version: i32, read: impl Fn(&str, &str) -> String) -> AppError {
    let started: Texts = serde_json::from_str(was).unwrap_or_default();
    let mut changes = Vec::new();
    let mut typed = Vec::new();
    for (field, mine) in yours {
        let (before, theirs) = (text(&started, field).trim(), text(now, field).trim());
        let (i_changed, they_changed) = (mine != before, theirs != before);
        if they_changed && mine != theirs {
            changes.push(Change { field: field.clone(), now: read(field, theirs), both: i_changed });
        }
        typed.push((field.clone(), if i_changed { mine.clone() } else { theirs.to_string() }));
    }
    typed.push(("version".into(), version.to_string()));
    typed.push(("was".into(), self::was(now)));
    AppError::Conflict { changes, typed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(status: &str, mrr: &str, owner: &str) -> Texts {
        texts([("status", status.into()), ("mrr", mrr.into()), ("owner", owner.into())])
    }

    #[test]
    fn two_edits_are_laid_side_by_side() {
        let (started, yours, now) = (record("Lead", "1", "a"), record("Trial", "2", "a"), record("Active", "1", "b"));
        let refused = conflict(&was(&started), &yours, &now, 7, |_, value| value.to_uppercase());
        let AppError::Conflict { changes, .. } = &refused else { panic!("{refused:?}") };
        assert_eq!(changes.len(), 2);
        assert_eq!(changes[0], Change { field: "status".into(), now: "ACTIVE".into(), both: true });
        assert_eq!(changes[1], Change { field: "owner".into(), now: "B".into(), both: false });
        let going_on = ["status", "mrr", "owner", "version"].map(|f| refused.typed(f).unwrap_or_default());
        assert_eq!(going_on, ["Trial", "2", "b", "7"], "what you changed is kept, the rest is taken over");
        assert_eq!(refused.typed("was"), Some(was(&now)));
    }

    #[test]
    fn without_a_beginning_everything_counts_as_yours() {
        let refused = conflict("not json", &record("Trial", "", ""), &record("Active", "", ""), 2, |_, value| value.into());
        assert_eq!(refused.typed("status").as_deref(), Some("Trial"));
    }
}
