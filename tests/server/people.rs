//! The team over HTTP: invitations, roles, links for a new password, several startups, settings.

use crate::harness::{Answer, App, Client, Outcome, PASSWORD, Person, Team, attempt, join, refused, run, token};
use axum::http::{Request, StatusCode, header};
use prospector::error::AppError;
use prospector::server::session::token_hash;
use prospector::team::{self, Invited, MadeLink, Role};
use serde_json::json;
use sqlx::AssertSqlSafe;

const FORBIDDEN: (StatusCode, &str) = (StatusCode::FORBIDDEN, "\"Forbidden\"");
const NOT_FOUND: (StatusCode, &str) = (StatusCode::NOT_FOUND, "\"NotFound\"");
const NO_STARTUP: (StatusCode, &str) = (StatusCode::FORBIDDEN, "\"NoStartup\"");
const SIGNED_OUT: (StatusCode, &str) = (StatusCode::UNAUTHORIZED, "\"SignedOut\"");

fn said(answer: &Answer) -> (StatusCode, &str) {
    (answer.status, answer.body.as_str())
}

/// Where a form without JavaScript was led to.
fn led_to(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
    answer.header(header::LOCATION).replace("http://crm.test", "").trim_end_matches('?').to_string()
}

/// The token of a link that was just made.
fn token_in(answer: &Answer) -> String {
    let address = led_to(answer);
    address.strip_prefix("/team?link=").unwrap_or_else(|| panic!("{address}")).to_string()
}

async fn invite(client: &mut Client, role: &str) -> String {
    token_in(&client.post("/api/team/invite", "/team", &[("role", role)]).await)
}

async fn make_reset(client: &mut Client, member: &Person) -> String {
    token_in(&client.post("/api/team/reset-link", "/team", &[("member", &member.id.to_string())]).await)
}

async fn team_of(client: &mut Client, link: &str) -> team::TeamRoom {
    let answer = client.call("/api/team/read", json!({ "link": link })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

async fn sql(app: &App, statement: String) {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut app.test.admin().await).await.unwrap();
}

/// Somebody signs up with an invitation.
async fn join_new(client: &mut Client, invitation: &str, email: &str) -> Answer {
    let fields = [("token", invitation), ("name", "Nia New"), ("email", email), ("password", PASSWORD)];
    client.post("/api/team/join-new", &format!("/join/{invitation}"), &fields).await
}

/// The person of `member` becomes a member of a startup of their own, too.
async fn join_another(app: &App, member: &Person) -> Team {
    let second = Team::new(&app.test.db, "second").await;
    let invitation = invite(&mut app.client(&second.owner), "admin").await;
    assert_eq!(app.test.db.accept_invitation(&member.token, &invitation).await, Ok(Some(second.startup)));
    second
}

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
        for missing in [id.as_str(), &uuid::Uuid::now_v7().to_string(), "none"] {
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
        crate::harness::add_account(&mut theirs, "Konex").await;
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
fn a_reset_link_sets_a_password_once_and_closes_every_session() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut admin = app.client(&team.admin);
        let reset = make_reset(&mut admin, &team.editor).await;
        let address = format!("http://crm.test/reset/{reset}");
        assert_eq!(team_of(&mut admin, &reset).await.link, Some(MadeLink::Reset { address, name: "editor".into() }));
        let mut stranger = app.stranger();
        let seen: team::ResetFor = stranger.call("/api/team/reset", json!({ "token": reset })).await.json();
        assert_eq!(seen.email, "editor@ours.test");
        let fields = [("token", reset.as_str()), ("password", "a brand new phrase")];
        let short = stranger.submit("/api/team/set-password", &[fields[0], ("password", "short")]).await;
        assert!(short.body.contains("at least 10"), "{}", short.body);
        assert_eq!(led_to(&stranger.post("/api/team/set-password", "/reset/x", &fields).await), "/login?password=new");
        assert_eq!(said(&app.client(&team.editor).call("/api/team/read", json!({})).await), SIGNED_OUT, "old sessions are closed");
        let sign_in = [("email", "editor@ours.test"), ("password", "a brand new phrase")];
        assert_eq!(led_to(&stranger.post("/api/auth/sign-in", "/login", &sign_in).await), "/");
        assert_eq!(said(&app.stranger().submit("/api/team/set-password", &fields).await), NOT_FOUND, "once");
        assert_eq!(said(&app.stranger().call("/api/team/reset", json!({ "token": reset })).await), NOT_FOUND);
        assert_eq!(team_of(&mut stranger, "").await.viewer.role, Role::Editor, "and the new session lives");
        // the database holds no token
        let kept: Vec<u8> =
            sqlx::query_scalar("SELECT token_hash FROM auth.password_resets").fetch_one(&mut app.test.admin().await).await.unwrap();
        assert_eq!(kept, token_hash(&reset));
    });
}

#[test]
fn who_may_reset_whom() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let elsewhere = join(&app.test.db, &ours.owner, "both@ours.test", Role::Viewer).await;
        let second = join_another(&app, &elsewhere).await;
        let owner_too = join(&app.test.db, &ours.owner, "second@ours.test", Role::Viewer).await;
        app.client(&ours.owner).submit("/api/team/role", &[("member", &owner_too.id.to_string()), ("role", "owner")]).await;
        // imported: a member without sign-in
        let mut tx = app.test.db.tenant(&ours.owner.token).await.unwrap();
        let named: uuid::Uuid =
            sqlx::query_scalar("SELECT user_id FROM app.add_people(ARRAY['Imported'], NULL)").fetch_one(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        let named = Person { id: named, token: String::new() };
        let missing = Person { id: uuid::Uuid::now_v7(), token: String::new() };

        for (by, who, may) in [
            (&ours.owner, &ours.admin, true),
            (&ours.owner, &ours.viewer, true),
            (&ours.owner, &owner_too, true),
            (&ours.admin, &ours.editor, true),
            (&ours.admin, &ours.owner, false),
            (&ours.admin, &ours.admin, false),
            (&ours.owner, &ours.owner, false),
            (&ours.editor, &ours.viewer, false),
            (&ours.viewer, &ours.editor, false),
            (&ours.owner, &elsewhere, false),
            (&second.owner, &elsewhere, false),
            (&ours.owner, &ours.former, false),
            (&ours.owner, &theirs.editor, false),
            (&theirs.owner, &ours.editor, false),
            (&ours.owner, &named, false),
            (&ours.owner, &missing, false),
        ] {
            let answer = app.client(by).submit("/api/team/reset-link", &[("member", &who.id.to_string())]).await;
            match may {
                true => assert_eq!(answer.status, StatusCode::OK, "{}", answer.body),
                false => assert_eq!(said(&answer), FORBIDDEN, "every refusal is the same"),
            }
        }
        assert_eq!(said(&app.client(&ours.owner).submit("/api/team/reset-link", &[("member", "none")]).await), FORBIDDEN);
        assert_eq!(
            said(&app.client(&ours.former).submit("/api/team/reset-link", &[("member", &ours.editor.id.to_string())]).await),
            NO_STARTUP
        );
    });
}

#[test]
fn a_reset_link_dies_with_what_it_rests_on() {
    run(async {
        let roles = |who: &Person, role: &str| format!("UPDATE team_members SET role = '{role}' WHERE user_id = '{}'", who.id);
        let gone = |who: &Person| format!("DELETE FROM team_members WHERE user_id = '{}'", who.id);
        let app = App::new().await;
        for (n, why) in
            ["maker demoted", "maker removed", "made owner", "removed", "back again", "late", "elsewhere"].into_iter().enumerate()
        {
            let team = Team::new(&app.test.db, &format!("ours{n}")).await;
            let reset = make_reset(&mut app.client(&team.admin), &team.editor).await;
            match why {
                "maker demoted" => sql(&app, roles(&team.admin, "editor")).await,
                "maker removed" => sql(&app, gone(&team.admin)).await,
                "made owner" => sql(&app, roles(&team.editor, "owner")).await,
                "removed" => sql(&app, gone(&team.editor)).await,
                "back again" => {
                    sql(&app, gone(&team.editor)).await;
                    let (startup, editor) = (team.startup, team.editor.id);
                    sql(&app, format!("INSERT INTO team_members (startup_id, user_id, role) VALUES ('{startup}', '{editor}', 'editor')"))
                        .await;
                }
                "late" => sql(&app, "UPDATE auth.password_resets SET expires_at = now() - interval '1 second'".into()).await,
                _ => drop(join_another(&app, &team.editor).await),
            }
            let mut stranger = app.stranger();
            assert_eq!(said(&stranger.call("/api/team/reset", json!({ "token": reset })).await), NOT_FOUND, "{why}");
            let fields = [("token", reset.as_str()), ("password", PASSWORD)];
            assert_eq!(said(&stranger.submit("/api/team/set-password", &fields).await), NOT_FOUND, "{why}");
            let mut auth = app.test.db.auth().await.unwrap();
            let used: bool =
                sqlx::query_scalar("SELECT auth.use_reset($1, 'x')").bind(token_hash(&reset)).fetch_one(&mut *auth).await.unwrap();
            assert!(!used, "{why}: refused at the moment of use, too");
        }
    });
}

#[test]
fn a_newer_reset_link_takes_the_place_of_an_older_one() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let older = make_reset(&mut app.client(&team.owner), &team.viewer).await;
        let newer = make_reset(&mut app.client(&team.admin), &team.viewer).await;
        let mut stranger = app.stranger();
        assert_eq!(said(&stranger.call("/api/team/reset", json!({ "token": older })).await), NOT_FOUND);
        assert_eq!(stranger.call("/api/team/reset", json!({ "token": newer })).await.status, StatusCode::OK);
    });
}

#[test]
fn who_joins_while_their_password_is_being_set_is_not_taken_along() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let reset = make_reset(&mut app.client(&ours.owner), &ours.editor).await;
        let invitation = invite(&mut app.client(&theirs.owner), "admin").await;
        let mut setting = app.test.db.auth().await.unwrap();
        let used: bool =
            sqlx::query_scalar("SELECT auth.use_reset($1, 'x')").bind(token_hash(&reset)).fetch_one(&mut *setting).await.unwrap();
        assert!(used);
        let (db, session) = (app.test.db.clone(), ours.editor.token.clone());
        let joining = tokio::spawn(async move { db.accept_invitation(&session, &invitation).await });
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        setting.commit().await.unwrap();
        assert_eq!(joining.await.unwrap(), Ok(None), "the session it came with is closed");
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

#[test]
fn what_links_rest_on_is_out_of_reach() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        make_reset(&mut app.client(&team.owner), &team.editor).await;
        let own = [
            "SELECT * FROM auth.password_resets".to_string(),
            "DELETE FROM auth.password_resets".into(),
            "UPDATE auth.password_resets SET expires_at = now() + interval '1 year'".into(),
            format!("SELECT auth.may_reset('{}', '{}', '{}')", team.owner.id, team.editor.id, team.startup),
            "SELECT * FROM auth.open_reset(sha256('x'))".into(),
            format!("SELECT app.take_invitation(sha256('x'), '{}')", team.owner.id),
        ];
        let others = [
            ("prospector_app", "SELECT * FROM auth.peek_reset(sha256('x'))"),
            ("prospector_app", "SELECT auth.use_reset(sha256('x'), 'x')"),
            ("prospector_app", "SELECT auth.join(app.uuid7(), 'a@b.test', 'x', 'x', sha256('x'))"),
            ("prospector_auth", "SELECT app.make_reset(gen_random_uuid(), sha256('x'))"),
            ("prospector_auth", "SELECT app.my_reset(sha256('x'))"),
        ];
        for role in ["prospector_app", "prospector_auth", "prospector_worker"] {
            let mut conn = app.test.connect(role).await;
            for statement in &own {
                assert_eq!(attempt(&mut conn, &team.owner.token, team.startup, statement).await, refused("42501"), "{role}: {statement}");
            }
        }
        for (role, statement) in others {
            let mut conn = app.test.connect(role).await;
            assert_eq!(attempt(&mut conn, &team.owner.token, team.startup, statement).await, refused("42501"), "{role}: {statement}");
        }
        let mut conn = app.test.connect("prospector_app").await;
        for person in [&team.editor, &team.viewer, &team.former] {
            let statement = format!("SELECT app.make_reset('{}', sha256('x'))", team.viewer.id);
            assert_eq!(attempt(&mut conn, &person.token, team.startup, &statement).await, refused("42501"));
        }
        let statement = format!("SELECT app.make_reset('{}', sha256('x'))", team.viewer.id);
        assert_eq!(attempt(&mut conn, &team.admin.token, team.startup, &statement).await, Outcome::Rows(1));
    });
}

#[test]
fn a_person_switches_between_their_startups_and_to_no_other() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let second = join_another(&app, &ours.viewer).await;
        let mut client = app.client(&ours.viewer);
        for (slug, startup) in [("second", second.startup), ("ours", ours.startup), ("second", second.startup)] {
            assert_eq!(led_to(&client.post("/api/team/switch", "/team", &[("slug", slug)]).await), "/");
            assert_eq!(team_of(&mut client, "").await.viewer.startup_id, startup);
        }
        for slug in ["theirs", "missing", "", "\0"] {
            let answer = client.submit("/api/team/switch", &[("slug", slug)]).await;
            assert!(answer.status == StatusCode::NOT_FOUND || slug == "\0", "{}", answer.body);
            assert!(!answer.headers.contains_key(header::SET_COOKIE), "{slug}");
        }
        assert_eq!(team_of(&mut client, "").await.viewer.startup_id, second.startup, "where they were");
        assert_eq!(team_of(&mut app.client(&theirs.viewer), "").await.viewer.startup_id, theirs.startup);
        assert_eq!(said(&app.stranger().submit("/api/team/switch", &[("slug", "ours")]).await), SIGNED_OUT);
        let mut stale = app.client(&Person { id: ours.viewer.id, token: token() });
        assert_eq!(said(&stale.submit("/api/team/switch", &[("slug", "ours")]).await), SIGNED_OUT);
    });
}

#[test]
fn an_address_chooses_the_startup_and_tells_nothing_of_others() {
    run(async {
        let app = App::new().await;
        let ours = Team::new(&app.test.db, "ours").await;
        Team::new(&app.test.db, "theirs").await;
        let second = join_another(&app, &ours.viewer).await;
        let mut client = app.client(&ours.viewer);
        let led = |answer: &Answer| {
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
            answer.header(header::LOCATION).to_string()
        };
        for (slug, startup) in [("second", second.startup), ("ours", ours.startup)] {
            assert_eq!(led(&client.get(&format!("/?q=a%26b&team={slug}&sort=name")).await), "/?q=a%26b&sort=name");
            assert_eq!(team_of(&mut client, "").await.viewer.startup_id, startup);
        }
        for (address, rest) in
            [("/accounts/0190?team=theirs", "/accounts/0190"), ("/?team=missing", "/"), ("/?team=", "/"), ("/?team=%00'", "/")]
        {
            let answer = client.get(address).await;
            assert_eq!(led(&answer), rest);
            assert!(!answer.headers.contains_key(header::SET_COOKIE), "nothing changed");
        }
        assert_eq!(team_of(&mut client, "").await.viewer.startup_id, ours.startup);
        // signed out, also by time: back to the same address after signing in
        let sign_in = "/login?next=%2Faccounts%2F0190%3Fteam%3Dsecond";
        assert_eq!(led(&app.stranger().get("/accounts/0190?team=second").await), sign_in);
        let mut stale = app.client(&Person { id: ours.viewer.id, token: token() });
        assert_eq!(led(&stale.get("/accounts/0190?team=second").await), sign_in);
        // what is no page is left alone
        assert_eq!(client.get("/favicon.svg?team=second").await.headers.get(header::LOCATION), None);
        assert_eq!(client.get("/healthz?team=second").await.body, "ok");
    });
}

#[test]
fn a_redirect_stays_on_this_site() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut client = app.client(&team.owner);
        for path in ["//evil.test/?__err=x", "//evil.test?team=ours", "//team?team=ours&__err=x", "///evil.test/%2f..?__err=x"] {
            let request = Request::get(format!("http://crm.test{path}")).header("sec-fetch-site", "cross-site");
            let answer = client.send(request, String::new()).await;
            assert!(!answer.header(header::LOCATION).starts_with("//"), "{path}: {}", answer.header(header::LOCATION));
        }
    });
}

#[test]
fn settings_are_the_owners_and_admins() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let fields = |currency: &'static str, zone: &'static str| [("name", "Ours & Söhne"), ("currency", currency), ("time_zone", zone)];
        for (person, refusal) in [(&team.editor, FORBIDDEN), (&team.viewer, FORBIDDEN), (&team.former, NO_STARTUP)] {
            assert_eq!(said(&app.client(person).submit("/api/team/settings", &fields("EUR", "Europe/Berlin")).await), refusal);
        }
        let mut admin = app.client(&team.admin);
        for (currency, zone, field) in [
            ("euro", "UTC", "currency"),
            ("E1R", "UTC", "currency"),
            ("EUR", "Berlin", "time_zone"),
            ("EUR", "", "time_zone"),
            ("EUR", "EST5", "time_zone"),
            ("EUR", "posix/UTC", "time_zone"),
            ("EUR", "a\0b", "time_zone"),
        ] {
            let answer = admin.submit("/api/team/settings", &fields(currency, zone)).await;
            let AppError::Invalid { field: named, typed, .. } = answer.json() else { panic!("{}", answer.body) };
            assert_eq!((answer.status, named.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, field), "{currency} {zone}");
            assert_eq!(typed[2].1, zone, "what was typed comes back");
        }
        assert_eq!(led_to(&admin.post("/api/team/settings", "/settings", &fields("eur", "europe/berlin")).await), "/settings");
        let viewer = team_of(&mut admin, "").await.viewer;
        assert_eq!((viewer.startup_name.as_str(), viewer.currency.as_str(), viewer.slug.as_str()), ("Ours & Söhne", "EUR", "ours"));
        let zone: String =
            sqlx::query_scalar("SELECT settings->>'time_zone' FROM startups").fetch_one(&mut app.test.admin().await).await.unwrap();
        assert_eq!(zone, "Europe/Berlin");
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
fn the_page_of_a_reset_link() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let reset = make_reset(&mut app.client(&team.owner), &team.viewer).await;
        let path = format!("/reset/{reset}");
        let mut viewer = app.stranger();
        let page = viewer.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("viewer@ours.test") && page.body.contains("/api/team/set-password"), "{}", page.body);
        let short = [("token", reset.as_str()), ("password", "short")];
        let back = led_to(&viewer.post("/api/team/set-password", &path, &short).await);
        assert!(viewer.get(&back).await.body.contains("Use at least 10 characters"));
        let fields = [("token", reset.as_str()), ("password", PASSWORD)];
        let login = led_to(&viewer.post("/api/team/set-password", &path, &fields).await);
        assert!(viewer.get(&login).await.body.contains("Your new password is set"));
        for dead in [reset.as_str(), &token(), "none"] {
            let page = viewer.get(&format!("/reset/{dead}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{dead}");
            assert!(page.body.contains("This link leads nowhere"), "{}", page.body);
        }
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
fn the_frame_offers_other_startups_only() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        assert!(!app.client(&team.viewer).get("/team").await.body.contains("/api/team/switch"));
        join_another(&app, &team.viewer).await;
        let mut client = app.client(&team.viewer);
        client.post("/api/team/switch", "/", &[("slug", "second")]).await;
        let page = client.get("/team").await.body;
        assert!(page.contains("name=\"slug\" value=\"ours\"") && !page.contains("name=\"slug\" value=\"second\""), "{page}");
    });
}

#[test]
fn settings_are_text_for_who_may_not_change_them() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        for person in [&team.editor, &team.viewer] {
            let page = app.client(person).get("/settings").await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.body.contains("USD") && !page.body.contains("/api/team/settings"), "{}", page.body);
        }
        let mut admin = app.client(&team.admin);
        let fields = [("name", "Ours"), ("currency", "eur"), ("time_zone", "Nowhere/Town")];
        let back = led_to(&admin.post("/api/team/settings", "/settings", &fields).await);
        let page = admin.get(&back).await.body;
        assert!(page.contains("value=\"Nowhere/Town\"") && page.contains("such as Europe/Berlin"), "{page}");
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
        let nia: uuid::Uuid = sqlx::query_scalar("SELECT id FROM auth.users WHERE email = 'nia@new.test'")
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
