//! What the dashboard shows, as it stands in the address: sort, direction, search, filter, place; and the addresses of
//! what can be opened from it.

use leptos::prelude::Memo;
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::filter::Filter;
use crate::choice::choice;

choice! {
    /// The panel's tabs.
    Tab { Overview = "overview", Contacts = "contacts", Deals = "deals", Activity = "activity", Intelligence = "intelligence" }
}

choice! {
    /// What the list can be sorted by.
    Sort {
        Name = "name", Status = "status", Segment = "segment", Mrr = "mrr", Health = "health",
        LastContact = "last_contact", Created = "created", Priority = "priority",
    }
}

choice! {
    Direction { Ascending = "asc", Descending = "desc" }
}

impl Sort {
    /// Text reads from A; numbers and times from the largest and latest.
    pub const fn natural(self) -> Direction {
        match self {
            Self::Name | Self::Status | Self::Segment => Direction::Ascending,
            Self::Mrr | Self::Health | Self::LastContact | Self::Created | Self::Priority => Direction::Descending,
        }
    }
}

impl Direction {
    pub const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// A row's place in the order: its sort key as text, and its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub id: Uuid,
    pub key: String,
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let (id, key) = text.split_once('.')?;
        (key.len() <= 1000 && !key.contains('\0')).then_some(())?;
        Some(Self { id: id.parse().ok()?, key: key.to_string() })
    }

    fn text(&self) -> String {
        format!("{}.{}", self.id, self.key)
    }
}

/// Which page of the order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    #[default]
    First,
    After(Cursor),
    Before(Cursor),
}

/// The list as asked for. Whatever an address says, it parses: what is no sort or cursor counts as not said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListQuery {
    pub sort: Sort,
    pub direction: Direction,
    /// Trimmed; empty: no search.
    pub search: String,
    pub filter: Filter,
    pub place: Place,
}

/// The list's query as it changes with the address; links to accounts keep it.
pub type Query = Memo<ListQuery>;

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            sort: Sort::LastContact,
            direction: Sort::LastContact.natural(),
            search: String::new(),
            filter: Filter::default(),
            place: Place::First,
        }
    }
}

impl ListQuery {
    pub fn from_params(params: &ParamsMap) -> Self {
        let sort = params.get("sort").and_then(|s| s.parse().ok()).unwrap_or(Sort::LastContact);
        let direction = params.get("dir").and_then(|s| s.parse().ok()).unwrap_or(sort.natural());
        let search: String = params.get("q").unwrap_or_default().trim().chars().filter(|c| *c != '\0').take(100).collect();
        let cursor = |name| params.get(name).and_then(|s| Cursor::parse(&s));
        let place = match (cursor("after"), cursor("before")) {
            (Some(after), _) => Place::After(after),
            (None, Some(before)) => Place::Before(before),
            (None, None) => Place::First,
        };
        Self { sort, direction, search, filter: Filter::from_params(params), place }
    }

    /// The same question as an address would put it, whatever came as JSON.
    pub fn normal(&self) -> Self {
        let search = self.search.trim().chars().filter(|c| *c != '\0').take(100).collect();
        Self { search, filter: self.filter.normal(), ..self.clone() }
    }

    /// The same list from its start in another order; asking for the order it has turns it around.
    pub fn sorted_by(&self, sort: Sort) -> Self {
        let direction = if sort == self.sort { self.direction.reversed() } else { sort.natural() };
        Self { sort, direction, place: Place::First, ..self.clone() }
    }

    /// The same list at another place.
    pub fn at(&self, place: Place) -> Self {
        Self { place, ..self.clone() }
    }

    /// The address's query as pairs; none for the list as it opens.
    fn params(&self) -> ParamsMap {
        let mut params = ParamsMap::new();
        if !self.search.is_empty() {
            params.insert("q", self.search.clone());
        }
        self.filter.into_params(&mut params);
        if self.sort != Sort::LastContact || self.direction != self.sort.natural() {
            params.insert("sort", self.sort.as_str().to_string());
        }
        if self.direction != self.sort.natural() {
            params.insert("dir", self.direction.as_str().to_string());
        }
        match &self.place {
            Place::First => {}
            Place::After(cursor) => params.insert("after", cursor.text()),
            Place::Before(cursor) => params.insert("before", cursor.text()),
        }
        params
    }

    /// The address's query, with its `?`; empty for the list as it opens.
    pub fn to_query_string(&self) -> String {
        self.params().to_query_string()
    }

    /// Address of the list.
    pub fn at_list(&self) -> String {
        format!("/{}", self.to_query_string())
    }

    /// Address of the list with the row of `account` open for editing; `open` is the account whose panel stays open.
    pub fn at_row(&self, open: Option<&str>, account: Uuid) -> String {
        let mut params = self.params();
        params.insert("row", account.to_string());
        let path = open.map_or_else(|| "/".to_string(), |id| format!("/accounts/{id}"));
        format!("{path}{}", params.to_query_string())
    }

    /// Address of an account's panel at a tab; the list beside it stays as it is.
    pub fn at_tab(&self, account: &str, tab: Tab) -> String {
        self.at_edit(account, tab, "")
    }

    /// Address of an account's panel at a tab, with something in it open for editing: a field, an id, or `new`.
    pub fn at_edit(&self, account: &str, tab: Tab, edit: &str) -> String {
        let mut params = self.params();
        if tab != Tab::Overview {
            params.insert("tab", tab.to_string());
        }
        if !edit.is_empty() {
            params.insert("edit", edit.to_string());
        }
        format!("/accounts/{account}{}", params.to_query_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&'static str, &str)]) -> ParamsMap {
        pairs.iter().map(|(k, v)| (*k, v.to_string())).collect()
    }

    #[test]
    fn any_address_is_a_list() {
        let odd = params(&[("sort", "mrr; drop table"), ("dir", "sideways"), ("after", "not-a-cursor"), ("q", "  \0 ")]);
        assert_eq!(ListQuery::from_params(&odd), ListQuery::default());
    }

    #[test]
    fn the_opening_list_has_a_bare_address() {
        assert_eq!(ListQuery::default().to_query_string(), "");
    }

    #[test]
    fn addresses_read_back_as_they_were_written() {
        let cursor = Cursor { id: Uuid::nil(), key: "a.b & c=ä?".into() };
        for place in [Place::First, Place::After(cursor.clone()), Place::Before(cursor)] {
            let query = ListQuery {
                sort: Sort::Name,
                direction: Direction::Descending,
                search: "konex & söhne".into(),
                filter: Filter::default(),
                place,
            };
            let text = query.to_query_string();
            let read: ParamsMap = text
                .trim_start_matches('?')
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .map(|(k, v)| (k.to_string(), leptos_router::location::Url::unescape(v)))
                .collect();
            assert_eq!(ListQuery::from_params(&read), query, "{text}");
        }
    }

    #[test]
    fn a_second_click_turns_the_order_around() {
        let by_name = ListQuery::default().sorted_by(Sort::Name);
        assert_eq!(by_name.direction, Direction::Ascending);
        assert_eq!(by_name.sorted_by(Sort::Name).direction, Direction::Descending);
    }
}
