//! The team over HTTP: invitations, roles, links for a new password, several startups, settings.

mod invitations;
mod resets;
mod roles;
mod startups;

use crate::harness::{Answer, App, Client, PASSWORD, Person, Team};
use axum::http::{StatusCode, header};
use prospector::team::TeamRoom;
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

async fn team_of(client: &mut Client, link: &str) -> TeamRoom {
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
