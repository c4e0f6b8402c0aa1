//! The demo startup: a team of made-up people with made-up customers in several languages, so that every page has
//! something true to its kind to show. All of it is marked as sample data and goes with one click.

mod generate;
pub mod site;
mod store;
mod words;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::auth::{Email, NewPassword};
use crate::error::AppError;
use crate::server::db::Db;
use crate::server::{password, session};
use crate::team::Role;

/// Password of the demo's sign-ins. They exist in a private database on this machine only.
pub const PASSWORD: &str = "prospector-demo";

/// Who can sign in to the demo, as what.
pub const SIGN_INS: [(&str, &str, Role); 3] = [
    ("Ada Sørensen", "ada@northwind.example", Role::Owner),
    ("Emil Laurent", "emil@northwind.example", Role::Editor),
    ("Vera Nowak", "vera@northwind.example", Role::Viewer),
];

/// Members without sign-in, who own accounts and deals and wrote to them.
const COLLEAGUES: [&str; 3] = ["Camille Lefèvre", "Darius Bell", "Mirjam Öztürk"];

/// `import_source` of sample data.
pub const SOURCE: &str = "sample";

/// Always the same made-up customers.
const SEED: u64 = 20_261_122;

/// Whether nobody has signed up yet, but for the startup of many accounts.
///
/// # Errors
/// When the database cannot be reached.
pub async fn is_wanted(administrator: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT NOT EXISTS (SELECT FROM auth.users WHERE email IS DISTINCT FROM $1)")
        .bind(crate::bulk::EMAIL)
        .fetch_one(administrator)
        .await
}

/// Whether the demo's people are there to sign in as.
///
/// # Errors
/// When the database cannot be reached.
pub async fn is_there(administrator: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM auth.users WHERE email = $1)").bind(SIGN_INS[0].1).fetch_one(administrator).await
}

/// Makes the demo team and its customers, through the same context and policies as everybody. Only what no person may
/// set (since when an account is known, when it was last researched) is written by the administrator.
///
/// # Errors
/// When the database refuses.
pub async fn seed(db: &Db, administrator: &mut PgConnection) -> Result<(), AppError> {
    let hash = password::hash(NewPassword::parse(PASSWORD.into())?.into_inner()).await?;
    let [(owner_name, owner_email, _), others @ ..] = SIGN_INS;
    let mut tx = db.auth().await?;
    let owner = crate::auth::store::sign_up(&mut tx, owner_name, &Email::parse(owner_email)?, &hash, "Northwind Labs").await?;
    tx.commit().await?;
    let startup: Uuid =
        sqlx::query_scalar("SELECT startup_id FROM team_members WHERE user_id = $1").bind(owner).fetch_one(&mut *administrator).await?;
    let owner = session::open_brief(db, owner, startup).await?;
    for (name, email, role) in others {
        store::join(db, &owner, name, &Email::parse(email)?, &hash, role).await?;
    }
    let colleagues = store::add_colleagues(db, &owner, &COLLEAGUES).await?;
    let mut authors = vec![owner.clone()];
    for colleague in &colleagues {
        authors.push(session::open_brief(db, *colleague, startup).await?);
    }
    let team: Vec<Uuid> = store::user_ids(db, &authors).await?;
    let book = generate::book(SEED, chrono::Utc::now(), &team);
    store::write(db, &authors, &book).await?;
    store::age(administrator).await?;
    for token in &authors {
        session::close(db, token).await?;
    }
    Ok(())
}
