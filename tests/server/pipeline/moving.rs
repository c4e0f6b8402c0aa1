//! Moves: one row, where it was dropped, by whom, and who comes second.

use axum::http::StatusCode;
use axum::http::header;
use prospector::deals::Stage;
use prospector::error::AppError;
use prospector::pipeline::Card;
use prospector::pipeline::Changed;
use prospector::pipeline::DealDetail;
use prospector::pipeline::filter::DealFilter;
use serde_json::json;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Filled, board, column, drop_card, fill, fingerprints};
use crate::harness::run;

#[test]
fn a_drop_writes_one_row_and_lies_where_it_was_dropped() {
    run(async {
        let Filled { app, team, mut admin, .. } = Filled::new().await;
        let mut client = app.client(&team.editor);
        let before = board(&mut client, &DealFilter::default()).await;
        let card = column(&before, Stage::Qualified)[3].clone();
        let there: Vec<_> = column(&before, Stage::Negotiation).iter().map(|c| c.id).collect();
        let rows = fingerprints(&mut admin, team.startup).await;

        let (above, below) = (there[1].to_string(), there[2].to_string());
        let moved: Card = drop_card(&mut client, &card, Stage::Negotiation, &[("above", &above), ("below", &below)]).await.json();
        assert_eq!((moved.stage, moved.version, moved.probability), (Stage::Negotiation, card.version + 1, 70));
        let after = board(&mut client, &DealFilter::default()).await;
        let order: Vec<_> = column(&after, Stage::Negotiation).iter().map(|c| c.id).collect();
        assert_eq!(order[..4], [there[0], there[1], card.id, there[2]]);
        let changed = fingerprints(&mut admin, team.startup).await.iter().zip(&rows).filter(|(now, then)| now != then).count();
        assert_eq!(changed, 1);

        // on top, at the end, over a card whose neighbour is gone
        for (place, index) in [
            (vec![("place", "top")], 0),
            (vec![("place", "end")], order.len() - 1),
            (vec![("below", order[1].to_string().leak() as &str)], 1),
        ] {
            let now = board(&mut client, &DealFilter::default()).await;
            let card = column(&now, Stage::Negotiation).iter().find(|c| c.id == card.id).unwrap().clone();
            let answer = drop_card(&mut client, &card, Stage::Negotiation, &place).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            let now = board(&mut client, &DealFilter::default()).await;
            let at = column(&now, Stage::Negotiation).iter().position(|c| c.id == card.id).unwrap();
            assert_eq!(at, index, "{place:?}");
        }
        // it is in the record, and on the account's timeline, once: places in a column are no news
        let detail: DealDetail = client.call("/api/pipeline/deal", json!({ "id": card.id })).await.json();
        let steps: Vec<_> = detail.moves.iter().map(|m| (m.from_stage.as_deref(), m.to_stage.as_str(), m.author.as_deref())).collect();
        assert_eq!(steps, [(Some("Qualified"), "Negotiation", Some("editor")), (None, "Qualified", None)]);
        let page = client.get(&format!("/accounts/{}?tab=activity", card.account_id)).await;
        assert!(page.body.contains("from Qualified to Negotiation"));
    });
}

#[test]
fn whoever_comes_second_is_told_and_nothing_is_lost() {
    run(async {
        let Filled { app, team, .. } = Filled::new().await;
        let (mut ada, mut emil) = (app.client(&team.owner), app.client(&team.editor));
        let seen = column(&board(&mut ada, &DealFilter::default()).await, Stage::Qualified)[0].clone();

        // an edit of something else stands in no move's way
        let fields = [("account_id", seen.account_id.to_string()), ("id", seen.id.to_string()), ("version", seen.version.to_string())];
        let mut form: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        form.extend([("name", "Renamed"), ("stage", "Qualified"), ("amount", "77")]);
        assert_eq!(emil.submit("/api/deals/save", &form).await.status, 200);
        let moved: Card = drop_card(&mut ada, &seen, Stage::Proposal, &[]).await.json();
        assert_eq!((moved.name.as_str(), moved.stage, moved.amount_cents), ("Renamed", Stage::Proposal, Some(7700)));

        // a move that did not know of it is refused, and says who has it where
        let refused = drop_card(&mut emil, &seen, Stage::Negotiation, &[]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        let AppError::Moved { message } = refused.json() else { panic!("{}", refused.body) };
        assert!(message.contains("owner") && message.contains("Proposal"), "{message}");
        // also when it was moved within its column only
        let later = drop_card(&mut ada, &moved, Stage::Proposal, &[("place", "end")]).await;
        assert_eq!(later.status, 200);
        assert_eq!(drop_card(&mut emil, &moved, Stage::Qualified, &[]).await.status, StatusCode::CONFLICT);
        let now = board(&mut ada, &DealFilter::default()).await;
        assert_eq!(column(&now, Stage::Proposal).last().unwrap().id, seen.id);

        // both at once: one of them is told
        let card = column(&now, Stage::Negotiation)[0].clone();
        let (one, two) = tokio::join!(drop_card(&mut ada, &card, Stage::Proposal, &[]), drop_card(&mut emil, &card, Stage::Qualified, &[]));
        let mut both = [one.status.as_u16(), two.status.as_u16()];
        both.sort_unstable();
        assert_eq!(both, [200, 409]);
    });
}

#[test]
fn only_who_may_moves_and_only_what_is_theirs() {
    run(async {
        let Filled { app, team, other, mut admin, account } = Filled::new().await;
        fill(&mut admin, &other).await;
        let named = format!("UPDATE crm_deals SET name = 'Ours: ' || name WHERE startup_id = '{}'", team.startup);
        sqlx::raw_sql(AssertSqlSafe(named)).execute(&mut admin).await.unwrap();
        let card = column(&board(&mut app.client(&team.viewer), &DealFilter::default()).await, Stage::Qualified)[0].clone();
        let before = fingerprints(&mut admin, team.startup).await;
        let missing = Card { id: Uuid::now_v7(), ..card.clone() };
        for (person, card, status) in [
            (&team.viewer, &card, 403),
            (&team.viewer, &missing, 403),
            (&other.owner, &card, 404),
            (&other.owner, &missing, 404),
            (&team.former, &card, 403),
        ] {
            let mut client = app.client(person);
            let refused = drop_card(&mut client, card, Stage::Proposal, &[]).await;
            assert_eq!(refused.status, status, "{}", refused.body);
        }
        let (mut theirs, mut stranger) = (app.client(&other.owner), app.stranger());
        assert_eq!(drop_card(&mut stranger, &card, Stage::Proposal, &[]).await.status, 401);
        assert_eq!(fingerprints(&mut admin, team.startup).await, before);
        // reading: foreign is missing
        for id in [card.id, missing.id] {
            assert_eq!(theirs.call("/api/pipeline/deal", json!({ "id": id })).await.status, 404);
            let changed: Changed =
                theirs.call("/api/pipeline/changed", json!({ "filter": DealFilter::default(), "ids": [id] })).await.json();
            assert!(changed.cards.is_empty());
            let page = theirs.get(&format!("/pipeline/deals/{id}")).await;
            assert_eq!(page.status, 404);
            assert!(!page.body.contains("Ours: "));
        }
        // a foreign card is no neighbour, and a foreign account takes no deal
        let mine = column(&board(&mut theirs, &DealFilter::default()).await, Stage::Qualified)[0].clone();
        let top: Card = drop_card(&mut theirs, &mine, Stage::Proposal, &[("above", &card.id.to_string())]).await.json();
        assert_eq!(column(&board(&mut theirs, &DealFilter::default()).await, Stage::Proposal)[0].id, top.id);
        let konex: String = sqlx::query_scalar("UPDATE crm_accounts SET name = 'Only ours' WHERE id = $1 RETURNING name")
            .bind(account)
            .fetch_one(&mut admin)
            .await
            .unwrap();
        let form = [("account", konex.as_str()), ("name", "New"), ("stage", "Qualified")];
        assert_eq!(theirs.submit("/api/pipeline/add", &form).await.status, 422);
        assert_eq!(app.client(&team.viewer).submit("/api/pipeline/add", &form).await.status, 403);
        let names: Vec<String> = theirs.call("/api/pipeline/accounts", json!({ "typed": "Only" })).await.json();
        assert!(names.is_empty());
        let made: Uuid = app.client(&team.editor).submit("/api/pipeline/add", &form).await.json();
        let detail: DealDetail = app.client(&team.viewer).call("/api/pipeline/deal", json!({ "id": made })).await.json();
        assert_eq!((detail.deal.name.as_str(), detail.card.account.as_str()), ("New", "Only ours"));
    });
}

#[test]
fn without_a_script_a_form_moves() {
    run(async {
        let Filled { app, team, .. } = Filled::new().await;
        let mut client = app.client(&team.editor);
        let card = column(&board(&mut client, &DealFilter::default()).await, Stage::Qualified)[0].clone();
        let from = format!("/pipeline/deals/{}?edit=move", card.id);
        let page = client.get(&from).await;
        assert!(page.body.contains("action=\"/api/pipeline/move\""));
        let (id, version, back) = (card.id.to_string(), card.version.to_string(), format!("/pipeline/deals/{}", card.id));
        let fields =
            |stage| [("id", id.as_str()), ("version", version.as_str()), ("stage", stage), ("from", "Qualified"), ("back", back.as_str())];
        let refused = client.post("/api/pipeline/move", &from, &fields("Closed Lost")).await;
        assert_eq!(refused.status, StatusCode::FOUND);
        let again = client.get(refused.header(header::LOCATION).trim_start_matches("http://crm.test")).await;
        assert!(again.body.contains("Choose why it was lost"), "the message stands in the form");
        let moved = client.post("/api/pipeline/move", &from, &fields("Proposal")).await;
        assert_eq!((moved.status, moved.header(header::LOCATION)), (StatusCode::FOUND, back.as_str()));
        let now = board(&mut client, &DealFilter::default()).await;
        assert_eq!(column(&now, Stage::Proposal)[0].id, card.id);
        // a viewer is offered none of it
        let page = app.client(&team.viewer).get(&from).await;
        assert!(page.status == 200 && !page.body.contains("/api/pipeline/move") && !page.body.contains("class=\"grip\""));
    });
}
