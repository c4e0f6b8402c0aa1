//! Places in a column, however narrow and however many want them.

use prospector::deals::Stage;
use prospector::pipeline::Card;
use prospector::pipeline::filter::DealFilter;
use prospector::pipeline::store::moving::spread;
use sqlx::AssertSqlSafe;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Filled, board, column, drop_card};
use crate::harness::run;

#[test]
fn spreading_keeps_the_order_of_many_of_one_rank_and_waits_for_nobody() {
    run(async {
        let Filled { app, team, mut admin, account, .. } = Filled::new().await;
        let same = format!(
            "UPDATE crm_deals SET deleted_at = now() WHERE startup_id = '{0}';
             INSERT INTO crm_deals (startup_id, account_id, name, rank) SELECT '{0}', '{account}', 'Same ' || n, CASE WHEN n < 270 THEN 1e9 ELSE 1e9 + n END FROM generate_series(1, 300) n",
            team.startup
        );
        sqlx::raw_sql(AssertSqlSafe(same)).execute(&mut admin).await.unwrap();
        let order = "SELECT id FROM crm_deals WHERE deleted_at IS NULL ORDER BY rank DESC, id DESC";
        let before: Vec<Uuid> = sqlx::query_scalar(order).fetch_all(&mut admin).await.unwrap();
        let spread = async || {
            let mut tx = app.test.db.tenant(&team.editor.token).await.unwrap();
            spread(&mut tx, before[150]).await.unwrap();
            tx.commit().await.unwrap();
        };
        let state = async |admin: &mut PgConnection| {
            let after: Vec<Uuid> = sqlx::query_scalar(order).fetch_all(&mut *admin).await.unwrap();
            let ranks = "SELECT count(DISTINCT rank) FROM crm_deals WHERE name LIKE 'Same%' AND rank < 1e9 + 270";
            (after, sqlx::query_scalar::<_, i64>(ranks).fetch_one(admin).await.unwrap())
        };
        // somebody has one of them in hand: nothing is touched, and nobody waits
        let mut other = app.test.db.tenant(&team.owner.token).await.unwrap();
        sqlx::query("SELECT FROM crm_deals WHERE id = $1 FOR UPDATE").bind(before[160]).execute(other.conn()).await.unwrap();
        spread().await;
        assert_eq!(state(&mut admin).await, (before.clone(), 1));
        other.commit().await.unwrap();
        spread().await;
        let (after, ranks) = state(&mut admin).await;
        assert_eq!(after, before);
        assert!(ranks >= 260, "{ranks}");
    });
}

#[test]
fn many_who_move_into_one_place_at_once_do_not_wait_for_each_other_for_ever() {
    run(async {
        let Filled { app, team, mut admin, account, .. } = Filled::new().await;
        // no number lies between two of one rank: every move has to make room first
        let same = format!(
            "INSERT INTO crm_deals (startup_id, account_id, name, stage, rank) SELECT '{}', '{account}', 'Same ' || n, 'Proposal', 1e9 FROM generate_series(1, 60) n",
            team.startup
        );
        sqlx::raw_sql(AssertSqlSafe(same)).execute(&mut admin).await.unwrap();
        let now = board(&mut app.client(&team.editor), &DealFilter::default()).await;
        let same: Vec<Card> = column(&now, Stage::Proposal).iter().filter(|card| card.rank == 1e9).cloned().collect();
        let (above, below) = (same[0].id.to_string(), same[1].id.to_string());
        let moving = same[2..].chunks(same.len() / 6).map(|cards| {
            let (mut client, cards, above, below) = (app.client(&team.editor), cards.to_vec(), above.clone(), below.clone());
            tokio::spawn(async move {
                for card in cards {
                    let answer = drop_card(&mut client, &card, Stage::Proposal, &[("above", &above), ("below", &below)]).await;
                    assert_eq!(answer.status, 200, "{}", answer.body);
                }
            })
        });
        for moved in moving.collect::<Vec<_>>() {
            moved.await.unwrap();
        }
    });
}

#[test]
fn a_place_is_found_however_often_and_however_narrow() {
    run(async {
        let Filled { app, team, mut admin, account, .. } = Filled::new().await;
        // forty cards of exactly one rank
        let same = format!(
            "INSERT INTO crm_deals (startup_id, account_id, name, stage, rank) SELECT '{}', '{account}', 'Same ' || n, 'Proposal', 1e9 FROM generate_series(1, 40) n",
            team.startup
        );
        sqlx::raw_sql(AssertSqlSafe(same)).execute(&mut admin).await.unwrap();
        let mut client = app.client(&team.editor);
        let mut rng = fastrand::Rng::with_seed(7);
        let edits = async |admin: &mut PgConnection| {
            sqlx::query_scalar::<_, i64>("SELECT sum(version) FROM crm_deals WHERE stage = 'Proposal'").fetch_one(admin).await.unwrap()
        };
        let (before, mut moves) = (edits(&mut admin).await, 0);
        for round in 0..150 {
            let now = board(&mut client, &DealFilter::default()).await;
            let cards = column(&now, Stage::Proposal);
            // mostly into one gap, from anywhere
            let (from, gap) = (rng.usize(..cards.len()), if round % 4 > 0 { 20 } else { rng.usize(1..cards.len()) });
            if from == gap || from + 1 == gap {
                continue;
            }
            let (card, above, below) = (&cards[from], cards[gap - 1].id, cards[gap].id);
            let answer =
                drop_card(&mut client, card, Stage::Proposal, &[("above", &above.to_string()), ("below", &below.to_string())]).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            moves += 1;
            let after = board(&mut client, &DealFilter::default()).await;
            let order: Vec<_> = column(&after, Stage::Proposal).iter().map(|c| c.id).collect();
            let at = order.iter().position(|id| *id == card.id).unwrap();
            assert_eq!((order[at - 1], order[at + 1]), (above, below), "round {round}");
            let others = |ids: Vec<Uuid>| ids.into_iter().filter(|id| *id != card.id).collect::<Vec<_>>();
            assert_eq!(others(order), others(cards.iter().map(|c| c.id).collect()), "the others stay in their order");
        }
        assert_eq!(edits(&mut admin).await, before + moves, "spreading a column is nobody's edit");
    });
}
