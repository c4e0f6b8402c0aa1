//! What lies on the board, in the browser: cards go where they are put at once, and the server's word settles them.

use chrono::{DateTime, NaiveDate, Utc};
use leptos::prelude::*;
use uuid::Uuid;

use crate::deals::Stage;
use crate::pipeline::{Board, Card, Changed, Column, MoreCards, Sums};

/// Where a card lies: its column, and its place in it from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    pub stage: Stage,
    pub index: usize,
}

/// The board's signals, one for each column.
#[derive(Clone, Copy)]
pub struct BoardState {
    columns: StoredValue<Vec<RwSignal<Column>>>,
    pub now: RwSignal<DateTime<Utc>>,
    pub today: RwSignal<NaiveDate>,
    pub startup: Uuid,
    /// The spot that was last asked to stand in the page.
    pub revealed: RwSignal<Option<Spot>>,
}

/// In another window the person has gone to another startup: the page is made anew for it, so that no two mix on a board.
pub fn start_anew() {
    let _ = window().location().set_href("/pipeline");
}

impl BoardState {
    pub fn new(board: Board) -> Self {
        Self {
            columns: StoredValue::new(board.columns.into_iter().map(RwSignal::new).collect()),
            now: RwSignal::new(board.now),
            today: RwSignal::new(board.today),
            startup: board.startup,
            revealed: RwSignal::new(None),
        }
    }

    pub fn column(self, stage: Stage) -> RwSignal<Column> {
        let index = Stage::ALL.iter().position(|s| *s == stage).unwrap_or(0);
        self.columns.with_value(|columns| columns[index])
    }

    fn each(self) -> impl Iterator<Item = RwSignal<Column>> {
        Stage::ALL.iter().map(move |stage| self.column(*stage))
    }

    /// The board as it was read anew. A column that says the same is left alone.
    pub fn take(self, board: Board) {
        for column in board.columns {
            let signal = self.column(column.stage);
            if signal.with_untracked(|now| *now != column) {
                signal.set(column);
            }
        }
        self.now.set(board.now);
        self.today.set(board.today);
    }

    /// How many cards of each column were read.
    pub fn shown(self) -> Vec<usize> {
        self.each().map(|column| column.with_untracked(|c| c.cards.len())).collect()
    }

    pub fn find(self, id: Uuid) -> Option<(Spot, Card)> {
        self.each().find_map(|column| {
            column.with_untracked(|c| {
                let index = c.position(id)?;
                Some((Spot { stage: c.stage, index }, c.cards[index].clone()))
            })
        })
    }

    /// The place of a card in its column, counted without the card `moving`.
    pub fn index_without(self, id: Uuid, moving: Uuid) -> Option<usize> {
        let (spot, _) = self.find(id)?;
        let is_above = self.find(moving).is_some_and(|(from, _)| from.stage == spot.stage && from.index < spot.index);
        Some(spot.index - usize::from(is_above))
    }

    /// The cards above and below a card.
    pub fn neighbours(self, spot: Spot) -> (Option<Uuid>, Option<Uuid>) {
        self.column(spot.stage).with_untracked(|c| {
            let id = |index: Option<usize>| index.and_then(|i| c.cards.get(i)).map(|card| card.id);
            (id(spot.index.checked_sub(1)), id(Some(spot.index + 1)))
        })
    }

    /// Moves a card; its place counts without it.
    pub fn put(self, id: Uuid, to: Spot) {
        let Some((from, card)) = self.find(id) else { return };
        if from == to {
            return;
        }
        self.column(from.stage).update(|c| drop(c.take(id)));
        let card = card.moved_to(to.stage, self.now.get_untracked(), self.today.get_untracked());
        self.column(to.stage).update(|c| c.lay(card, to.index));
    }

    /// Lays a card where its rank puts it, wherever it was. One that lies in order there stays, in the page, too.
    pub fn place(self, card: Card) {
        let stage = card.stage;
        let index = self.find(card.id).filter(|(spot, _)| spot.stage == stage).map(|(spot, _)| spot.index);
        let index = index.filter(|index| self.column(stage).with_untracked(|c| c.is_in_order(*index, &card)));
        if let Some(index) = index {
            return self.column(stage).update(|c| c.change(index, card));
        }
        self.remove(card.id);
        self.column(stage).update(|c| match c.place_for(&card) {
            Some(index) => c.lay(card, index),
            // further down than was read: it counts all the same
            None => c.sums = c.sums.with(&card),
        });
    }

    pub fn remove(self, id: Uuid) {
        if let Some((spot, _)) = self.find(id) {
            self.column(spot.stage).update(|c| drop(c.take(id)));
        }
    }

    /// What became of the deals `ids`: those that the filter no longer has go.
    pub fn change(self, ids: &[Uuid], changed: Changed) {
        for id in ids.iter().filter(|id| !changed.cards.iter().any(|card| card.id == **id)) {
            self.remove(*id);
        }
        for card in changed.cards {
            // what was read before the last word on a card is old
            if self.find(card.id).is_none_or(|(_, now)| now.version <= card.version) {
                self.place(card);
            }
        }
        self.today.set(changed.today);
        for (stage, sums) in Stage::ALL.iter().zip(changed.sums) {
            self.set_sums(*stage, sums);
        }
    }

    fn set_sums(self, stage: Stage, sums: Sums) {
        let column = self.column(stage);
        if column.with_untracked(|c| c.sums != sums) {
            column.update(|c| c.sums = sums);
        }
    }

    /// More cards of a column, below those that were read. What lies elsewhere by now stays there.
    pub fn append(self, stage: Stage, more: MoreCards) {
        let new: Vec<Card> = more.cards.into_iter().filter(|card| self.find(card.id).is_none()).collect();
        self.column(stage).update(|c| {
            c.cards.extend(new);
            c.end = more.end;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(stage: Stage, rank: f64) -> Card {
        Card {
            id: Uuid::now_v7(),
            name: "Licence".into(),
            account_id: Uuid::nil(),
            account: "Konex".into(),
            stage,
            amount_cents: Some(1000),
            probability: stage.probability(),
            probability_by_hand: false,
            expected_close: None,
            closed_on: None,
            lost_reason: None,
            owner: None,
            ai_score: None,
            stage_since: DateTime::UNIX_EPOCH,
            rank,
            version: 1,
        }
    }

    fn board(more: bool) -> (BoardState, Vec<Uuid>) {
        let cards: Vec<_> = [30.0, 20.0, 10.0].map(|rank| card(Stage::Qualified, rank)).into();
        let ids = cards.iter().map(|c| c.id).collect();
        let column = |stage: Stage| {
            let cards = if stage == Stage::Qualified { cards.clone() } else { Vec::new() };
            let sums = cards.iter().fold(Sums::default(), Sums::with);
            let end = cards.last().filter(|_| more).map(|c| (c.rank, c.id));
            Column { stage, sums, median: None, cards, end }
        };
        let board = Board {
            columns: Stage::ALL.iter().copied().map(column).collect(),
            now: DateTime::UNIX_EPOCH,
            today: NaiveDate::MIN,
            startup: Uuid::nil(),
        };
        (BoardState::new(board), ids)
    }

    fn order(state: BoardState, stage: Stage) -> Vec<Uuid> {
        state.column(stage).with_untracked(|c| c.cards.iter().map(|card| card.id).collect())
    }

    fn sums(state: BoardState, stage: Stage) -> Sums {
        state.column(stage).with_untracked(|c| c.sums)
    }

    #[test]
    fn a_card_counts_where_it_lies() {
        let owner = Owner::new();
        owner.with(|| {
            let (state, ids) = board(false);
            assert_eq!(sums(state, Stage::Qualified), Sums { deals: 3, cents: 3000, weighted: 30_000 });
            state.put(ids[1], Spot { stage: Stage::Proposal, index: 0 });
            assert_eq!(sums(state, Stage::Qualified), Sums { deals: 2, cents: 2000, weighted: 20_000 });
            assert_eq!(sums(state, Stage::Proposal), Sums { deals: 1, cents: 1000, weighted: 40_000 });
            state.put(ids[1], Spot { stage: Stage::Qualified, index: 1 });
            assert_eq!(order(state, Stage::Qualified), ids);
            assert_eq!(sums(state, Stage::Qualified).weighted, 30_000);
        });
    }

    #[test]
    fn the_servers_word_keeps_a_card_where_it_was_dropped() {
        let owner = Owner::new();
        owner.with(|| {
            let (state, ids) = board(false);
            state.put(ids[2], Spot { stage: Stage::Qualified, index: 1 });
            state.place(Card { id: ids[2], rank: 25.0, version: 2, ..card(Stage::Qualified, 25.0) });
            assert_eq!(order(state, Stage::Qualified), [ids[0], ids[2], ids[1]]);
            // a rank that says otherwise wins
            state.place(Card { id: ids[2], ..card(Stage::Qualified, 40.0) });
            assert_eq!(order(state, Stage::Qualified), [ids[2], ids[0], ids[1]]);
            assert_eq!(sums(state, Stage::Qualified).deals, 3);
        });
    }

    #[test]
    fn what_is_put_back_lies_where_it_lay() {
        let owner = Owner::new();
        owner.with(|| {
            let (state, ids) = board(false);
            let (_, before) = state.find(ids[0]).expect("a card");
            state.put(ids[0], Spot { stage: Stage::Qualified, index: 2 });
            state.place(before);
            assert_eq!(order(state, Stage::Qualified), ids);
        });
    }

    #[test]
    fn an_old_word_on_a_card_is_not_taken() {
        let owner = Owner::new();
        owner.with(|| {
            let (state, ids) = board(false);
            state.place(Card { id: ids[0], version: 3, ..card(Stage::Proposal, 50.0) });
            let old = Card { id: ids[0], version: 2, ..card(Stage::Qualified, 30.0) };
            state.change(&ids, Changed { cards: vec![old], sums: Vec::new(), today: NaiveDate::MIN, startup: Uuid::nil() });
            assert_eq!(order(state, Stage::Proposal), [ids[0]]);
        });
    }

    #[test]
    fn a_card_is_appended_once_wherever_it_lies() {
        let owner = Owner::new();
        owner.with(|| {
            let (state, ids) = board(true);
            let again = Card { id: ids[1], ..card(Stage::Proposal, 1.0) };
            state.append(Stage::Proposal, MoreCards { cards: vec![again], end: None, startup: Uuid::nil() });
            assert!(order(state, Stage::Proposal).is_empty());
        });
    }

    #[test]
    fn a_teammates_move_goes_by_rank_and_may_lie_beyond_what_was_read() {
        let owner = Owner::new();
        owner.with(|| {
            let (state, ids) = board(true);
            state.place(card(Stage::Qualified, 15.0));
            assert_eq!(order(state, Stage::Qualified).len(), 4);
            state.place(card(Stage::Qualified, 5.0));
            assert_eq!(order(state, Stage::Qualified).len(), 4, "there are cards between that were not read");
            assert_eq!(sums(state, Stage::Qualified).deals, 5);
            let sums = vec![Sums::default(); 5];
            state.change(&ids, Changed { cards: Vec::new(), sums, today: NaiveDate::MIN, startup: Uuid::nil() });
            assert_eq!(order(state, Stage::Qualified).len(), 1, "what the filter no longer has is gone");
        });
    }
}
