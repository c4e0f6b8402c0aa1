//! Tells open boards what changed. One connection listens for the whole server, as long as anybody watches; each stream
//! passes on what concerns its startup, and only ids that its own person sees, read under their own policies. A stream
//! whose session or membership has ended ends at the next change.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use futures::stream::{Stream, unfold};
use serde::Deserialize;
use sqlx::postgres::PgListener;
use tokio::sync::broadcast::{self, Receiver, Sender, error::RecvError};
use tower_sessions::Session;
use uuid::Uuid;

use super::context::AppState;
use super::db::{Db, TenantTx};
use crate::error::AppError;
use crate::pipeline::store::news;

/// What `app.tell_deals` notifies.
const CHANNEL: &str = "prospector_deals";
/// So many messages wait for a slow stream; one that falls further behind reads everything again.
const WAITING: usize = 256;
/// A transaction's changes carry the time of its beginning: what is caught up on starts so much earlier.
const OVERLAP: TimeDelta = TimeDelta::seconds(10);
/// More changed deals than these are told as all.
const LISTED: i64 = 200;
/// After a lost connection the listener tries again, and a browser comes back, after this long.
const AGAIN: Duration = Duration::from_secs(1);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A change somewhere in the database.
#[derive(Clone, Debug)]
enum Change {
    /// Deals of a startup; none: more than could be listed.
    Deals { startup: Uuid, deals: Option<Vec<Uuid>> },
    /// Research or scores of accounts; empty: more than could be listed.
    Research { startup: Uuid, accounts: Vec<Uuid> },
    /// The listener was away: anything may have changed.
    Gap,
}

/// What [`CHANNEL`] carries.
#[derive(Deserialize)]
struct Told {
    startup: Uuid,
    deals: Option<Vec<Uuid>>,
    accounts: Option<Vec<Uuid>>,
}

impl From<Told> for Change {
    fn from(Told { startup, deals, accounts }: Told) -> Self {
        match accounts {
            Some(accounts) => Self::Research { startup, accounts },
            None => Self::Deals { startup, deals },
        }
    }
}

/// The server's ear. Cheap to clone.
#[derive(Clone, Default)]
pub struct Live(Arc<Mutex<Option<Sender<Change>>>>);

impl Live {
    /// Ends all streams, so that the server can stop.
    pub fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// From now on every change is heard.
    async fn watch(&self, db: &Db) -> Result<Receiver<Change>, sqlx::Error> {
        if let Some(receiver) = self.join() {
            return Ok(receiver);
        }
        let listener = db.listen(CHANNEL).await?;
        let mut here = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // two who came at once: the second finds the first one's
        if let Some(sender) = here.as_ref() {
            return Ok(sender.subscribe());
        }
        let (sender, receiver) = broadcast::channel(WAITING);
        *here = Some(sender);
        tokio::spawn(self.clone().listen(db.clone(), listener));
        Ok(receiver)
    }

    fn join(&self) -> Option<Receiver<Change>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(Sender::subscribe)
    }

    /// Passes on what is told until nobody is left to hear it.
    async fn listen(self, db: Db, mut listener: PgListener) {
        loop {
            // wakes up now and then to see whether anybody is left
            let change = match tokio::time::timeout(KEEP_ALIVE, listener.try_recv()).await {
                Err(_) => None,
                Ok(Ok(Some(told))) => serde_json::from_str::<Told>(told.payload()).ok().map(Change::from),
                Ok(Ok(None)) => Some(Change::Gap),
                Ok(Err(error)) => {
                    if !self.pass_on(None) {
                        return;
                    }
                    tracing::warn!("changes cannot be heard: {error}");
                    tokio::time::sleep(AGAIN).await;
                    match db.listen(CHANNEL).await {
                        Ok(again) => listener = again,
                        Err(_) => continue,
                    }
                    Some(Change::Gap)
                }
            };
            if !self.pass_on(change) {
                return;
            }
        }
    }

    /// Whether there is anybody left to hear the next one.
    fn pass_on(&self, change: Option<Change>) -> bool {
        let mut sender = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = sender.as_ref().is_some_and(|sender| match change {
            Some(change) => sender.send(change).is_ok(),
            None => sender.receiver_count() > 0,
        });
        if !heard {
            sender.take();
        }
        heard
    }
}

/// What a page asks: of which startup, and since when in microseconds since 1970, if not from its last event.
#[derive(Deserialize)]
pub struct Asked {
    startup: Option<Uuid>,
    since: Option<i64>,
    #[serde(default)]
    of: Of,
}

/// What a stream is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Of {
    #[default]
    Deals,
    Research,
}

/// A stream of changed deals: `deals` with ids and versions, or `all`; or of accounts whose research or score changed:
/// `research` with ids, or `all`.
pub async fn stream(State(state): State<AppState>, session: Session, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let Some(token) = session.id().map(|id| id.to_string()) else { return StatusCode::UNAUTHORIZED.into_response() };
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let since = last.or(asked.since).and_then(DateTime::from_timestamp_micros);
    match open(&state, token, &asked, since).await {
        Ok(stream) => ([("x-accel-buffering", "no")], Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))).into_response(),
        Err(error) => StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response(),
    }
}

/// A stream's end in the server.
struct Watch {
    db: Db,
    token: String,
    startup: Uuid,
    of: Of,
    changes: Receiver<Change>,
    /// Said first: what happened before the stream was open.
    first: Option<News>,
}

/// What a stream says.
enum News {
    Deals(Vec<(Uuid, i32)>),
    Research(Vec<Uuid>),
    All,
}

async fn open(
    state: &AppState,
    token: String,
    asked: &Asked,
    since: Option<DateTime<Utc>>,
) -> Result<impl Stream<Item = Result<Event, Infallible>> + use<>, AppError> {
    let startup = state.db.tenant(&token).await?.startup();
    // in another window the person has gone to another one
    if asked.startup.is_some_and(|asked| asked != startup) {
        return Err(AppError::NotFound);
    }
    let changes = state.live.watch(&state.db).await?;
    // listening comes first: nothing falls between
    let mut watch = Watch { db: state.db.clone(), token, startup, of: asked.of, changes, first: None };
    // what is no time of ours is none
    let since = since.filter(|since| *since <= Utc::now() + OVERLAP && since.timestamp() > 0);
    watch.first = match since.and_then(|since| since.checked_sub_signed(OVERLAP)) {
        Some(since) if asked.of == Of::Deals => watch.missed(since).await?,
        _ => Some(News::All),
    };
    Ok(unfold(watch, |mut watch| async move {
        let news = match watch.first.take() {
            Some(news) => news,
            None => watch.next().await?,
        };
        Some((Ok(event(news)), watch))
    }))
}

fn event(news: News) -> Event {
    let event = Event::default().id(Utc::now().timestamp_micros().to_string()).retry(AGAIN);
    match news {
        News::All => event.event("all").data("-"),
        News::Deals(deals) => event.event("deals").data(serde_json::to_string(&deals).unwrap_or_default()),
        News::Research(accounts) => event.event("research").data(serde_json::to_string(&accounts).unwrap_or_default()),
    }
}

impl Watch {
    /// The next news of this startup; none when the stream has to end.
    async fn next(&mut self) -> Option<News> {
        loop {
            let change = match self.changes.recv().await {
                Ok(change) => change,
                Err(RecvError::Lagged(_)) => Change::Gap,
                Err(RecvError::Closed) => return None,
            };
            if !self.concerns(&change) {
                continue;
            }
            match self.seen(change).await {
                Ok(News::Deals(deals)) if deals.is_empty() => {}
                Ok(News::Research(accounts)) if accounts.is_empty() => {}
                Ok(news) => return Some(news),
                // too much at once, but nobody was shut out: everything is read again
                Err(AppError::Busy) => return Some(News::All),
                Err(_) => return None,
            }
        }
    }

    fn concerns(&self, change: &Change) -> bool {
        match change {
            Change::Deals { startup, .. } => self.of == Of::Deals && *startup == self.startup,
            Change::Research { startup, .. } => self.of == Of::Research && *startup == self.startup,
            Change::Gap => true,
        }
    }

    /// The person's transaction, in the startup that the stream is of.
    async fn tenant(&self) -> Result<TenantTx, AppError> {
        let tx = self.db.tenant(&self.token).await?;
        if tx.startup() == self.startup { Ok(tx) } else { Err(AppError::NotFound) }
    }

    /// Of what was told, what this person sees now.
    async fn seen(&self, change: Change) -> Result<News, AppError> {
        let mut tx = self.tenant().await?;
        Ok(match change {
            Change::Deals { deals: Some(ids), .. } => News::Deals(news::seen(&mut tx, &ids).await?),
            Change::Research { accounts, .. } if !accounts.is_empty() => {
                News::Research(crate::accounts::store::seen(&mut tx, &accounts).await?)
            }
            _ => News::All,
        })
    }

    /// What changed since then, if anything.
    async fn missed(&self, since: DateTime<Utc>) -> Result<Option<News>, AppError> {
        let mut tx = self.tenant().await?;
        let deals = news::since(&mut tx, since, LISTED + 1).await?;
        Ok(match i64::try_from(deals.len()).unwrap_or(i64::MAX) {
            0 => None,
            n if n > LISTED => Some(News::All),
            _ => Some(News::Deals(deals)),
        })
    }
}
