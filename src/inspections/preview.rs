//! A pack in the making as the inspector will see it: the questions of the on-site form, with their branches, and nothing
//! that could be sent. No rule lives here.

use super::{form::Asked, questions::Question};
use crate::{
    campaigns::{Answered, Side, editor},
    kernel::{App, CampaignId, EnterpriseId, PackDraftId, Page, Result, Sent, http::Typed, page::html},
    people::Visitor,
    record::Field,
};
use askama::Template;
use axum::{
    extract::{Path, State as From},
    response::Html,
    routing::get,
};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/pack-drafts/{id}/preview", get(show))
}

#[derive(Template)]
#[template(path = "inspections/preview.html")]
struct Preview {
    p: Page,
    /// Address and name of the draft.
    draft: (String, String),
    sent: Sent,
    /// Whether there is enough of a pack to ask anything.
    whole: bool,
    lists: Vec<(String, String)>,
    fields: Vec<(&'static str, &'static str)>,
    products: Vec<(String, String)>,
    questions: Vec<Question>,
    answers: Vec<(&'static str, &'static str)>,
    list: String,
    field: &'static str,
}

/// The questions of a list at a site of the kind that the reader chooses.
async fn show(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let id = PackDraftId::in_path(&id)?;
    let (by, lang) = (visitor.by.clone(), visitor.lang);
    let (draft, pack) = app.db.read(move |tx| editor::as_it_stands(tx, &by, id)).await?;
    let mut preview = Preview {
        p: visitor.page("campaigns", visitor.say("预览：现场检查表", "Preview: the on-site form")),
        draft: (draft.href(), draft.label(lang).to_owned()),
        whole: pack.is_some(),
        lists: Vec::new(),
        fields: Field::ALL.iter().map(|f| (f.code(), f.label(lang))).collect(),
        products: Vec::new(),
        questions: Vec::new(),
        answers: Answered::ALL.iter().map(|a| (a.code(), a.label(lang))).collect(),
        list: String::new(),
        field: Field::Production.code(),
        sent,
    };
    if let Some(pack) = pack {
        let pack = Arc::new(pack);
        preview.lists = pack.checklists.iter().map(|l| (l.head.code.clone(), l.label(lang).to_owned())).collect();
        preview.products = pack.products.iter().map(|p| (p.code.clone(), pack.product_label(&p.code, lang))).collect();
        let sent = &preview.sent;
        let list = pack.checklist(sent.value("list")).or(pack.checklists.first());
        let field = Field::from_code(sent.value("field")).or(list.and_then(|l| l.head.side));
        let field = field.unwrap_or(Field::Production);
        let chosen = Some(sent.value("product").to_owned()).filter(|p| pack.product(p).is_some());
        let asked = Asked {
            // nobody is visited: the questions need neither
            campaign: CampaignId::new(visitor.by.at),
            enterprise: EnterpriseId::new(visitor.by.at),
            field,
            products: chosen.into_iter().collect(),
            fitting: Vec::new(),
            checklist: list.map(|l| l.head.code.clone()).unwrap_or_default(),
            day: visitor.by.at.date(),
            pack: pack.clone(),
        };
        let products: Vec<&str> = asked.products.iter().map(String::as_str).collect();
        let items = list.map_or_else(Vec::new, |l| pack.items_for(l, &products, Side::of(field), asked.day));
        preview.questions = items.iter().map(|item| Question::of(item, &asked, &Sent::default(), &visitor)).collect();
        (preview.list, preview.field) = (asked.checklist.clone(), field.code());
    }
    html(&preview)
}
