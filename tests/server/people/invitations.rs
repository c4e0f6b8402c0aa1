//! Invitations by link: who makes and revokes them, whom they bring in, how they end.

use super::{FORBIDDEN, NO_STARTUP, NOT_FOUND, SIGNED_OUT, invite, join_new, led_to, make_reset, said, sql, team_of};
use crate::harness::{App, PASSWORD, Person, Team, run, token};
use axum::http::StatusCode;
use prospector::error::AppError;
use prospector::team::{Invited, MadeLink, Role};
use serde_json::json;
use uuid::Uuid;

#[test]
fn a_link_brings_one_person_in() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut admin = app.client(&team.admin);
        let invitation = invite(&mut admin, "editor").await;
        assert_eq!(invitation.len(), 22);
        let made = team_of(&mut admin, &invitation).await;
        let address = format!("http://crm.test/join/{invitation}");
        assert_eq!(made.link, Some(MadeLink::Invitation { address, role: Role::Editor }));
        assert_eq!((made.invitations.len(), made.invitations[0].invited_by.as_str()), (1, "admin"));
        assert_eq!((made.invitations[0].expires_at - chrono::Utc::now()).num_hours(), 7 * 24 - 1, "seven days");

        let mut new = app.stranger();
        let seen: Invited = new.call("/api/team/invitation", json!({ "token": invitation })).await.json();
        assert_eq!(seen, Invited { startup: "ours".into(), role: Role::Editor, signed_in: None, member_of: None });
        assert_eq!(led_to(&join_new(&mut new, &invitation, "Nia@New.test").await), "/");
        let theirs = team_of(&mut new, "").await.viewer;
        assert_eq!((theirs.startup_id, theirs.role, theirs.email.as_deref()), (team.startup, Role::Editor, Some("nia@new.test")));

        let mut late = app.stranger();
        assert_eq!(said(&late.call("/api/team/invitation", json!({ "token": invitation })).await), NOT_FOUND);
        let fields = [("token", invitation.as_str()), ("name", "Late"), ("email", "late@new.test"), ("password", PASSWORD)];
        assert_eq!(said(&late.submit("/api/team/join-new", &fields).await), NOT_FOUND);
        assert_eq!(said(&app.client(&team.former).submit("/api/team/join", &[("token", &invitation)]).await), NOT_FOUND);
        let late: i64 = sqlx::query_scalar("SELECT count(*) FROM auth.users WHERE email = 'late@new.test'")
            .fetch_one(&mut app.test.admin().await)
            .await
            .unwrap();
        assert_eq!(late, 0, "without an invitation there is no person either");
        assert_eq!(team_of(&mut admin, &invitation).await.link, None, "a used link is not shown");
    });
}

#[test]
fn somebody_signed_in_joins_and_is_there() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let invitation = invite(&mut app.client(&ours.owner), "viewer").await;
        let mut guest = app.client(&theirs.owner);
        let seen: Invited = guest.call("/api/team/invitation", json!({ "token": invitation })).await.json();
        assert_eq!((seen.signed_in.as_deref(), seen.member_of), (Some("owner"), None));
        assert_eq!(said(&app.stranger().submit("/api/team/join", &[("token", &invitation)]).await), SIGNED_OUT);
        assert_eq!(led_to(&guest.post("/api/team/join", "/join/x", &[("token", &invitation)]).await), "/");
        let viewer = team_of(&mut guest, "").await.viewer;
        assert_eq!((viewer.startup_id, viewer.role), (ours.startup, Role::Viewer));
        // and one who belongs to no startup any more
        let again = invite(&mut app.client(&ours.owner), "editor").await;
        let mut former = app.client(&ours.former);
        assert_eq!(led_to(&former.post("/api/team/join", "/join/x", &[("token", &again)]).await), "/");
        assert_eq!(team_of(&mut former, "").await.viewer.role, Role::Editor);
    });
}

#[test]
fn a_member_already_keeps_role_and_invitation() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let invitation = invite(&mut app.client(&team.owner), "admin").await;
        let mut viewer = app.client(&team.viewer);
        let seen: Invited = viewer.call("/api/team/invitation", json!({ "token": invitation })).await.json();
        assert_eq!(seen.member_of.as_deref(), Some("ours"));
        assert_eq!(led_to(&viewer.post("/api/team/join", "/join/x", &[("token", &invitation)]).await), "/");
        assert_eq!(team_of(&mut viewer, "").await.viewer.role, Role::Viewer, "an invitation lifts nobody");
        assert_eq!(led_to(&join_new(&mut app.stranger(), &invitation, "nia@new.test").await), "/", "it is still open");
    });
}

#[test]
fn an_address_that_is_taken_leaves_the_invitation_open() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let invitation = invite(&mut app.client(&team.owner), "editor").await;
        let mut new = app.stranger();
        for (name, email, password, field) in [
            ("Nia", "OWNER@ours.test", PASSWORD, "email"),
            ("Nia", "nia", PASSWORD, "email"),
            (" ", "nia@new.test", PASSWORD, "name"),
            ("Nia", "nia@new.test", "short", "password"),
        ] {
            let fields = [("token", invitation.as_str()), ("name", name), ("email", email), ("password", password)];
            let answer = new.submit("/api/team/join-new", &fields).await;
            let AppError::Invalid { field: named, typed, .. } = answer.json::<AppError>() else { panic!("{}", answer.body) };
            assert_eq!((answer.status, named.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field));
            assert!(typed.contains(&("email".into(), email.into())) && !answer.body.contains(PASSWORD), "{}", answer.body);
        }
        assert_eq!(led_to(&join_new(&mut new, &invitation, "nia@new.test").await), "/");
    });
}

#[test]
fn owners_and_admins_invite_and_revoke_and_nobody_else() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let invitation = invite(&mut app.client(&ours.owner), "viewer").await;
        let id = team_of(&mut app.client(&ours.admin), "").await.invitations[0].id.to_string();
        for (person, refusal) in [(&ours.editor, FORBIDDEN), (&ours.viewer, FORBIDDEN), (&ours.former, NO_STARTUP)] {
            let mut client = app.client(person);
            assert_eq!(said(&client.submit("/api/team/invite", &[("role", "viewer")]).await), refusal);
            assert_eq!(said(&client.submit("/api/team/revoke", &[("invitation", &id)]).await), refusal);
        }
        for person in [&ours.editor, &ours.viewer] {
            assert_eq!(team_of(&mut app.client(person), &invitation).await.invitations, vec![], "not theirs to see");
        }
        let mut foreign = app.client(&theirs.owner);
        for missing in [id.as_str(), &Uuid::now_v7().to_string(), "none"] {
            assert_eq!(said(&foreign.submit("/api/team/revoke", &[("invitation", missing)]).await), NOT_FOUND, "{missing}");
        }
        let mut owner = app.client(&ours.owner);
        for role in ["owner", "king", ""] {
            assert_eq!(owner.submit("/api/team/invite", &[("role", role)]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{role}");
        }
        let mut admin = app.client(&ours.admin);
        assert_eq!(led_to(&admin.post("/api/team/revoke", "/team", &[("invitation", &id)]).await), "/team");
        assert_eq!(said(&admin.submit("/api/team/revoke", &[("invitation", &id)]).await), NOT_FOUND, "once");
        assert_eq!(said(&app.client(&ours.former).submit("/api/team/join", &[("token", &invitation)]).await), NOT_FOUND);
    });
}

#[test]
fn a_link_ends_after_its_time_and_with_its_senders_rights() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let late = invite(&mut app.client(&team.owner), "viewer").await;
        sql(&app, "UPDATE invitations SET expires_at = now() - interval '1 second'".into()).await;
        let by_admin = invite(&mut app.client(&team.admin), "admin").await;
        let admin = team.admin.id.to_string();
        let demoted = [("member", admin.as_str()), ("role", "editor")];
        assert_eq!(led_to(&app.client(&team.owner).post("/api/team/role", "/team", &demoted).await), "/team");
        for dead in [&late, &by_admin] {
            assert_eq!(said(&app.stranger().call("/api/team/invitation", json!({ "token": dead })).await), NOT_FOUND);
            assert_eq!(said(&app.client(&team.former).submit("/api/team/join", &[("token", dead)]).await), NOT_FOUND);
        }
        assert_eq!(team_of(&mut app.client(&team.owner), &late).await.invitations, vec![]);
    });
}

#[test]
fn an_invitations_page_fits_who_opens_it() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let invitation = invite(&mut app.client(&ours.owner), "editor").await;
        let path = format!("/join/{invitation}");
        let mut new = app.stranger();
        let page = new.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.body.contains("/api/team/join-new") && page.body.contains(&format!("/login?next=%2Fjoin%2F{invitation}")),
            "{}",
            page.body
        );
        assert!(page.body.contains(">ours") && page.body.contains(">editor"), "{}", page.body);
        // a refused form comes back with what was typed
        let fields = [("token", invitation.as_str()), ("name", "Nia New"), ("email", "owner@ours.test"), ("password", PASSWORD)];
        let back = led_to(&new.post("/api/team/join-new", &path, &fields).await);
        assert!(back.starts_with(&path) && !back.contains(PASSWORD), "{back}");
        let page = new.get(&back).await;
        assert!(page.body.contains("value=\"Nia New\"") && page.body.contains("has an account already"), "{}", page.body);
        let page = app.client(&theirs.viewer).get(&path).await.body;
        assert!(page.contains("action=\"/api/team/join\"") && page.contains("signed in as"), "{page}");
        let page = app.client(&ours.viewer).get(&path).await.body;
        assert!(page.contains("/?team=ours") && !page.contains("/api/team/join"), "{page}");
        // one answer for all that leads nowhere
        let used = invite(&mut app.client(&ours.owner), "viewer").await;
        join_new(&mut app.stranger(), &used, "nia@new.test").await;
        for dead in [used.as_str(), &token(), "short", "%00", "..%2F..%2Fteam"] {
            let page = app.stranger().get(&format!("/join/{dead}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{dead}");
            assert!(page.body.contains("This invitation leads nowhere"), "{dead}: {}", page.body);
        }
    });
}

#[test]
fn a_made_link_is_shown_to_who_made_it() {
    run(async {
        for (arguments, base) in [(&[][..], "http://crm.test"), (&["--public-url", "https://crm.example/"], "https://crm.example")] {
            let app = App::with(arguments).await;
            let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
            // the cookie has another name on https
            let client = |person: &Person| {
                let mut client = app.client(person);
                client.cookie = client.cookie.map(|c| if base.starts_with("https") { format!("__Host-{c}") } else { c });
                client
            };
            let invitation = invite(&mut client(&ours.owner), "editor").await;
            let reset = make_reset(&mut client(&ours.owner), &ours.viewer).await;
            for (token, path) in [(&invitation, "join"), (&reset, "reset")] {
                let page = format!("/team?link={token}");
                let address = format!("value=\"{base}/{path}/{token}\"");
                let shown = client(&ours.owner).get(&page).await.body;
                assert!(shown.contains(&address) && shown.contains("readonly"), "{shown}");
                for other in [&theirs.owner, &ours.editor] {
                    assert!(!client(other).get(&page).await.body.contains(&format!("/{path}/{token}")));
                }
            }
        }
    });
}

#[test]
fn a_crafted_address_presents_no_link_of_others() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let invitation = invite(&mut app.client(&theirs.owner), "viewer").await;
        let reset = make_reset(&mut app.client(&theirs.owner), &theirs.editor).await;
        let by_owner = make_reset(&mut app.client(&ours.owner), &ours.editor).await;
        let own = invite(&mut app.client(&ours.owner), "viewer").await;
        for (viewer, link, shown) in [
            (&theirs.owner, &invitation, true),
            (&theirs.owner, &reset, true),
            (&ours.owner, &invitation, false),
            (&ours.owner, &reset, false),
            (&ours.admin, &by_owner, false),
            (&ours.admin, &own, true),
            (&ours.viewer, &own, false),
            (&theirs.admin, &reset, false),
            (&ours.owner, &token(), false),
            (&ours.owner, &"<script>".to_string(), false),
        ] {
            assert_eq!(team_of(&mut app.client(viewer), link).await.link.is_some(), shown, "{link}");
        }
    });
}
