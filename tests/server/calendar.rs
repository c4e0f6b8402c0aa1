//! Calendar feeds: what a private address opens, to whom, until when.

use axum::http::{Request, StatusCode, header};
use prospector::pipeline::calendar::{CalendarRoom, Whose};
use serde_json::json;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::harness::{Answer, App, Client, Team, run, token};

/// Two open deals of the owner, one of the editor, and those that no feed has: closed, in the bin, without a day.
async fn fill(admin: &mut PgConnection, team: &Team, name: &str) {
    let (startup, owner, editor, account) = (team.startup, team.owner.id, team.editor.id, Uuid::now_v7());
    let script = format!(
        "INSERT INTO crm_accounts (startup_id, id, name) VALUES ('{startup}', '{account}', '{name} account');
         INSERT INTO crm_deals (startup_id, account_id, name, stage, amount, expected_close, owner_id, closed_at, deleted_at) VALUES
           ('{startup}', '{account}', '{name} near', 'Proposal', 1200, current_date + 3, '{owner}', NULL, NULL),
           ('{startup}', '{account}', '{name} over', 'Qualified', NULL, current_date - 9, '{owner}', NULL, NULL),
           ('{startup}', '{account}', '{name} late', 'Negotiation', 10.5, current_date + 90, '{editor}', NULL, NULL),
           ('{startup}', '{account}', '{name} won', 'Closed Won', 5, current_date + 1, '{owner}', now(), NULL),
           ('{startup}', '{account}', '{name} binned', 'Proposal', 5, current_date + 1, '{owner}', NULL, now()),
           ('{startup}', '{account}', '{name} undated', 'Proposal', 5, NULL, '{owner}', NULL, NULL)"
    );
    sqlx::raw_sql(AssertSqlSafe(script)).execute(admin).await.unwrap();
}

/// The token of a new feed.
async fn make(client: &mut Client, whose: &str) -> String {
    let made = client.post("/api/pipeline/calendar/make", "/pipeline/calendar", &[("whose", whose)]).await;
    assert_eq!(made.status, StatusCode::FOUND, "{}", made.body);
    made.header(header::LOCATION).replace("http://crm.test", "").strip_prefix("/pipeline/calendar?link=").unwrap().to_string()
}

async fn room(client: &mut Client, link: &str) -> CalendarRoom {
    client.call("/api/pipeline/calendar", json!({ "link": link })).await.json()
}

async fn revoke(client: &mut Client, feed: Uuid) -> Answer {
    client.submit("/api/pipeline/calendar/revoke", &[("feed", &feed.to_string())]).await
}

async fn read(app: &App, token: &str) -> Answer {
    app.stranger().get(&format!("/calendar/{token}.ics")).await
}

/// Names of the deals in a file, in its order.
fn deals(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let file = answer.body.replace("\r\n ", "");
    file.lines().filter_map(|line| line.strip_prefix("SUMMARY:")).map(|said| said.split('\\').next().unwrap().to_string()).collect()
}

#[test]
fn a_feed_has_its_startups_open_deals_with_a_day_and_no_others() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let mut admin = app.test.admin().await;
        fill(&mut admin, &ours, "Our").await;
        fill(&mut admin, &theirs, "Their").await;
        for (person, whose, expected) in [
            (&ours.owner, "mine", vec!["Our over", "Our near"]),
            (&ours.editor, "mine", vec!["Our late"]),
            (&ours.viewer, "mine", vec![]),
            (&ours.viewer, "all", vec!["Our over", "Our near", "Our late"]),
            (&theirs.viewer, "all", vec!["Their over", "Their near", "Their late"]),
        ] {
            let token = make(&mut app.client(person), whose).await;
            assert_eq!(deals(&read(&app, &token).await), expected);
        }

        let token = make(&mut app.client(&ours.admin), "all").await;
        let answer = read(&app, &token).await;
        for (name, value) in [
            (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
            (header::CACHE_CONTROL, "private, max-age=300"),
            (header::HeaderName::from_static("x-robots-tag"), "noindex"),
        ] {
            assert_eq!(answer.header(name.clone()), value, "{name}");
        }
        assert!(answer.headers.get(header::SET_COOKIE).is_none());
        let file = answer.body.replace("\r\n ", "");
        assert!(file.contains("SUMMARY:Our near\\, Our account\\, $1\\,200 (Proposal)\r\n"), "{file}");
        assert!(file.contains("SUMMARY:Our over\\, Our account (Qualified)\r\n"), "{file}");
        assert!(file.contains("URL:http://crm.test/pipeline/deals/") && file.contains("?team=ours\r\n"), "{file}");
        assert!(!file.contains("Their"));

        let known = Request::get(format!("/calendar/{token}.ics")).header(header::IF_NONE_MATCH, answer.header(header::ETAG));
        let same = app.stranger().send(known, String::new()).await;
        assert_eq!((same.status, same.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    });
}

#[test]
fn names_make_no_lines_of_their_own() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let name = format!("A\r\nEND:VEVENT\r\nX-EVIL:1;\\,{} Lizenz für 🎉 語", "🎉".repeat(60));
        let mut admin = app.test.admin().await;
        sqlx::query(
            "WITH a AS (INSERT INTO crm_accounts (startup_id, name) VALUES ($1, $2) RETURNING id)
             INSERT INTO crm_deals (startup_id, account_id, name, expected_close) SELECT $1, a.id, $2, current_date FROM a",
        )
        .bind(team.startup)
        .bind(&name)
        .execute(&mut admin)
        .await
        .unwrap();
        let token = make(&mut app.client(&team.owner), "all").await;
        let answer = read(&app, &token).await;
        let lines: Vec<&str> = answer.body.split("\r\n").collect();
        assert!(lines.iter().all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])), "{lines:?}");
        assert_eq!(lines.iter().filter(|line| line.starts_with("END:VEVENT")).count(), 1);
        assert!(!lines.iter().any(|line| line.starts_with("X-EVIL")));
        assert!(
            answer.body.replace("\r\n ", "").contains("🎉 Lizenz für 🎉 語\\, A\\nEND:VEVENT\\nX-EVIL:1\\;\\\\\\,🎉"),
            "{}",
            answer.body
        );
    });
}

#[test]
fn an_address_that_opens_nothing_is_not_found() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        fill(&mut app.test.admin().await, &team, "Our").await;
        let (mut editor, mut viewer) = (app.client(&team.editor), app.client(&team.viewer));
        let (revoked, left, kept) = (make(&mut editor, "all").await, make(&mut viewer, "all").await, make(&mut editor, "mine").await);
        let feed = room(&mut editor, "").await.feeds.last().unwrap().id;
        assert_eq!(revoke(&mut viewer, feed).await.status, StatusCode::NOT_FOUND, "somebody else's");
        assert_eq!(revoke(&mut editor, feed).await.status, StatusCode::OK);
        assert_eq!(revoke(&mut editor, feed).await.status, StatusCode::NOT_FOUND);
        let out = app.client(&team.admin).submit("/api/team/remove", &[("member", &team.viewer.id.to_string())]).await;
        assert_eq!(out.status, StatusCode::OK, "{}", out.body);
        let unknown = read(&app, &token()).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        for other in [&revoked, &left, "", "x", "%00", "..", &kept[1..], &team.editor.token] {
            let answer = read(&app, other).await;
            assert_eq!((answer.status, answer.body), (StatusCode::NOT_FOUND, unknown.body.clone()), "{other}");
        }
        assert_eq!(app.stranger().get(&format!("/calendar/{kept}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(deals(&read(&app, &kept).await), ["Our late"], "what was not revoked stays");
        // joining again brings no address back
        let again = crate::harness::join(&app.test.db, &team.owner, "again@ours.test", prospector::team::Role::Viewer).await;
        assert_eq!(room(&mut app.client(&again), "").await.feeds, []);
        let left_over: i64 = sqlx::query_scalar("SELECT count(*) FROM calendar_feeds WHERE user_id = $1")
            .bind(team.viewer.id)
            .fetch_one(&mut app.test.admin().await)
            .await
            .unwrap();
        assert_eq!(left_over, 0);
    });
}

#[test]
fn the_database_keeps_a_tokens_hash_only() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let token = make(&mut app.client(&team.owner), "all").await;
        let (kept, hashed): (String, bool) =
            sqlx::query_as("SELECT f::text, f.token_hash = sha256(convert_to($1, 'UTF8')) FROM calendar_feeds f")
                .bind(&token)
                .fetch_one(&mut app.test.admin().await)
                .await
                .unwrap();
        let in_hex: String = token.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(hashed && !kept.contains(&token) && !kept.contains(&in_hex), "{kept}");
    });
}

#[test]
fn the_drawer_shows_an_address_once_and_to_its_maker_alone() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let token = make(&mut app.client(&ours.editor), "mine").await;
        let seen = room(&mut app.client(&ours.editor), &token).await;
        assert_eq!(seen.made, Some(format!("http://crm.test/calendar/{token}.ics")));
        assert_eq!((seen.feeds[0].whose, seen.feeds[0].own, seen.feeds[0].made_by.as_str()), (Whose::Mine, true, "editor"));
        assert_eq!(room(&mut app.client(&ours.editor), "").await.made, None);
        for (other, listed) in [(&ours.owner, 1), (&ours.admin, 1), (&ours.viewer, 0), (&theirs.owner, 0)] {
            let seen = room(&mut app.client(other), &token).await;
            assert_eq!((seen.made, seen.feeds.len()), (None, listed));
        }
        let page = app.client(&ours.editor).get(&format!("/pipeline/calendar?link={token}")).await;
        assert!(page.status == StatusCode::OK && page.body.contains(&format!("http://crm.test/calendar/{token}.ics")), "{}", page.body);
        assert_eq!(app.stranger().call("/api/pipeline/calendar", json!({})).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(app.stranger().submit("/api/pipeline/calendar/make", &[("whose", "all")]).await.status, StatusCode::UNAUTHORIZED);

        // the filter stays, and nothing else decides where a token goes
        let mut editor = app.client(&ours.editor);
        for (back, led) in [
            ("/pipeline/calendar?q=konex", "/pipeline/calendar?q=konex&link="),
            ("https://evil.test/", "/pipeline/calendar?link="),
            ("/pipeline/calendar@evil.test", "/pipeline/calendar?link="),
            ("/login?next=/pipeline/calendar", "/pipeline/calendar?link="),
        ] {
            let made = editor.post("/api/pipeline/calendar/make", "/pipeline/calendar", &[("whose", "all"), ("back", back)]).await;
            assert!(made.header(header::LOCATION).starts_with(led), "{back}: {}", made.header(header::LOCATION));
        }
        assert_eq!(editor.submit("/api/pipeline/calendar/make", &[("whose", "ours")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);

        // whoever manages takes a colleague's back
        let feed = room(&mut app.client(&ours.admin), "").await.feeds.last().unwrap().id;
        assert_eq!(revoke(&mut app.client(&theirs.owner), feed).await.status, StatusCode::NOT_FOUND);
        assert_eq!(revoke(&mut app.client(&ours.admin), feed).await.status, StatusCode::OK);
        assert_eq!(read(&app, &token).await.status, StatusCode::NOT_FOUND);
    });
}
