//! What a deal needs to close, and what a move leaves alone.

use chrono::NaiveDate;
use prospector::deals::Stage;
use prospector::error::AppError;
use prospector::pipeline::Card;
use prospector::pipeline::filter::DealFilter;

use super::{Filled, board, column, drop_card};
use crate::harness::Answer;
use crate::harness::run;

#[test]
fn a_deal_closes_with_what_a_closed_one_needs() {
    run(async {
        let Filled { app, team, .. } = Filled::new().await;
        let mut client = app.client(&team.editor);
        let now = board(&mut client, &DealFilter::default()).await;
        let open: Vec<_> = now.columns[..3].iter().flat_map(|c| c.cards.clone()).collect();
        let unpriced = open.iter().find(|c| c.amount_cents.is_none()).unwrap();
        let field = |answer: &Answer| match answer.json() {
            AppError::Invalid { field, .. } => field,
            other => panic!("{other:?}"),
        };
        let refused = drop_card(&mut client, unpriced, Stage::ClosedWon, &[]).await;
        assert_eq!((refused.status.as_u16(), field(&refused).as_str()), (422, "amount"));
        let refused = drop_card(&mut client, unpriced, Stage::ClosedWon, &[("amount", "5,000"), ("closed_on", "2999-01-01")]).await;
        assert_eq!(field(&refused), "closed_on");
        let won: Card =
            drop_card(&mut client, unpriced, Stage::ClosedWon, &[("amount", "5,000"), ("closed_on", "2026-03-01")]).await.json();
        assert_eq!((won.amount_cents, won.probability, won.closed_on), (Some(500_000), 100, NaiveDate::from_ymd_opt(2026, 3, 1)));

        let other = open.iter().find(|c| c.id != unpriced.id).unwrap();
        let refused = drop_card(&mut client, other, Stage::ClosedLost, &[]).await;
        assert_eq!(field(&refused), "reason");
        let lost: Card = drop_card(&mut client, other, Stage::ClosedLost, &[("reason", "Price"), ("own_reason", "40 % over")]).await.json();
        assert_eq!((lost.lost_reason.as_deref(), lost.probability, lost.closed_on), (Some("Price: 40 % over"), 0, Some(now.today)));
        // its place among the lost may change without another reason
        let again = drop_card(&mut client, &lost, Stage::ClosedLost, &[("place", "end")]).await;
        assert_eq!(again.status, 200, "{}", again.body);
        // open again: no closing day, no reason, the stage's probability
        let reopened: Card = drop_card(&mut client, &again.json(), Stage::Negotiation, &[]).await.json();
        assert_eq!((reopened.closed_on, reopened.lost_reason, reopened.probability), (None, None, 70));

        // what somebody set by hand stays, as long as the deal is open
        let by_hand = open.iter().find(|c| c.probability_by_hand).unwrap();
        let moved: Card = drop_card(&mut client, by_hand, Stage::Negotiation, &[]).await.json();
        assert_eq!((moved.probability, moved.probability_by_hand), (55, true));
    });
}

#[test]
fn an_amount_that_is_known_is_no_moves_to_change() {
    run(async {
        let Filled { app, team, .. } = Filled::new().await;
        let mut client = app.client(&team.editor);
        let now = board(&mut client, &DealFilter::default()).await;
        let card = column(&now, Stage::Qualified).iter().find(|c| c.amount_cents.is_some()).unwrap().clone();
        for stage in [Stage::Proposal, Stage::ClosedWon] {
            let now = board(&mut client, &DealFilter::default()).await;
            let here = now.columns.iter().flat_map(|c| &c.cards).find(|c| c.id == card.id).unwrap().clone();
            let moved: Card = drop_card(&mut client, &here, stage, &[("amount", "999")]).await.json();
            assert_eq!(moved.amount_cents, card.amount_cents, "{stage}");
        }
    });
}
