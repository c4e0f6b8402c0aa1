//! The one error that crosses from server to browser. It says what a person can do about it; the cause stays in the log.

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

/// What went wrong, as a person may know it. Internal causes are logged under `id` and never shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum AppError {
    #[error("You are signed out. Sign in to go on.")]
    SignedOut,
    #[error("You are no longer a member of any startup. Ask its owner for a new invitation.")]
    NoStartup,
    #[error("Your role does not allow this.")]
    Forbidden,
    #[error("There is no such record, or it is not yours to see.")]
    NotFound,
    #[error("{message}")]
    Invalid {
        /// Name of the form field the message belongs beside; empty for the form as a whole.
        field: String,
        message: String,
        /// What was typed, so that a form without JavaScript gives it back. Never a password.
        typed: Vec<(String, String)>,
    },
    #[error("Somebody else saved this while you were editing. Look at the marked fields, then save again.")]
    Conflict {
        /// What the other person's saving changed.
        changes: Vec<Change>,
        /// The form as it goes on: what you changed as you typed it, the rest as it is now, with the version it is of.
        typed: Vec<(String, String)>,
    },
    /// Somebody else's move stands.
    #[error("{message}")]
    Moved { message: String },
    #[error("The server is busy. Wait a moment and try again.")]
    Busy,
    #[error("The server could not be reached. What you typed is still here; try again.")]
    Unreachable,
    #[error("Something went wrong on our side (reference {id}). Nothing was changed.")]
    Internal { id: String },
}

/// A field that somebody else changed while a form was open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub field: String,
    /// What it says now, as people read it.
    pub now: String,
    /// Whether you changed it, too: yours is kept until you save.
    pub both: bool,
}

impl Change {
    fn message(&self) -> String {
        let now = if self.now.is_empty() { "nothing".into() } else { format!("“{}”", self.now) };
        match self.both {
            true => format!("Meanwhile changed to {now}. What you typed is kept: saving again puts it in its place."),
            false => format!("Meanwhile changed to {now}, which is taken over here."),
        }
    }
}

/// So many characters of each value are given back: they travel in an address.
const TYPED: usize = 4_000;

impl AppError {
    /// Refuses one field of a form, with a message that says what would be right.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), message: message.into(), typed: Vec::new() }
    }

    /// Gives the typed values back with a refusal; other errors pass unchanged.
    pub fn with_typed(self, values: &[(&str, &str)]) -> Self {
        match self {
            Self::Invalid { field, message, .. } => Self::Invalid {
                field,
                message,
                // what an edit started from is good as a whole only
                typed: values
                    .iter()
                    .map(|(k, v)| (k.to_string(), if *k == "was" { v.to_string() } else { v.chars().take(TYPED).collect() }))
                    .collect(),
            },
            other => other,
        }
    }

    /// Gives what a form sent back with a refusal.
    pub fn with_texts(self, texts: crate::edit::Texts) -> Self {
        let typed: Vec<_> = texts.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.with_typed(&typed)
    }

    /// The message for the field `name`; the field "" also takes every error that belongs to no field.
    pub fn message_for(&self, name: &str) -> Option<String> {
        match self {
            Self::Invalid { field, message, .. } => (field == name).then(|| message.clone()),
            Self::Conflict { changes, .. } if !name.is_empty() => changes.iter().find(|c| c.field == name).map(Change::message),
            other => name.is_empty().then(|| other.to_string()),
        }
    }

    /// What was typed into the field `name` before the refusal.
    pub fn typed(&self, name: &str) -> Option<String> {
        match self {
            Self::Invalid { typed, .. } | Self::Conflict { typed, .. } => typed.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone()),
            _ => None,
        }
    }

    /// HTTP status of a server function that failed this way.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignedOut => 401,
            Self::NoStartup | Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict { .. } | Self::Moved { .. } => 409,
            Self::Invalid { .. } => 422,
            Self::Busy | Self::Unreachable => 503,
            Self::Internal { .. } => 500,
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unreachable,
            // in the browser: an answer that is not ours, but a proxy's, and as good as none
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "hydrate") => Self::Unreachable,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::invalid("", "The form was incomplete or not understood.")
            }
            _ => Self::Internal { id: "-".into() },
        }
    }
}
