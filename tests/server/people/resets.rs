//! Links for a new password: who may make one for whom, and what ends them.

use super::{FORBIDDEN, NO_STARTUP, NOT_FOUND, SIGNED_OUT, invite, join_another, led_to, make_reset, said, sql, team_of};
use crate::harness::{App, Outcome, PASSWORD, Person, Team, attempt, join, refused, run, token};
use axum::http::StatusCode;
use prospector::server::session::token_hash;
use prospector::team::{MadeLink, ResetFor, Role};
use serde_json::json;
use uuid::Uuid;

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
        let seen: ResetFor = stranger.call("/api/team/reset", json!({ "token": reset })).await.json();
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
        let named: Uuid =
            sqlx::query_scalar("SELECT user_id FROM app.add_people(ARRAY['Imported'], NULL)").fetch_one(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        let named = Person { id: named, token: String::new() };
        let missing = Person { id: Uuid::now_v7(), token: String::new() };

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

        // and the other way round: a membership that is being made counts
        let reset = make_reset(&mut app.client(&ours.owner), &ours.viewer).await;
        let invitation = invite(&mut app.client(&theirs.owner), "admin").await;
        let mut joining = app.test.db.person(Some(&ours.viewer.token)).await.unwrap();
        let joined: Option<Uuid> =
            sqlx::query_scalar("SELECT app.accept_invitation($1)").bind(&invitation).fetch_one(&mut *joining).await.unwrap();
        assert_eq!(joined, Some(theirs.startup));
        let mut setting = app.test.db.auth().await.unwrap();
        let setting = tokio::spawn(async move {
            let used = sqlx::query_scalar("SELECT auth.use_reset($1, 'x')").bind(token_hash(&reset));
            used.fetch_one(&mut *setting).await.unwrap()
        });
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        joining.commit().await.unwrap();
        let used: bool = setting.await.unwrap();
        assert!(!used);
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
