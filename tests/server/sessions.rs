//! Signing up, in and out, over HTTP.

use crate::harness::{App, Client, PASSWORD, run};
use axum::http::{Request, StatusCode, header};
use prospector::team::Viewer;

const NEW: [(&str, &str); 4] = [("name", "Ada Sørensen"), ("email", "Ada@Konex.test"), ("password", PASSWORD), ("startup", "Konex")];

async fn sign_up(client: &mut Client) {
    let answer = client.post("/api/auth/sign-up", "/signup", &NEW).await;
    assert_eq!((answer.status, answer.header(header::LOCATION)), (StatusCode::FOUND, "/"), "{}", answer.body);
}

async fn viewer(client: &mut Client) -> Result<Viewer, StatusCode> {
    let answer = client.call("/api/team/workspace", serde_json::json!({})).await;
    if answer.status == StatusCode::OK { Ok(answer.json::<prospector::team::Workspace>().viewer) } else { Err(answer.status) }
}

#[test]
fn a_sign_up_makes_a_startup_with_its_owner_and_signs_them_in() {
    run(async {
        let app = App::new().await;
        let mut ada = app.stranger();
        sign_up(&mut ada).await;
        let seen = viewer(&mut ada).await.unwrap();
        assert_eq!(
            (seen.name.as_str(), seen.email.as_deref(), seen.startup_name.as_str(), seen.slug.as_str()),
            ("Ada Sørensen", Some("ada@konex.test"), "Konex", "konex")
        );
        assert_eq!(seen.role, prospector::team::Role::Owner);
        let page = ada.get("/").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("No accounts yet"));
    });
}

#[test]
fn the_cookie_is_guarded_and_new_at_each_sign_in() {
    run(async {
        for (arguments, name, secure) in [(&[][..], "sid=", false), (&["--public-url", "https://crm.test"], "__Host-sid=", true)] {
            let app = App::with(arguments).await;
            let mut ada = app.stranger();
            let first = ada.post("/api/auth/sign-up", "/signup", &NEW).await;
            let set = first.header(header::SET_COOKIE).to_string();
            assert!(set.starts_with(name) && set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
            assert_eq!(set.contains("Secure"), secure, "{set}");
            assert_eq!(first.headers.contains_key(header::STRICT_TRANSPORT_SECURITY), secure);
            let old = ada.cookie.clone();
            let again = ada.post("/api/auth/sign-in", "/login", &[("email", "ada@konex.test"), ("password", PASSWORD), ("next", "")]).await;
            assert_eq!(again.status, StatusCode::FOUND);
            assert_ne!(ada.cookie, old, "a token from before sign-in is not kept");
            let mut thief = app.stranger();
            thief.cookie = old;
            assert_eq!(viewer(&mut thief).await, Err(StatusCode::UNAUTHORIZED), "and is dead");
        }
    });
}

#[test]
fn signing_out_ends_the_session_in_the_database() {
    run(async {
        let app = App::new().await;
        let mut ada = app.stranger();
        sign_up(&mut ada).await;
        let cookie = ada.cookie.clone();
        let out = ada.post("/api/auth/sign-out", "/", &[]).await;
        assert_eq!((out.status, out.header(header::LOCATION)), (StatusCode::FOUND, "/login"));
        assert_eq!(ada.cookie, None, "{:?}", out.headers);
        ada.cookie = cookie;
        assert_eq!(viewer(&mut ada).await, Err(StatusCode::UNAUTHORIZED));
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM auth.sessions").fetch_one(&mut app.test.admin().await).await.unwrap();
        assert_eq!(left, 0);
    });
}

#[test]
fn a_wrong_password_and_an_unknown_address_answer_alike() {
    run(async {
        let app = App::new().await;
        sign_up(&mut app.stranger()).await;
        let mut stranger = app.stranger();
        let mut answers = Vec::new();
        for (email, password) in [("ada@konex.test", "not the password"), ("nobody@konex.test", PASSWORD)] {
            let answer = stranger.submit("/api/auth/sign-in", &[("email", email), ("password", password)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(!answer.headers.contains_key(header::SET_COOKIE));
            answers.push(answer.body.replace(email, "ADDRESS"));
        }
        assert_eq!(answers[0], answers[1]);
        let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM auth.sessions").fetch_one(&mut app.test.admin().await).await.unwrap();
        assert_eq!(kept, 1, "no session before sign-in");
    });
}

#[test]
fn a_refused_form_comes_back_with_its_message_and_what_was_typed() {
    run(async {
        let app = App::new().await;
        let mut stranger = app.stranger();
        for (changed, value, message) in [
            ("email", "ada", "Enter an e-mail address"),
            ("password", "short", "Use at least 10 characters"),
            ("name", " ", "Enter a name"),
            ("startup", "", "Enter a name"),
        ] {
            let fields = NEW.map(|(k, v)| (k, if k == changed { value } else { v }));
            let answer = stranger.post("/api/auth/sign-up", "/signup", &fields).await;
            assert_eq!(answer.status, StatusCode::FOUND);
            let back = answer.header(header::LOCATION).replace("http://crm.test", "");
            assert!(back.starts_with("/signup?"), "{back}");
            assert!(!back.contains(PASSWORD));
            let page = stranger.get(&back).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.body.contains(message), "{changed}: {}", page.body);
            if changed != "startup" {
                assert!(page.body.contains("value=\"Konex\""), "what was typed is still there");
            }
            assert!(!page.body.contains(PASSWORD));
        }
    });
}

#[test]
fn an_address_signs_up_once() {
    run(async {
        let app = App::new().await;
        sign_up(&mut app.stranger()).await;
        let again = app.stranger().submit("/api/auth/sign-up", &NEW).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("has an account already"), "{}", again.body);
        let mut other = NEW;
        other[1].1 = "bob@konex.test";
        assert_eq!(app.stranger().submit("/api/auth/sign-up", &other).await.status, StatusCode::OK);
        let slugs: Vec<String> =
            sqlx::query_scalar("SELECT slug FROM startups ORDER BY length(slug)").fetch_all(&mut app.test.admin().await).await.unwrap();
        assert!(slugs[0] == "konex" && slugs[1].starts_with("konex-") && slugs[1].len() == 10, "{slugs:?}");
    });
}

#[test]
fn sign_in_leads_where_one_wanted_to_go_and_nowhere_else() {
    run(async {
        let app = App::new().await;
        sign_up(&mut app.stranger()).await;
        let mut ada = app.stranger();
        let sent = ada.get("/accounts/0190?q=a%26b").await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        assert_eq!(sent.header(header::LOCATION), "/login?next=%2Faccounts%2F0190%3Fq%3Da%2526b");
        for (next, leads) in
            [("/accounts/0190?q=a", "/accounts/0190?q=a"), ("/\u{1}", "/"), ("https://evil.test/", "/"), ("//evil.test", "/"), ("", "/")]
        {
            let answer =
                ada.post("/api/auth/sign-in", "/login", &[("email", "ada@konex.test"), ("password", PASSWORD), ("next", next)]).await;
            assert_eq!(answer.header(header::LOCATION), leads, "{next}");
        }
    });
}

#[test]
fn forms_from_other_sites_are_refused() {
    run(async {
        let app = App::new().await;
        for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.test")] {
            let request =
                Request::post("/api/auth/sign-out").header(name, value).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            assert_eq!(app.stranger().send(request, String::new()).await.status, StatusCode::FORBIDDEN, "{name}: {value}");
        }
        let own = Request::post("/api/auth/sign-out")
            .header("origin", "http://crm.test")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        assert_eq!(app.stranger().send(own, String::new()).await.status, StatusCode::OK);
    });
}

#[test]
fn an_oversized_form_is_refused() {
    run(async {
        let app = App::new().await;
        let mut stranger = app.stranger();
        let mut send =
            async |length: usize| stranger.submit("/api/auth/sign-in", &[("email", "a@b.test"), ("password", &"x".repeat(length))]).await;
        let (taken, refused) = (send(200_000).await, send(400_000).await);
        assert!(taken.body.contains("do not belong together"), "{}", taken.body);
        assert_eq!((refused.status, refused.body.contains("not understood")), (StatusCode::UNPROCESSABLE_ENTITY, true), "{}", refused.body);
    });
}

#[test]
fn odd_bytes_are_the_senders_fault() {
    run(async {
        let app = App::new().await;
        let mut stranger = app.stranger();
        assert_eq!(
            stranger.submit("/api/auth/sign-in", &[("email", "a\0b@c.test"), ("password", "x\0y")]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        for field in ["name", "startup", "email"] {
            let fields = NEW.map(|(k, v)| if k == field { (k, "a\0b") } else { (k, v) });
            assert_eq!(stranger.submit("/api/auth/sign-up", &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        }
    });
}

#[test]
fn another_sites_words_do_not_stand_on_the_sign_in_page() {
    run(async {
        let app = App::new().await;
        let mut stranger = app.stranger();
        let refused = stranger.post("/api/auth/sign-in", "/login", &[("email", "a@b.test"), ("password", "x")]).await;
        let back = refused.header(header::LOCATION).replace("http://crm.test", "");
        let mut open = async |site: &str| {
            let request = Request::get(&back).header(header::ACCEPT, "text/html").header("sec-fetch-site", site);
            stranger.send(request, String::new()).await
        };
        assert!(open("same-origin").await.body.contains("do not belong together"));
        for site in ["cross-site", "same-site", "none"] {
            let answer = open(site).await;
            assert_eq!((answer.status, answer.header(header::LOCATION)), (StatusCode::SEE_OTHER, "/login"), "{site}");
        }
    });
}

#[test]
fn startups_of_one_name_can_begin_at_once() {
    run(async {
        let app = App::new().await;
        let mut people = Vec::new();
        for i in 0..6 {
            let (mut client, email) = (app.stranger(), format!("p{i}@konex.test"));
            people.push(tokio::spawn(async move {
                let fields = NEW.map(|(k, v)| if k == "email" { (k, email.as_str()) } else { (k, v) });
                client.submit("/api/auth/sign-up", &fields).await.status
            }));
        }
        for person in people {
            assert_eq!(person.await.unwrap(), StatusCode::OK);
        }
    });
}

#[test]
fn a_sign_in_that_is_given_up_keeps_its_turn_to_the_end() {
    run(async {
        // each hash takes 19 MiB: without turns these would run all at once
        let before = resident();
        for _ in 0..60 {
            let work = prospector::server::password::verify("x".into(), None);
            let _ = tokio::time::timeout(std::time::Duration::from_millis(1), work).await;
        }
        assert!(resident() < before + 200 * 1024, "{before} KiB before, {} KiB after", resident());
    });
}

/// Memory of this process, in KiB.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    text.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap().trim().trim_end_matches(" kB").parse().unwrap()
}
