//! Subjects, certificates and imports over HTTP. No rule lives here.

mod api;
mod certificates;
mod forms;
mod imports;
mod pages;
mod shares;
mod show;
mod sheets;

pub use sheets::{paper_table as certificate_table, table};

use crate::kernel::App;
use utoipa_axum::router::OpenApiRouter;

/// The operations and pages of this capability.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(api::routes())
        .merge(pages::routes())
        .merge(show::routes())
        .merge(certificates::routes())
        .merge(imports::routes())
        .merge(shares::routes())
}
