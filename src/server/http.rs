//! The router: pages and server functions, static files, and the layers around them.

use std::sync::LazyLock;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::serve::ListenerExt;
use leptos::prelude::{LeptosOptions, provide_context};
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use leptos_axum::{AxumRouteListing, LeptosRoutes, file_and_error_handler_with_context, generate_route_list};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_sessions::Session;

use super::config::Config;
use super::context::{AppState, ResearchMeans};
use super::db::Db;
use super::live::{self, Live};
use super::{headers, late, session, team_address};
use crate::accounts;
use crate::app::{App, shell};
use crate::error::AppError;
use crate::pipeline;

/// Made once: while a list is being generated no page may render (leptos #4773).
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// A form may hold this much; imports will bring their own limit.
const BODY_LIMIT: usize = 256 * 1024;

/// The whole application. Its streams end when `live` is closed.
pub fn router(db: Db, live: Live, research: ResearchMeans, config: &Config) -> Router {
    let leptos = LeptosOptions::builder()
        .output_name("prospector")
        .site_root(config.site_dir.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .build();
    let state = AppState { db: db.clone(), live, leptos, secure: config.secure(), public_url: config.public_url.clone(), research };
    let context = {
        let state = state.clone();
        move || {
            provide_context(state.clone());
            headers::content_policy();
        }
    };
    let options = state.leptos.clone();
    let events = db.clone();
    let mut app = Router::new()
        .leptos_routes_with_context(&state, ROUTES.clone(), context.clone(), {
            let options = options.clone();
            move || shell(options.clone())
        })
        .route("/accounts/export", axum::routing::post(accounts::export::export))
        .route("/pipeline/export", axum::routing::get(pipeline::export::export))
        .route("/calendar/{file}", axum::routing::get(pipeline::calendar::file::file))
        .route("/accounts/{id}/suggestions/{run}", axum::routing::get(crate::enrichment::suggestions::frame))
        .route("/live", axum::routing::get(live::stream))
        .fallback(file_and_error_handler_with_context::<AppState, _>(context, shell))
        .layer(middleware::from_fn_with_state(state.clone(), late::fill))
        .layer(middleware::from_fn(error_status))
        .layer(middleware::from_fn_with_state(db.clone(), team_address::enter))
        .layer(middleware::from_fn(require_sign_in))
        .layer(middleware::from_fn(drop_foreign_errors))
        .layer(session::layer(db, config.secure()))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CsrfLayer::new())
        .with_state(state)
        // any site may post events; beyond the check for other sites' forms, and without a session
        .merge(crate::scoring::ingest::door::router(events))
        .nest_service("/pkg", static_files(config))
        .route("/healthz", axum::routing::get(|| async { "ok" }))
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(30)))
        .layer(CatchPanicLayer::new());
    for (name, value) in headers::FIXED {
        app = app.layer(SetResponseHeaderLayer::overriding(name, value));
    }
    if config.secure() {
        app = app.layer(SetResponseHeaderLayer::overriding(headers::HSTS.0, headers::HSTS.1));
    }
    app
}

/// Style, script and module, compressed beforehand; the browser asks again and mostly hears "not modified".
fn static_files(config: &Config) -> Router {
    Router::new()
        .fallback_service(ServeDir::new(config.site_dir.join("pkg")).precompressed_br().precompressed_gzip())
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-cache")))
}

/// Gives a failed server function the status of its error, which Leptos 0.8 answers with 500 whatever it is. A form sent
/// without JavaScript is a redirect by now and stays one.
async fn error_status(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR || !response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    if let Some(status) = serde_json::from_slice::<AppError>(&body).ok().and_then(|e| StatusCode::from_u16(e.status()).ok()) {
        parts.status = status;
    }
    Response::from_parts(parts, Body::from(body))
}

/// A form's refusal comes back in the address. One that another site put there is somebody else's text: off it goes.
async fn drop_foreign_errors(request: Request, next: Next) -> Response {
    let ours = request.headers().get("sec-fetch-site").is_none_or(|site| site == "same-origin");
    let query = request.uri().query().unwrap_or_default();
    if ours || !query.split('&').any(|pair| name_of(pair) == "__err") {
        return next.run(request).await;
    }
    Redirect::to(&address_without(request.uri(), &["__err", "__path"])).into_response()
}

/// A request's address without the parameters of these names; always on this site, however its path begins.
pub(super) fn address_without(uri: &Uri, names: &[&str]) -> String {
    let named = |pair: &&str| names.contains(&name_of(pair).as_str());
    let kept: Vec<_> = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !named(pair)).collect();
    let path = format!("/{}", uri.path().trim_start_matches('/'));
    if kept.is_empty() { path } else { format!("{path}?{}", kept.join("&")) }
}

/// The name in a pair of a query, as whoever reads it will: `%5F` is an underscore, too.
pub(super) fn name_of(pair: &str) -> String {
    form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

/// Pages that anybody may open.
const PUBLIC: [&str; 4] = ["/login", "/signup", "/join/{token}", "/reset/{token}"];

/// Whether a request is for a page, not for a file or a server function.
pub(super) fn is_page(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD) && ROUTES.iter().any(|route| matches_route(route.path(), request.uri().path()))
}

/// Sends people without a session to the sign-in page, and back to where they wanted to go afterwards. That a session is
/// still valid is each transaction's to decide.
async fn require_sign_in(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let signed_in = request.extensions().get::<Session>().is_some_and(|s| s.id().is_some());
    if !signed_in && !PUBLIC.iter().any(|public| matches_route(public, path)) && is_page(&request) {
        let wanted = request.uri().path_and_query().map_or("/", |p| p.as_str());
        return Redirect::to(&crate::auth::login_address(wanted)).into_response();
    }
    next.run(request).await
}

/// Whether `path` is an instance of a listed route such as `/accounts/{id}`.
fn matches_route(route: &str, path: &str) -> bool {
    let mut parts = path.trim_matches('/').split('/');
    let mut wanted = route.trim_matches('/').split('/');
    loop {
        match (wanted.next(), parts.next()) {
            (None, None) => return true,
            (Some(w), Some(p)) if w == p || w.starts_with('{') || w.starts_with(':') => {}
            _ => return false,
        }
    }
}

/// Requests under way when the server is asked to stop may take so long to end.
const LAST_CALL: Duration = Duration::from_secs(10);

/// Serves until `stop` resolves, then lets running requests end, for [`LAST_CALL`] at most.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, app: Router, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    // without TCP_NODELAY the second part of a streamed page waits for an acknowledgement: 26 ms instead of 0.3
    let listener = listener.tap_io(|io| {
        let _ = io.set_nodelay(true);
    });
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let server =
        axum::serve(listener, app.into_make_service_with_connect_info::<std::net::SocketAddr>()).with_graceful_shutdown(async move {
            stop.await;
            let _ = stopping.send(());
        });
    tokio::select! {
        done = server.into_future() => done,
        () = async { let _ = stopped.await; tokio::time::sleep(LAST_CALL).await } => Ok(()),
    }
}
