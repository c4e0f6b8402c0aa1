//! The door that events come in by, for everybody who has a key: `POST /e/{key}`, and the script that uses it,
//! `GET /e/{key}.js`. It reads no cookie, sets none, and answers the same whether a person is known or not.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_sessions::session::Id;

use super::limit::Limit;
use crate::scoring::evidence::EventKind;
use crate::scoring::store;
use crate::server::db::Db;

/// Bytes of an event.
const MOST: usize = 4 * 1024;
/// Events a second of a key, and at once.
const OF_A_KEY: (f64, f64) = (20.0, 100.0);
/// Events a second of a visitor's address, and at once.
const OF_A_PEER: (f64, f64) = (5.0, 50.0);
/// So many keys and addresses are remembered.
const REMEMBERED: usize = 10_000;

/// The script, as it stands on somebody's page.
const SCRIPT: &str = include_str!("tell.js");

#[derive(Clone)]
struct Door {
    db: Db,
    keys: Arc<Limit<Id>>,
    peers: Arc<Limit<IpAddr>>,
}

/// The door's routes. They stand outside of the layers of pages: any site may post here, and nowhere else.
pub fn router(db: Db) -> Router {
    let door = Door {
        db,
        keys: Arc::new(Limit::new(OF_A_KEY.0, OF_A_KEY.1, REMEMBERED)),
        peers: Arc::new(Limit::new(OF_A_PEER.0, OF_A_PEER.1, REMEMBERED)),
    };
    Router::new()
        .route("/e/{key}", get(script).post(take))
        .layer(DefaultBodyLimit::max(MOST))
        .layer(middleware::from_fn_with_state(door.clone(), bound))
        .layer(SetResponseHeaderLayer::overriding(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")))
        .layer(SetResponseHeaderLayer::overriding(
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("cross-origin"),
        ))
        .with_state(door)
}

/// Holds back who knocks too often. A peer in a private network is a proxy, behind which everybody would be one: there the
/// key's own limit holds.
async fn bound(State(door): State<Door>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
    match peer {
        Some(peer) if is_public(peer) && !door.peers.takes(network(peer), Instant::now()) => too_many(),
        _ => next.run(request).await,
    }
}

fn too_many() -> Response {
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")], "Too many events. Wait a moment.").into_response()
}

fn is_public(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(ip) => !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified()),
        IpAddr::V6(ip) => !(ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unique_local() || ip.is_unspecified()),
    }
}

/// Whoever has an IPv6 address has a network of them.
fn network(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(ip) => IpAddr::from((u128::from(ip) & !u128::from(u64::MAX)).to_be_bytes()),
    }
}

/// The script is the same for every key: it finds the key in its own address.
async fn script(Path(name): Path<String>) -> Response {
    let is_key = name.strip_suffix(".js").is_some_and(|key| key.parse::<Id>().is_ok());
    if !is_key {
        return StatusCode::NOT_FOUND.into_response();
    }
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")], SCRIPT).into_response()
}

async fn take(State(door): State<Door>, Path(key): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(id) = key.parse::<Id>() else { return StatusCode::NOT_FOUND.into_response() };
    if !door.keys.takes(id, Instant::now()) {
        return too_many();
    }
    let is_form = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let event = match Event::read(&body, is_form, Utc::now()) {
        Ok(event) => event,
        Err(why) => return (StatusCode::BAD_REQUEST, why).into_response(),
    };
    match hand_in(&door.db, &id.to_string(), &event).await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::warn!("an event was not taken: {error}");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn hand_in(db: &Db, key: &str, event: &Event) -> Result<bool, sqlx::Error> {
    let mut stranger = db.person(None).await?;
    let known = store::take_event(&mut stranger, key, event).await?;
    stranger.commit().await?;
    Ok(known)
}

/// Something that a lead did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub email: String,
    pub kind: EventKind,
    pub channel: Option<String>,
    pub at: DateTime<Utc>,
    pub url: Option<String>,
    /// The sender's own name for it: the same one twice is one event.
    pub id: Option<String>,
}

/// An event as it is sent. What else is sent is left alone.
#[derive(Deserialize)]
struct Sent {
    email: String,
    kind: Option<String>,
    channel: Option<String>,
    at: Option<String>,
    url: Option<String>,
    id: Option<String>,
}

impl Event {
    /// Reads a form, or JSON whatever it is called: a page's beacon calls it text.
    fn read(body: &[u8], is_form: bool, now: DateTime<Utc>) -> Result<Self, &'static str> {
        let sent: Sent = if is_form {
            let pairs: serde_json::Map<_, _> = form_urlencoded::parse(body)
                .map(|(name, value)| (name.into_owned(), serde_json::Value::String(value.into_owned())))
                .collect();
            serde_json::from_value(pairs.into()).map_err(|_| "email is missing")?
        } else {
            serde_json::from_slice(body).map_err(|_| "neither a form nor JSON with an email")?
        };
        let email = text(Some(sent.email), 254)?.filter(|email| email.contains('@')).ok_or("email is no address")?;
        let kind = match text(sent.kind, 40)? {
            None => EventKind::SiteVisit,
            Some(kind) => kind.parse().map_err(|()| "kind is none that is known")?,
        };
        let at = match text(sent.at, 40)? {
            None => now,
            Some(at) => DateTime::parse_from_rfc3339(&at).map_err(|_| "at is no time such as 2026-11-23T12:00:00Z")?.to_utc(),
        };
        Ok(Self {
            email: email.to_lowercase(),
            kind,
            channel: text(sent.channel, 60)?,
            at,
            url: text(sent.url, 1_000)?,
            id: text(sent.id, 200)?,
        })
    }
}

/// One line of at most so many characters; nothing for an empty one.
fn text(text: Option<String>, most: usize) -> Result<Option<String>, &'static str> {
    let Some(text) = text.map(|text| text.trim().to_string()).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.chars().count() > most || text.chars().any(char::is_control) {
        return Err("a text is too long, or holds control characters");
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_from_forms_and_json() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let form = Event::read(b"email=A%40x.test&kind=form&channel=+site+&id=7&more=1", true, now).unwrap();
        assert_eq!((form.email.as_str(), form.kind, form.channel.as_deref(), form.at), ("a@x.test", EventKind::Form, Some("site"), now));
        let json = Event::read(br#"{"email": "a@x.test", "at": "2026-11-20T10:00:00+02:00", "url": ""}"#, false, now).unwrap();
        assert_eq!((json.kind, json.url, json.at.to_rfc3339()), (EventKind::SiteVisit, None, "2026-11-20T08:00:00+00:00".into()));
        for bad in [
            &br#"{"email": 7}"#[..],
            br#"{"kind": "form"}"#,
            br#"{"email": "nobody"}"#,
            br#"{"email": "a@x.test", "kind": "hack"}"#,
            br#"{"email": "a@x.test", "at": "soon"}"#,
            b"{\"email\": \"a\\u0000@x.test\"}",
            b"",
            b"\xff\xfe",
        ] {
            assert!(Event::read(bad, false, now).is_err(), "{}", String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn a_proxy_is_not_one_visitor() {
        for (peer, public) in [("127.0.0.1", false), ("10.1.2.3", false), ("fd00::1", false), ("203.0.113.9", true), ("2001:db8::1", true)]
        {
            assert_eq!(is_public(peer.parse().unwrap()), public, "{peer}");
        }
        assert_eq!(network("2001:db8::1".parse().unwrap()), network("2001:db8::ffff".parse().unwrap()));
        assert_ne!(network("2001:db8:0:1::1".parse().unwrap()), network("2001:db8:0:2::1".parse().unwrap()));
    }
}
