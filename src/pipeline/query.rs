//! Addresses of the pipeline: the filter, and what is open beside the board.

use leptos::prelude::Memo;
use leptos_router::params::ParamsMap;
use uuid::Uuid;

use super::filter::DealFilter;
use crate::deals::Stage;

/// The board's filter as it changes with the address.
pub type Asked = Memo<DealFilter>;

impl DealFilter {
    fn address(&self, path: &str, more: &[(&'static str, &str)]) -> String {
        let mut params = ParamsMap::new();
        self.into_params(&mut params);
        more.iter().filter(|(_, value)| !value.is_empty()).for_each(|(name, value)| params.insert(*name, (*value).to_string()));
        format!("{path}{}", params.to_query_string())
    }

    /// Address of the board.
    pub fn at_board(&self) -> String {
        self.address("/pipeline", &[])
    }

    /// Address of the board with so many cards in each column, for who reads without JavaScript.
    pub fn at_cards(&self, cards: usize) -> String {
        self.address("/pipeline", &[("cards", &cards.to_string())])
    }

    /// Address of a deal's drawer beside the board.
    pub fn at_deal(&self, deal: Uuid) -> String {
        self.at_edit(deal, "")
    }

    /// Address of a deal's drawer with something in it open: `deal` for its fields, `move` to move it, `log` to log something.
    pub fn at_edit(&self, deal: Uuid, edit: &str) -> String {
        self.address(&format!("/pipeline/deals/{deal}"), &[("edit", edit)])
    }

    /// Address of the form of a new deal in a stage.
    pub fn at_new(&self, stage: Stage) -> String {
        self.address("/pipeline/deals/new", &[("stage", stage.as_str())])
    }

    /// Address of the calendar's drawer beside the board.
    pub fn at_calendar(&self) -> String {
        self.address("/pipeline/calendar", &[])
    }

    /// Address of the file of all deals of the filter.
    pub fn at_export(&self) -> String {
        self.address("/pipeline/export", &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_keeps_the_filter() {
        let filter = DealFilter { search: "söhne".into(), ..DealFilter::default() };
        assert_eq!(DealFilter::default().at_board(), "/pipeline");
        assert!(filter.at_edit(Uuid::nil(), "move").starts_with("/pipeline/deals/00000000-0000-0000-0000-000000000000?"));
        assert!(filter.at_new(Stage::ClosedWon).contains("stage=Closed%20Won") && filter.at_new(Stage::ClosedWon).contains("q="));
    }
}
