//! Server functions of the profile's page.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::ProfileRoom;
use crate::error::AppError;
use crate::scoring::icp::IcpForm;

/// The profile; with `asked`, how the present leads would spread by that one. Nothing is saved.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "scoring/profile", input = Json)]
pub async fn read_profile(#[server(default)] asked: Option<IcpForm>) -> Result<ProfileRoom, AppError> {
    use crate::scoring::store;
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let icp = store::icp(&mut tx).await?;
    let startup = tx.startup();
    let mut room = ProfileRoom { startup, form: IcpForm::of(&icp), icp, spread: None, problem: None };
    if let Some(asked) = asked {
        match asked.parse() {
            Ok(wanted) => room.spread = Some(store::spread(&mut tx, wanted).await?),
            Err(error) => room.problem = Some(error.with_texts(asked.texts())),
        }
        room.form = asked;
    }
    tx.commit().await?;
    Ok(room)
}

/// Saves the profile and queues new scores.
///
/// # Errors
/// [`AppError::Invalid`] with the list that has to change, [`AppError::Forbidden`] for editors and viewers.
#[server(endpoint = "scoring/profile/save")]
pub async fn save_profile(
    #[server(default)] startup: String,
    #[server(default)] industries: String,
    #[server(default)] sizes: String,
    #[server(default)] regions: String,
    #[server(default)] technologies: String,
    #[server(default)] keywords: String,
) -> Result<(), AppError> {
    use crate::scoring::store;
    use crate::server::context;
    let form = IcpForm { industries, sizes, regions, technologies, keywords };
    let mut tx = context::tenant().await?;
    tx.manages()?;
    let icp = tx.is_in(&startup).and_then(|()| form.parse()).map_err(|e| e.with_texts(form.texts()))?;
    store::save_icp(&mut tx, &icp).await?;
    tx.commit().await?;
    leptos_axum::redirect("/settings/icp");
    Ok(())
}
