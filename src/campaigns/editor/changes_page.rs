//! What differs, as a page: a pack in the making and its beginning, or two published versions. No rule lives here.

use super::{
    PackDraft,
    compare::{CellChange, Comparison, compare},
    find, store,
    titles::{self, Title},
    web::{Two, compared},
};
use crate::{
    campaigns::{PackVersion, layout::list_of, packs_web, pages::versioned, store as packs},
    kernel::{App, PackDraftId, Page, Result, http::Params, page::html},
    people::Visitor,
};
use askama::Template;
use axum::{
    extract::{Path, State as From},
    response::Html,
    routing::get,
};
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/pack-drafts/{id}/changes", get(changes)).route("/packs/compare", get(comparison))
}

#[derive(Template)]
#[template(path = "campaigns/editor/changes.html")]
struct Changes {
    p: Page,
    /// The draft whose changes these are, where they can be taken back; none between two versions.
    draft: Option<PackDraft>,
    comparison: Comparison,
    versions: Vec<(String, String)>,
    two: (String, String),
}

impl Changes {
    fn title(&self, file: &str) -> String {
        let title = Title::of(file).label(self.p.lang);
        list_of(file).map_or_else(|| title.to_owned(), |code| format!("{title} {code}"))
    }

    fn column(&self, file: &str, cell: &CellChange) -> &'static str {
        titles::label(file, cell.column, self.p.lang)
    }
}

async fn changes(From(app): From<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Html<String>> {
    let (id, page) = (PackDraftId::in_path(&id)?, visitor.page(packs_web::here(&visitor), ""));
    let changes = app.db.read(move |tx| {
        let draft = find(tx, &visitor.by, id)?;
        let files = store::files(tx, id)?;
        Ok(Changes {
            p: Page { title: visitor.say("改动一览", "What has been changed").to_owned(), ..page },
            comparison: compare(&files.folder(&draft.code, true), &files.folder(&draft.code, false))?,
            versions: Vec::new(),
            two: (String::new(), String::new()),
            draft: Some(draft),
        })
    });
    html(&changes.await?)
}

async fn comparison(From(app): From<App>, visitor: Visitor, Params(two): Params<Two>) -> Result<Html<String>> {
    let page = visitor.page(packs_web::here(&visitor), visitor.say("版本比较", "Compare versions"));
    let changes = app.db.read(move |tx| {
        let name = |v: &PackVersion| (format!("{}@{}", v.code, v.version), versioned(v, visitor.lang));
        Ok(Changes {
            p: page,
            draft: None,
            comparison: compared(tx, &two)?,
            versions: packs::pack_versions(tx)?.iter().map(name).collect(),
            two: (two.a, two.b),
        })
    });
    html(&changes.await?)
}
