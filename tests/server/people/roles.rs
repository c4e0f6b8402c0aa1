//! Roles and removals over HTTP, and what the team page offers.

use super::{FORBIDDEN, NO_STARTUP, NOT_FOUND, SIGNED_OUT, invite, join_another, led_to, make_reset, said, team_of};
use crate::harness::{App, PASSWORD, Person, Team, add_account, run};
use axum::http::{StatusCode, header};
use prospector::team::Role;
use serde_json::json;
use uuid::Uuid;

#[test]
fn roles_change_over_http_by_the_rules() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        for (by, who, role, refusal) in [
            (&ours.admin, &ours.owner, "viewer", FORBIDDEN),
            (&ours.admin, &ours.viewer, "owner", FORBIDDEN),
            (&ours.admin, &ours.admin, "owner", FORBIDDEN),
            (&ours.editor, &ours.viewer, "admin", FORBIDDEN),
            (&ours.editor, &ours.editor, "admin", FORBIDDEN),
            (&ours.viewer, &ours.viewer, "editor", FORBIDDEN),
            (&ours.former, &ours.viewer, "admin", NO_STARTUP),
            (&theirs.owner, &ours.viewer, "admin", FORBIDDEN),
            (&theirs.owner, &theirs.former, "admin", FORBIDDEN),
        ] {
            let fields = [("member", who.id.to_string()), ("role", role.to_string())];
            let fields = fields.each_ref().map(|(k, v)| (*k, v.as_str()));
            let mut client = app.client(by);
            assert_eq!(said(&client.submit("/api/team/role", &fields).await), refusal, "{role}");
        }
        for (by, who, refusal) in [
            (&ours.admin, &ours.owner, FORBIDDEN),
            (&ours.editor, &ours.viewer, FORBIDDEN),
            (&ours.viewer, &ours.editor, FORBIDDEN),
            (&ours.former, &ours.viewer, NO_STARTUP),
            (&theirs.owner, &ours.viewer, FORBIDDEN),
        ] {
            assert_eq!(said(&app.client(by).submit("/api/team/remove", &[("member", &who.id.to_string())]).await), refusal);
        }
        let owner = ours.owner.id.to_string();
        let mut client = app.client(&ours.owner);
        let refused = client.submit("/api/team/role", &[("member", &owner), ("role", "admin")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("keeps an owner"), "{}", refused.body);
        let refused = client.post("/api/team/remove", "/team", &[("member", &owner)]).await;
        assert!(led_to(&refused).starts_with("/team?__path="), "the last owner does not leave");
        // with a second owner the first may go
        let second = ours.viewer.id.to_string();
        assert_eq!(led_to(&client.post("/api/team/role", "/team", &[("member", &second), ("role", "owner")]).await), "/team");
        assert_eq!(
            led_to(&client.post("/api/team/remove", "/team", &[("member", &owner)]).await),
            "/",
            "one leaves to one's other startups"
        );
        assert_eq!(team_of(&mut app.client(&ours.viewer), "").await.viewer.role, Role::Owner);
    });
}

#[test]
fn a_change_holds_from_the_next_statement_on() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut owner = app.client(&team.owner);
        // in the middle of a transaction
        let mut theirs = app.test.db.tenant(&team.editor.token).await.unwrap();
        add_account(&mut theirs, "Konex").await;
        let editor = team.editor.id.to_string();
        let demoted = owner.submit("/api/team/role", &[("member", &editor), ("role", "viewer")]).await;
        assert_eq!(demoted.status, StatusCode::OK, "it does not wait for who is writing: {}", demoted.body);
        let refusal = sqlx::query("INSERT INTO crm_accounts (startup_id, name) VALUES ($1, 'Late')")
            .bind(team.startup)
            .execute(theirs.conn())
            .await
            .unwrap_err();
        assert_eq!(refusal.as_database_error().unwrap().code().unwrap(), "42501");
        // and with a session that is open
        let mut client = app.client(&team.editor);
        assert_eq!(team_of(&mut client, "").await.viewer.role, Role::Viewer);
        owner.submit("/api/team/remove", &[("member", &editor)]).await;
        assert_eq!(said(&client.call("/api/team/read", json!({})).await), NO_STARTUP);
        assert_eq!(client.get("/").await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn a_removed_member_goes_on_in_their_other_startup() {
    run(async {
        let app = App::new().await;
        let ours = Team::new(&app.test.db, "ours").await;
        let second = join_another(&app, &ours.editor).await;
        let mut client = app.client(&ours.editor);
        client.post("/api/team/switch", "/", &[("slug", "ours")]).await;
        app.client(&ours.owner).submit("/api/team/remove", &[("member", &ours.editor.id.to_string())]).await;
        assert_eq!(team_of(&mut client, "").await.viewer.startup_id, second.startup);
        assert_eq!(said(&client.submit("/api/team/switch", &[("slug", "ours")]).await), NOT_FOUND);
    });
}

#[test]
fn what_a_role_may_not_do_is_not_offered() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        invite(&mut app.client(&team.owner), "viewer").await;
        let controls = ["/api/team/invite", "/api/team/revoke", "/api/team/role", "/api/team/remove", "/api/team/reset-link"];
        let hidden = |who: &Person| format!("name=\"member\" value=\"{}\"", who.id);
        for person in [&team.editor, &team.viewer] {
            let page = app.client(person).get("/team").await;
            assert_eq!(page.status, StatusCode::OK);
            for name in ["owner@ours.test", "viewer@ours.test"] {
                assert!(page.body.contains(name), "everybody sees the team");
            }
            assert!(!page.body.contains("/api/team/"), "{}", page.body);
        }
        let owners = app.client(&team.owner).get("/team").await.body;
        for control in controls {
            assert!(owners.contains(control), "{control}");
        }
        // role and removal of each of four, a reset for each but oneself
        assert_eq!(owners.matches("name=\"member\"").count(), 4 * 2 + 3);
        let admins = app.client(&team.admin).get("/team").await.body;
        assert!(!admins.contains(&hidden(&team.owner)) && admins.contains(&hidden(&team.viewer)), "{admins}");
        assert!(owners.contains("<option value=\"owner\"") && !admins.contains("<option value=\"owner\""));
        assert_eq!(app.client(&team.former).get("/team").await.status, StatusCode::FORBIDDEN);
        assert_eq!(app.stranger().get("/team").await.header(header::LOCATION), "/login?next=%2Fteam");
    });
}

#[test]
fn a_refusal_stands_in_the_row_that_it_is_about() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut owner = app.client(&team.owner);
        let fields = [("member", team.owner.id.to_string()), ("role", "viewer".into())];
        let back = led_to(&owner.post("/api/team/role", "/team", &fields.each_ref().map(|(k, v)| (*k, v.as_str()))).await);
        let page = owner.get(&back).await.body;
        assert_eq!(page.matches("Make somebody else owner first").count() - page.matches("\\\"Make somebody").count(), 1, "{page}");
        assert!(page.contains("<option value=\"viewer\" selected"), "{page}");
        let back = led_to(&app.client(&team.admin).post("/api/team/reset-link", "/team", &[("member", &team.owner.id.to_string())]).await);
        assert!(app.client(&team.admin).get(&back).await.body.contains("No link was made"));
    });
}

#[test]
fn strangers_find_no_door_but_those_with_a_link() {
    run(async {
        let app = App::new().await;
        let open = ["invitation", "join-new", "reset", "set-password"].map(|name| format!("/api/team/{name}"));
        let paths = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).filter(|p| p.starts_with("/api/team/"));
        let (open, closed): (Vec<_>, Vec<_>) = paths.partition(|path| open.iter().any(|o| o == path));
        assert_eq!((open.len(), closed.len() >= 9), (4, true), "{closed:?}");
        for path in closed {
            let (form, json) = (app.stranger().submit(path, &[]).await, app.stranger().call(path, json!({})).await);
            assert!(said(&form) == SIGNED_OUT || said(&json) == SIGNED_OUT, "{path}: {} {}", form.body, json.body);
        }
        for path in open {
            let (form, json) = (app.stranger().submit(path, &[]).await, app.stranger().call(path, json!({})).await);
            assert!(said(&form) == NOT_FOUND || said(&json) == NOT_FOUND, "{path}: {} {}", form.body, json.body);
        }
    });
}

#[test]
fn names_of_people_and_startups_are_text() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let hostile = "</title><script>alert(1)</script>\"'<img src=x onerror=alert(2)>";
        let mut owner = app.client(&team.owner);
        let fields = [("name", hostile), ("currency", "EUR"), ("time_zone", "UTC")];
        assert_eq!(owner.submit("/api/team/settings", &fields).await.status, StatusCode::OK);
        let invitation = invite(&mut owner, "admin").await;
        let mut new = app.stranger();
        let fields = [("token", invitation.as_str()), ("name", hostile), ("email", "nia@new.test"), ("password", PASSWORD)];
        assert_eq!(new.submit("/api/team/join-new", &fields).await.status, StatusCode::OK);
        let theirs = invite(&mut new, "viewer").await;
        let nia: Uuid = sqlx::query_scalar("SELECT id FROM auth.users WHERE email = 'nia@new.test'")
            .fetch_one(&mut app.test.admin().await)
            .await
            .unwrap();
        let reset = make_reset(&mut owner, &Person { id: nia, token: String::new() }).await;
        join_another(&app, &team.viewer).await;
        let mut elsewhere = app.client(&team.viewer);
        elsewhere.post("/api/team/switch", "/", &[("slug", "second")]).await;
        for (client, path) in [
            (&mut owner, "/team".to_string()),
            (&mut app.client(&team.owner), format!("/team?link={reset}")),
            (&mut app.client(&team.owner), "/settings".into()),
            (&mut app.client(&team.editor), "/settings".into()),
            (&mut app.stranger(), format!("/join/{theirs}")),
            (&mut app.client(&team.former), format!("/join/{theirs}")),
            (&mut app.stranger(), format!("/reset/{reset}")),
            (&mut elsewhere, "/".into()),
        ] {
            let page = client.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(page.body.contains("alert(1)"), "{path} shows the name");
            assert!(!page.body.contains("<script>alert") && !page.body.contains("<img"), "{path}: {}", page.body);
            assert!(!page.body.contains(" style=") && !page.body.contains("<style") && !page.body.contains(" onclick="), "{path}");
        }
    });
}
