//! Where in the panel somebody is, as the address has it.

use leptos::prelude::*;

use crate::accounts::query::{Query, Tab};

/// The account, the tab, and what is open for editing; the list beside it stays as it is.
#[derive(Clone, Copy)]
pub struct PanelPlace {
    pub query: Query,
    pub id: Memo<String>,
    pub tab: Memo<Tab>,
    pub edit: Memo<String>,
}

impl PanelPlace {
    /// Whether `what` (a field, an id, or `new`) is open for editing.
    pub fn is_editing(self, what: &str) -> bool {
        self.edit.with(|edit| edit == what)
    }

    /// Address of this tab with nothing open for editing.
    pub fn here(self) -> String {
        self.edit("")
    }

    /// Address of this tab with `what` open for editing.
    pub fn edit(self, what: &str) -> String {
        self.query.with(|q| self.id.with(|id| q.at_edit(id, self.tab.get(), what)))
    }

    /// Address of another tab.
    pub fn tab(self, tab: Tab) -> String {
        self.query.with(|q| self.id.with(|id| q.at_tab(id, tab)))
    }
}
