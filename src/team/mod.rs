//! People and their roles in a startup.

pub mod api;
#[cfg(feature = "ssr")]
pub mod store;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

crate::choice::choice! {
    /// What a member may do. Owners and admins: everything. Editors: everything but delete. Viewers: read.
    Role { Owner = "owner", Admin = "admin", Editor = "editor", Viewer = "viewer" }
}

impl Role {
    /// May create and change records. The database enforces it; pages use this to offer only what will work.
    pub fn edits(self) -> bool {
        self != Self::Viewer
    }

    /// May put records into the bin, invite people, change settings.
    pub fn manages(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }
}

/// The signed-in person within the active startup, as the database sees them in this transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub user_id: Uuid,
    pub name: String,
    pub email: Option<String>,
    pub startup_id: Uuid,
    pub startup_name: String,
    pub slug: String,
    pub role: Role,
    /// ISO 4217 code in which amounts are shown.
    pub currency: String,
    /// Name of the zone in which the startup's days begin and end, such as `Europe/Berlin`.
    pub time_zone: String,
}

/// Somebody who can own records: a member of the startup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Colleague {
    pub id: Uuid,
    pub name: String,
}

/// A startup that the signed-in person is a member of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct StartupName {
    pub slug: String,
    pub name: String,
}

/// What every room knows: who is signed in, where, with whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    pub viewer: Viewer,
    /// By name; the active one is among them.
    pub startups: Vec<StartupName>,
    /// By name.
    pub colleagues: Vec<Colleague>,
}

impl Workspace {
    /// Who can be chosen as an owner, with nobody first: value and name, for a form.
    pub fn owners(&self) -> Vec<(String, String)> {
        let nobody = (String::new(), "nobody".to_string());
        std::iter::once(nobody).chain(self.colleagues.iter().map(|c| (c.id.to_string(), c.name.clone()))).collect()
    }
}

/// Up to two initials for a small round badge.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|w| w.chars().next());
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn initials_take_first_and_last_word() {
        assert_eq!(super::initials("Anna Maria Snelling"), "AS");
        assert_eq!(super::initials("élodie"), "É");
        assert_eq!(super::initials(" "), "");
    }
}
