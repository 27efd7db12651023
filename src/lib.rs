//! Paicha (排查) runs a market-surveillance campaign from the first order to the last look-back.
//!
//! Everything that happens is an **act** done by an **actor** on a **thing**. A folder is a capability; the order of
//! the modules below is the architecture: a module may use what stands above it, never what stands below.

#[macro_use]
mod macros;

pub mod kernel;
pub mod reference;
pub mod people;
pub mod record;
pub mod accounts;
pub mod notices;
pub mod files;
pub mod documents;
pub mod campaigns;
pub mod enterprises;
pub mod hazards;
pub mod inspections;
pub mod tasks;
pub mod field;
pub mod reports;
pub mod supervision;
pub mod work;
pub mod transparency;
pub mod follow;
pub mod backup;
pub mod operations;
pub mod demo;
pub mod simulate;
pub mod cli;

mod assets;

use axum::Router;
use kernel::{App, Error, Result, http};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Paicha (排查)",
        description = "Runs a market-surveillance campaign. Sign in with `POST /api/v1/sessions` and send the token as `Authorization: Bearer`. \
                       Errors are `application/problem+json` with a stable `code` and a sentence in the language of `Accept-Language`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(kernel::http::Problem)),
    modifiers(&Security)
)]
struct Api;

/// Every operation wants a bearer token unless it says otherwise.
struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
        api.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    }
}

/// Every operation of the API with its documentation: the table of contents of the house.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        .merge(accounts::routes())
        .merge(notices::routes())
        .merge(record::refused::routes())
        .merge(files::routes())
        .merge(documents::routes())
        .merge(enterprises::routes())
        .merge(campaigns::routes())
        .merge(hazards::routes())
        .merge(inspections::routes())
        .merge(tasks::routes())
        .merge(reports::routes())
        .merge(reports::returns::routes())
        .merge(reports::assessment::routes())
        .merge(supervision::routes())
        .merge(work::routes())
        .merge(transparency::routes())
}

/// The whole of Paicha over HTTP.
pub fn router(app: App) -> Router {
    let watch = operations::Watch::over(&app);
    router_under(app, watch)
}

/// As [`router`], under this watch.
pub fn router_under(app: App, watch: operations::Watch) -> Router {
    let (api, document) = api().split_for_parts();
    let text = document.to_json().unwrap_or_default();
    let json = [(axum::http::header::CONTENT_TYPE, "application/json")];
    api.merge(assets::routes())
        .merge(field::routes())
        .merge(operations::routes())
        .route("/api/openapi.json", axum::routing::get(move || async move { (json, text) }))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            axum::response::IntoResponse::into_response(Error::broken("a handler panicked"))
        }))
        .layer(axum::Extension(people::Counter(work::count)))
        .layer(axum::middleware::from_fn_with_state(app.clone(), http::speak))
        .layer(axum::middleware::from_fn(kernel::flash::once))
        .layer(axum::middleware::from_fn(http::guard))
        .layer(CompressionLayer::new())
        .layer(axum::Extension(watch.clone()))
        .layer(axum::middleware::from_fn_with_state(watch, operations::watched))
        .with_state(app)
}

/// Every refusal of the house, for `docs/errors.md`. A test fails when one is written in `src` and not gathered here.
pub fn refusals() -> Vec<kernel::Refusal> {
    let lists = [kernel::REFUSALS, files::REFUSALS, documents::REFUSALS, backup::REFUSALS];
    let lists = lists.into_iter().flatten().cloned();
    lists
        .chain(reference::refusals())
        .chain(accounts::refusals())
        .chain(reports::atlas::REFUSALS.iter().cloned())
        .chain(notices::refusals())
        .chain(enterprises::refusals())
        .chain(campaigns::refusals())
        .chain(hazards::refusals())
        .chain(inspections::refusals())
        .chain(tasks::refusals())
        .chain(reports::returns::refusals())
        .chain(reports::assessment::refusals())
        .chain(supervision::refusals())
        .chain(transparency::refusals())
        .chain(cli::refusals())
        .collect()
}

/// The OpenAPI document.
pub fn openapi_json() -> Result<String> {
    let (_, document) = api().split_for_parts();
    document.to_pretty_json().map_err(Error::broken)
}
