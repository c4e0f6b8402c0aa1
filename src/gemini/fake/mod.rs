//! A stand-in for Google on this machine: it refuses what Google refuses, with the same bodies, and answers as Gemini does.
//!
//! Without more it gives good answers about whatever company it is asked about. A marker in the question, such as a company that is
//! called `Acme scenario-cut`, or the header `x-fake-scenario`, makes it misbehave; `scenario.rs` says how.

mod answers;
mod batch;
mod check;
mod company;
mod reader;
mod refusals;
mod scenario;
mod serve;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use scenario::Scenario;

/// The only key that is let in.
pub const KEY: &str = "fake-gemini-key";

/// A running stand-in; it ends when it is dropped.
pub struct Fake {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<io::Result<()>>,
}

/// One request, as it came in.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    pub path: String,
    /// Where there is none, the body was no JSON.
    pub body: Option<Value>,
    /// What it was answered with.
    pub status: u16,
    /// Fields about sampling that it had: there should be none.
    pub sampling: usize,
    /// Whether the key stood in the address, where logs would keep it.
    pub key_in_address: bool,
}

#[derive(Default)]
struct State {
    log: Mutex<Vec<Logged>>,
    /// How often a scenario was met, for those that pass.
    met: Mutex<HashMap<String, u32>>,
    batches: Mutex<Vec<batch::Batch>>,
}

impl Fake {
    /// Listens on a free port of this machine.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> io::Result<Self> {
        Self::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    /// Listens on an address of this machine.
    ///
    /// # Errors
    /// When the address is taken, or another machine could reach it.
    pub async fn listen(address: SocketAddr) -> io::Result<Self> {
        if !address.ip().is_loopback() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it listens on this machine only"));
        }
        let listener = TcpListener::bind(address).await?;
        let (address, state) = (listener.local_addr()?, Arc::new(State::default()));
        let router = serve::router(Arc::clone(&state));
        let task = tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, state, task })
    }

    /// What to set `GEMINI_BASE_URL` to.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far, in order.
    pub fn requests(&self) -> Vec<Logged> {
        lock(&self.state.log).clone()
    }

    /// Serves until it fails.
    ///
    /// # Errors
    /// The one it failed with.
    pub async fn run(mut self) -> io::Result<()> {
        (&mut self.task).await.map_err(io::Error::other)?
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A test that panics holds up no other.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
