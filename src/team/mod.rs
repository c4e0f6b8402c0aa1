//! People and their roles in a startup.

pub mod api;
mod invitations;
mod join;
pub mod link_api;
#[cfg(feature = "ssr")]
pub mod link_store;
mod made_link;
mod members;
mod page;
mod reset;
mod settings;
#[cfg(feature = "ssr")]
pub mod store;
mod switch;

pub use join::JoinPage;
pub use page::TeamPage;
pub use reset::ResetPage;
pub use settings::SettingsPage;
pub use switch::SwitchMenu;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::AppError;

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

    /// May change or remove a member who is `theirs` now: an admin leaves owners alone.
    pub fn changes(self, theirs: Self) -> bool {
        self == Self::Owner || (self == Self::Admin && theirs != Self::Owner)
    }

    /// What this role may make of others: an admin makes no owners.
    pub fn gives(self) -> &'static [Self] {
        match self {
            Self::Owner => Self::ALL,
            Self::Admin => &[Self::Admin, Self::Editor, Self::Viewer],
            Self::Editor | Self::Viewer => &[],
        }
    }

    /// What an invitation can be for: owners are made from members.
    pub const INVITED: &'static [Self] = &[Self::Admin, Self::Editor, Self::Viewer];
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
    /// The startup's day when this was read.
    pub today: NaiveDate,
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

/// A member, as the team sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Member {
    pub id: Uuid,
    pub name: String,
    /// None for a person who cannot sign in, as an import makes them.
    pub email: Option<String>,
    #[cfg_attr(feature = "ssr", sqlx(try_from = "String"))]
    pub role: Role,
    pub since: DateTime<Utc>,
}

/// An invitation that somebody may still accept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct OpenInvitation {
    pub id: Uuid,
    #[cfg_attr(feature = "ssr", sqlx(try_from = "String"))]
    pub role: Role,
    pub invited_by: String,
    pub expires_at: DateTime<Utc>,
}

/// A link that was just made, for its maker to hand on. The database knows its hash only: it cannot be shown later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MadeLink {
    Invitation { address: String, role: Role },
    Reset { address: String, name: String },
}

/// The team, as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamRoom {
    pub viewer: Viewer,
    /// Owners first, then by name.
    pub members: Vec<Member>,
    /// Latest first; none for those who may not invite.
    pub invitations: Vec<OpenInvitation>,
    pub link: Option<MadeLink>,
}

/// What an invitation says to who opens it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    pub startup: String,
    pub role: Role,
    /// The name of who is signed in and could accept it.
    pub signed_in: Option<String>,
    /// The startup's slug, for a member already.
    pub member_of: Option<String>,
}

/// Whose password a link sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct ResetFor {
    pub name: String,
    pub email: String,
}

/// A currency's ISO 4217 code: three letters.
///
/// # Errors
/// [`AppError::Invalid`] for the field `currency`.
pub fn parse_currency(text: &str) -> Result<String, AppError> {
    let code = text.trim().to_ascii_uppercase();
    if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) {
        Ok(code)
    } else {
        Err(AppError::invalid("currency", "Enter the three letters of a currency, such as EUR."))
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
    use super::Role;

    #[test]
    fn an_admin_neither_touches_nor_makes_owners() {
        assert!(Role::Owner.changes(Role::Owner) && Role::Owner.gives().contains(&Role::Owner));
        assert!(Role::Admin.changes(Role::Admin) && !Role::Admin.changes(Role::Owner) && !Role::Admin.gives().contains(&Role::Owner));
        for role in [Role::Editor, Role::Viewer] {
            assert!(!role.changes(Role::Viewer) && role.gives().is_empty());
        }
    }

    #[test]
    fn initials_take_first_and_last_word() {
        assert_eq!(super::initials("Anna Maria Snelling"), "AS");
        assert_eq!(super::initials("élodie"), "É");
        assert_eq!(super::initials(" "), "");
    }
}
