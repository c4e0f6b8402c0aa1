//! Data that are read again in place. The page's first reading comes with its HTML; later ones change what is shown
//! without taking it down, so that forms, focus and selection stay.

use std::future::Future;
use std::time::Duration;

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::AppError;
use crate::team::Workspace;
use crate::ui::frame::SignedIn;
use crate::ui::problem::Problem;

/// What was read, as it changes.
pub type Shown<T> = ArcRwSignal<T>;

/// Who is signed in, where and with whom, as rooms hand it on.
pub type Desk = StoredValue<Workspace>;

/// A lost connection is tried again after this long.
const AGAIN: Duration = Duration::from_secs(3);

/// Whether the server was out of reach when something was last read; the frame says so.
#[derive(Clone, Copy)]
pub struct Connection(RwSignal<bool>);

impl Connection {
    pub fn provide() -> Self {
        let connection = Self(RwSignal::new(false));
        provide_context(connection);
        connection
    }

    pub fn is_lost(self) -> bool {
        self.0.get()
    }

    pub fn lost(self) {
        self.0.try_set(true);
    }

    pub fn found(self) {
        self.0.try_set(false);
    }
}

/// What stands in the room: data, or the reason why there are none.
#[derive(Clone)]
enum Standing<T: 'static> {
    Data(Shown<T>),
    Refused(AppError),
}

impl<T: Send + Sync> From<Result<T, AppError>> for Standing<T> {
    fn from(read: Result<T, AppError>) -> Self {
        match read {
            Ok(data) => Self::Data(ArcRwSignal::new(data)),
            Err(error) => Self::Refused(error),
        }
    }
}

/// Reads `source` with `read` and shows it with `show`, which is called once, with whoever is signed in, and then follows
/// its signal. `busy` is true while something is read again.
#[component]
pub fn Live<K, T, Fut, S>(
    source: Memo<K>,
    read: fn(K) -> Fut,
    show: S,
    waiting: &'static str,
    #[prop(optional)] busy: Option<WriteSignal<bool>>,
) -> impl IntoView
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    Fut: Future<Output = Result<T, AppError>> + Send + 'static,
    S: Fn(Shown<T>, Desk) -> AnyView + Clone + Send + Sync + 'static,
{
    let signed_in = expect_context::<SignedIn>();
    let started = source.get_untracked();
    let first = Resource::new_blocking(|| (), {
        let started = started.clone();
        move |()| read(started.clone())
    });
    let again = Action::new(move |key: &K| {
        let key = key.clone();
        async move { (key.clone(), read(key).await) }
    });
    view! {
        <Suspense fallback=move || view! { <p class="quiet reading">{waiting}</p> }>
            {move || {
                let (started, show) = (started.clone(), show.clone());
                Suspend::new(async move {
                    // without a desk nobody is signed in, and the frame says so
                    let desk = Desk::new(signed_in.await.ok()?);
                    let standing = RwSignal::new(Standing::from(first.await));
                    follow(source, started, again, standing);
                    if let Some(busy) = busy {
                        Effect::new(move || busy.set(again.pending().get()));
                    }
                    Some(move || match standing.get() {
                        Standing::Data(shown) => show(shown, desk),
                        Standing::Refused(error) => view! { <Problem error/> }.into_any(),
                    })
                })
            }}
        </Suspense>
    }
}

/// Reads again whenever the source is no longer what was read. A lost connection leaves what is there, and is tried again.
fn follow<K, T>(source: Memo<K>, started: K, again: Action<K, (K, Result<T, AppError>)>, standing: RwSignal<Standing<T>>)
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
{
    Effect::new(move |before: Option<K>| {
        let key = source.get();
        if before.as_ref().unwrap_or(&started) != &key {
            again.dispatch(key.clone());
        }
        key
    });
    let connection = expect_context::<Connection>();
    Effect::new(move || {
        // an action takes every answer, however late: only the one to what is asked now counts
        let Some((key, read)) = again.value().get().filter(|(key, _)| *key == source.get_untracked()) else { return };
        if let Err(AppError::Unreachable | AppError::Busy | AppError::Internal { .. }) = read {
            connection.lost();
            let retry = move || drop(source.try_get_untracked().filter(|now| *now == key).map(|key| again.dispatch(key)));
            set_timeout(retry, AGAIN);
            return;
        }
        connection.found();
        match (standing.get_untracked(), read) {
            (Standing::Data(shown), Ok(data)) => shown.set(data),
            (_, read) => standing.set(read.into()),
        }
    });
}
