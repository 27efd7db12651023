//! What happens, as a stream: pages that show figures learn within a second or two that they have changed.

use crate::{
    kernel::{
        App, EventId, Result,
        http::{Closing, Failures},
    },
    people::{Role, Visitor},
    record::store,
};
use axum::{
    Extension,
    extract::State,
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use std::{convert::Infallible, time::Duration};

/// Who may follow what happens within their scope.
pub const FOLLOWERS: &[Role] = &[
    Role::Coordinator,
    Role::Supervisor,
    Role::Inspector,
    Role::Auditor,
    Role::Administrator,
    Role::Sampler,
    Role::Laboratory,
];
/// How often a stream looks whether something has happened.
const LOOK: Duration = Duration::from_secs(1);
/// Looks of one stream: ten minutes; then the browser comes again and shows who it is.
const LOOKS: u32 = 600;

/// What happens within the reader's scope, as server-sent events: a `change` with the id of the latest event whenever
/// there is a new one. A stream ends after ten minutes; whoever wants to go on connects again.
#[utoipa::path(get, path = "/api/v1/live", tag = "figures",
    responses((status = 200, content_type = "text/event-stream", body = String), Failures))]
pub(super) async fn get_live(
    State(app): State<App>,
    visitor: Visitor,
    closing: Option<Extension<Closing>>,
) -> Result<impl IntoResponse> {
    visitor.actor().must_be(FOLLOWERS)?;
    let scope = visitor.by.scope();
    let newest = move |app: App| async move { app.db.read(move |tx| store::newest(tx, scope)).await };
    let seen = newest(app.clone()).await?;
    let closing = closing.map(|Extension(closing)| closing).unwrap_or_default();
    let begun = (app, seen, LOOKS, closing);
    let changes = stream::unfold(begun, move |(app, seen, mut looks, closing)| async move {
        let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + LOOK, LOOK);
        while looks > 0 {
            looks -= 1;
            tokio::select! {
                () = closing.begun() => return None,
                _ = beat.tick() => {}
            }
            let latest = newest(app.clone()).await.ok()?;
            if latest != seen {
                return Some((Ok::<_, Infallible>(change(latest)), (app, latest, looks, closing)));
            }
        }
        None
    });
    Ok(Sse::new(changes).keep_alive(KeepAlive::default()))
}

fn change(latest: Option<EventId>) -> Event {
    Event::default().event("change").data(latest.map(|id| id.to_string()).unwrap_or_default())
}
