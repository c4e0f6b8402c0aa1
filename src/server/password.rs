//! Passwords: argon2id, off the async threads, two at a time, so that a flood of sign-ins leaves the pages responsive.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use super::errors::internal;
use crate::error::AppError;

/// Hashing takes a core and 19 MiB each time.
static TURN: Semaphore = Semaphore::const_new(2);

/// Verified when the e-mail is unknown, so that both answers take alike. Of no password that anybody has.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let unknowable = uuid::Uuid::new_v4().to_string();
    Argon2::default().hash_password(unknowable.as_bytes()).map(|h| h.to_string()).unwrap_or_default()
});

/// More people than this waiting for their turn are asked to come back.
static PLACES: Semaphore = Semaphore::const_new(64);

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    let place = PLACES.try_acquire().map_err(|_| AppError::Busy)?;
    let turn = TURN.acquire().await.map_err(internal)?;
    // the work keeps its turn to its end, even when the request that asked for it is gone
    let done = tokio::task::spawn_blocking(move || {
        let _held = (place, turn);
        work()
    });
    done.await.map_err(internal)
}

/// A salted argon2id hash in PHC form.
///
/// # Errors
/// When the system has no randomness to give.
pub async fn hash(password: String) -> Result<String, AppError> {
    in_turn(move || Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string())).await?.map_err(internal)
}

/// Whether `password` is the one of `hash`; with no hash the answer is no, after the same work.
///
/// # Errors
/// When the worker thread is gone.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, AppError> {
    in_turn(move || {
        // made the first time whoever asks, not only for the first unknown address
        let nobody = NOBODY.clone();
        let known = hash.is_some();
        let hash = hash.unwrap_or(nobody);
        let parsed = argon2::PasswordHash::new(&hash);
        known & parsed.is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok())
    })
    .await
}
