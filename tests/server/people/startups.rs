//! Several startups of one person, addresses that name one, and settings.

use super::{FORBIDDEN, NO_STARTUP, SIGNED_OUT, join_another, led_to, said, team_of};
use crate::harness::{Answer, App, Person, Team, run, token};
use axum::http::{Request, StatusCode, header};
use prospector::error::AppError;

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
fn another_sites_refusal_is_dropped_however_its_name_is_written() {
    run(async {
        let app = App::new().await;
        for query in ["__err=x&__path=/api/auth/sign-in", "%5F%5Ferr=x&%5f_path=y", "_%5Ferr=x"] {
            let request = Request::get(format!("/login?next=/team&{query}")).header("sec-fetch-site", "cross-site");
            let answer = app.stranger().send(request, String::new()).await;
            assert_eq!((answer.status, answer.header(header::LOCATION)), (StatusCode::SEE_OTHER, "/login?next=/team"), "{query}");
        }
    });
}
