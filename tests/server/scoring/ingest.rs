//! Events from a startup's own site: what the door takes, from whom, and what it tells.

use axum::http::{Request, StatusCode, header};
use prospector::error::AppError;
use prospector::scoring::ingest::KeyRoom;
use serde_json::json;
use uuid::Uuid;

use super::leads::add_contact;
use crate::harness::{Answer, App, Client, Team, add_account, run, token};

/// The token of a new key.
async fn make(client: &mut Client) -> String {
    let made = client.post("/api/scoring/keys/make", "/settings/events", &[]).await;
    assert_eq!(made.status, StatusCode::FOUND, "{}", made.body);
    made.header(header::LOCATION).strip_prefix("/settings/events?link=").unwrap().to_string()
}

async fn room(client: &mut Client, link: &str) -> KeyRoom {
    client.call("/api/scoring/keys", json!({ "link": link })).await.json()
}

/// Sends as a page of another site does.
async fn tell(app: &App, key: &str, kind: &str, body: &str) -> Answer {
    let request = Request::post(format!("/e/{key}"))
        .header(header::CONTENT_TYPE, kind)
        .header(header::ORIGIN, "https://shop.example")
        .header("sec-fetch-site", "cross-site");
    app.stranger().send(request, body.to_string()).await
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn known_and_unknown_people_are_told_alike() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let mut tx = app.test.db.tenant(&ours.owner.token).await.unwrap();
        let account = add_account(&mut tx, "Konex").await;
        let lead = add_contact(&mut tx, account, "ada@konex.test").await;
        tx.commit().await.unwrap();
        let mut tx = app.test.db.tenant(&theirs.owner.token).await.unwrap();
        let foreign = add_account(&mut tx, "Foreign").await;
        add_contact(&mut tx, foreign, "eve@foreign.test").await;
        tx.commit().await.unwrap();
        let key = make(&mut app.client(&ours.owner)).await;

        let known = tell(&app, &key, FORM, "email=ADA%40konex.test&kind=demo_request&id=7&url=https%3A%2F%2Fshop.example%2F").await;
        let unknown = tell(&app, &key, FORM, "email=nobody%40konex.test&kind=demo_request").await;
        let others = tell(&app, &key, "text/plain", r#"{"email": "eve@foreign.test"}"#).await;
        for answer in [&known, &unknown, &others] {
            assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NO_CONTENT, ""));
            assert_eq!(answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
            assert!(!answer.headers.contains_key(header::SET_COOKIE));
        }
        assert_eq!(known.headers.len(), unknown.headers.len());
        tell(&app, &key, FORM, "email=ada%40konex.test&kind=demo_request&id=7").await;
        let mut admin = app.test.admin().await;
        let events: Vec<(Uuid, Option<Uuid>, String)> =
            sqlx::query_as("SELECT startup_id, lead_id, kind FROM crm_lead_events").fetch_all(&mut admin).await.unwrap();
        assert_eq!(events, [(ours.startup, Some(lead), "demo_request".to_string())], "once, and nobody else's");
        let jobs: Vec<Uuid> = sqlx::query_scalar("SELECT subject_id FROM jobs WHERE kind = 'score' AND state = 'queued'")
            .fetch_all(&mut admin)
            .await
            .unwrap();
        assert!(jobs.contains(&account));
    });
}

#[test]
fn what_is_no_event_is_refused() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let key = make(&mut app.client(&team.owner)).await;
        for (key, kind, body, status) in [
            (token().as_str(), FORM, "email=a%40x.test".to_string(), StatusCode::NOT_FOUND),
            ("no-key", FORM, "email=a%40x.test".into(), StatusCode::NOT_FOUND),
            (&key, FORM, "kind=form".into(), StatusCode::BAD_REQUEST),
            (&key, FORM, "email=a%40x.test&kind=hack".into(), StatusCode::BAD_REQUEST),
            (&key, "application/json", "{".into(), StatusCode::BAD_REQUEST),
            (&key, "application/json", json!({ "email": "a@x.test", "channel": "\u{0}" }).to_string(), StatusCode::BAD_REQUEST),
            (&key, FORM, format!("email=a%40x.test&url={}", "x".repeat(5_000)), StatusCode::PAYLOAD_TOO_LARGE),
        ] {
            assert_eq!(tell(&app, key, kind, &body).await.status, status, "{body:.60}");
        }
        let mut held_back = 0;
        for _ in 0..130 {
            let answer = tell(&app, &key, FORM, "email=a%40x.test").await;
            held_back += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!((1..=40).contains(&held_back), "{held_back}");
    });
}

#[test]
fn the_door_is_the_only_way_in_from_another_site() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let key = make(&mut app.client(&team.owner)).await;
        let foreign = |path: &str| {
            Request::post(path)
                .header(header::CONTENT_TYPE, FORM)
                .header(header::ORIGIN, "https://evil.example")
                .header("sec-fetch-site", "cross-site")
        };
        for path in [
            "/api/scoring/keys/make",
            "/api/scoring/profile/save",
            "/api/team/settings",
            "/accounts/export",
            "/e",
            "/e/../api/scoring/keys/make",
        ] {
            let answer = app.client(&team.owner).send(foreign(path), "email=a%40x.test".into()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            assert!(!answer.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), "{path}");
        }
        let script = app.stranger().get(&format!("/e/{key}.js")).await;
        assert_eq!((script.status, script.header(header::CONTENT_TYPE)), (StatusCode::OK, "text/javascript; charset=utf-8"));
        assert!(script.body.contains("sendBeacon") && !script.body.contains("cookie =") && !script.body.contains(&key));
        assert_eq!(app.stranger().get("/e/x.js").await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.stranger().get(&format!("/e/{key}")).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn keys_are_made_shown_once_and_revoked_by_owners_and_admins() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        for person in [&ours.editor, &ours.viewer] {
            let refused = app.client(person).submit("/api/scoring/keys/make", &[]).await;
            assert_eq!((refused.status, refused.json::<AppError>()), (StatusCode::FORBIDDEN, AppError::Forbidden));
        }
        let mut admin = app.client(&ours.admin);
        let key = make(&mut admin).await;
        let address = format!("http://crm.test/e/{key}");
        assert_eq!(room(&mut admin, &key).await.made, Some(address.clone()));
        let page = admin.get(&format!("/settings/events?link={key}")).await;
        assert!(page.body.contains(&address) && page.body.contains("Your new key"), "{}", page.body);
        for other in [&ours.owner, &ours.viewer, &theirs.owner] {
            assert_eq!(room(&mut app.client(other), &key).await.made, None, "not somebody else's to see");
        }
        let keys = room(&mut app.client(&ours.viewer), "").await.keys;
        assert_eq!((keys.len(), keys[0].made_by.as_deref()), (1, Some("admin")));
        assert!(room(&mut app.client(&theirs.owner), "").await.keys.is_empty());

        let id = keys[0].id.to_string();
        let revoke = async |person| app.client(person).submit("/api/scoring/keys/revoke", &[("key", &id)]).await.status;
        assert_eq!(revoke(&ours.editor).await, StatusCode::FORBIDDEN);
        assert_eq!(revoke(&theirs.owner).await, StatusCode::NOT_FOUND);
        assert_eq!(tell(&app, &key, FORM, "email=a%40x.test").await.status, StatusCode::NO_CONTENT);
        assert_eq!(revoke(&ours.owner).await, StatusCode::OK);
        assert_eq!(tell(&app, &key, FORM, "email=a%40x.test").await.status, StatusCode::NOT_FOUND);
    });
}
