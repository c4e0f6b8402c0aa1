//! Signing up, in and out.

pub mod api;
mod login;
mod signup;
#[cfg(feature = "ssr")]
pub mod store;

pub use login::LoginPage;
pub use signup::SignupPage;

use crate::error::AppError;

/// An e-mail address as the database keeps it: lower-case, at most 254 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// # Errors
    /// [`AppError::Invalid`] for the field `email` when the text is no address.
    pub fn parse(text: &str) -> Result<Self, AppError> {
        let text = text.trim().to_lowercase();
        let sound = text.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && host.contains('.') && host.split('.').all(|part| !part.is_empty()) && !host.contains('@')
        });
        if sound && text.len() <= 254 && !text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            Ok(Self(text))
        } else {
            Err(AppError::invalid("email", "Enter an e-mail address such as ada@example.com."))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Least and largest length of a password, in characters.
pub const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = 10..=200;

/// A password as it was chosen; it is never shown, logged or sent back.
#[derive(Clone)]
pub struct NewPassword(String);

impl NewPassword {
    /// # Errors
    /// [`AppError::Invalid`] for the field `password` when it is too short or too long.
    pub fn parse(text: String) -> Result<Self, AppError> {
        match text.chars().count() {
            n if PASSWORD_LENGTH.contains(&n) => Ok(Self(text)),
            n if n < *PASSWORD_LENGTH.start() => {
                Err(AppError::invalid("password", "Use at least 10 characters; a few words in a row are good."))
            }
            _ => Err(AppError::invalid("password", "Use at most 200 characters.")),
        }
    }

    pub fn into_inner(self) -> String {
        self.0
    }
}

/// Name of a person or a startup: not blank, at most 200 characters.
///
/// # Errors
/// [`AppError::Invalid`] for `field`.
pub fn parse_name(field: &str, text: &str) -> Result<String, AppError> {
    let text = text.trim();
    if text.contains(char::is_control) {
        return Err(AppError::invalid(field, "Enter a name without control characters."));
    }
    match text.chars().count() {
        0 => Err(AppError::invalid(field, "Enter a name.")),
        1..=200 => Ok(text.to_string()),
        _ => Err(AppError::invalid(field, "Use at most 200 characters.")),
    }
}

/// A path on this site, safe to redirect to; anything else becomes the dashboard.
pub fn local_path(wanted: &str) -> &str {
    let local = wanted.starts_with('/')
        && !wanted.starts_with("//")
        && !wanted.contains('\\')
        && wanted.chars().all(|c| c.is_ascii() && !c.is_ascii_control());
    if local { wanted } else { "/" }
}

/// The sign-in page that leads back to `wanted` afterwards.
pub fn login_address(wanted: &str) -> String {
    match wanted {
        "/" => "/login".into(),
        other => format!("/login?next={}", leptos_router::location::Url::escape(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_is_lowered_and_checked() {
        assert_eq!(Email::parse(" Ada@Example.COM ").ok().map(|e| e.0), Some("ada@example.com".into()));
        for text in ["", "ada", "@example.com", "ada@", "ada@example", "a da@example.com", "ada@exa..mple.com", "a@b@c.d"] {
            assert!(Email::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn password_length_counts_characters() {
        assert!(NewPassword::parse("ééééééééé".into()).is_err());
        assert!(NewPassword::parse("éééééééééé".into()).is_ok());
        assert!(NewPassword::parse("x".repeat(201)).is_err());
    }

    #[test]
    fn only_own_paths_are_followed() {
        assert_eq!(local_path("/accounts/1?q=a"), "/accounts/1?q=a");
        for foreign in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "",
            "/a\r\nSet-Cookie: x=1",
            "/\t/evil.example",
        ] {
            assert_eq!(local_path(foreign), "/", "{foreign}");
        }
    }
}
