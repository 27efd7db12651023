//! What a person must give for each act on a hazard. No rule: what is missing or wrong, the act says.

use super::{Handling, Hazard, Verb};
use crate::{
    campaigns::Pack,
    kernel::{
        Lang,
        forms::{ActForm, Field, Input},
    },
    people::Actor,
};

/// Whom and where an act can name: colleagues and offices of the scope, as (id, name).
#[derive(Debug, Clone, Default)]
pub struct Around {
    pub colleagues: Vec<(String, String)>,
    pub offices: Vec<(String, String)>,
    /// What is attached to it.
    pub evidence: Vec<(String, String)>,
}

/// The forms for what `actor` may do next.
pub fn of(hazard: &Hazard, actor: &Actor, pack: &Pack, around: &Around, lang: Lang) -> Vec<ActForm> {
    let mut open_to = hazard.open_to(actor);
    open_to.retain(|verb| *verb != Verb::WithdrawEvidence || !around.evidence.is_empty());
    let form = |(i, verb): (usize, &Verb)| ActForm {
        verb: verb.code(),
        label: verb.label(lang).to_owned(),
        kind: kind(*verb),
        open: i == 0 && kind(*verb) == "primary",
        fields: fields(*verb, pack, around, lang),
    };
    open_to.iter().enumerate().map(form).collect()
}

/// The way forward is blue, the way back red, the rest quiet.
const fn kind(verb: Verb) -> &'static str {
    match verb {
        Verb::Order
        | Verb::Acknowledge
        | Verb::Submit
        | Verb::Verify
        | Verb::Close
        | Verb::PassLookBack
        | Verb::PassRepeatCheck => "primary",
        Verb::Reject | Verb::Return | Verb::Reopen | Verb::Dismiss | Verb::RefuseExtension => "danger",
        _ => "",
    }
}

fn fields(verb: Verb, pack: &Pack, around: &Around, lang: Lang) -> Vec<Field> {
    let say = |zh, en| lang.say(zh, en);
    let why = || Field::new("why", say("理由", "Reason"), Input::Lines);
    let note = || Field::new("note", say("说明", "Note"), Input::Lines).optional();
    let evidence = || Field::new("evidence[]", say("证明材料", "Evidence"), Input::Evidence);
    let handling = || {
        let all = Handling::ALL.iter().map(|h| (h.code().to_owned(), h.label(lang).to_owned()));
        let hint =
            say("整改不免除立案职责（《行政处罚法》第二十八条）", "Rectifying does not cancel the case (APL art.28)");
        [
            Field::new("handling", say("行政处理意见", "Decision on the case"), Input::Choice(all.collect()))
                .hint(hint),
            Field::new("case_number", say("立案或移送文号", "Case or referral number"), Input::Line).optional(),
        ]
    };
    match verb {
        Verb::Order => vec![
            Field::new("due", say("整改期限", "Due date"), Input::Date),
            Field::new("demand", say("整改要求", "What is required"), Input::Lines).optional(),
        ],
        Verb::CorrectOnSpot => {
            vec![Field::new("measure", say("改正情况", "What was corrected"), Input::Lines), evidence()]
        }
        Verb::Submit => vec![
            Field::new("measure", say("整改措施和结果", "Measures and result"), Input::Lines)
                .hint(say("写明原因、措施、完成情况", "Cause, measures, what has been done")),
            evidence().hint(say("整改前后照片、检验报告、票据等", "Photographs before and after, reports, invoices")),
        ],
        Verb::Verify | Verb::PassLookBack | Verb::PassRepeatCheck => vec![note(), evidence().optional()],
        Verb::Propose => {
            let reasons = pack.closing_reasons.iter().filter(|r| r.code != super::rules::RECTIFIED);
            let reasons = reasons.map(|r| (r.code.clone(), r.label(lang).to_owned())).collect();
            vec![Field::new("reason", say("销号事由", "Ground"), Input::Choice(reasons)), why(), evidence()]
        }
        Verb::Decide => handling()
            .into_iter()
            .chain([note()])
            .map(|f| if f.name == "note" { Field { name: "why", ..f } } else { f })
            .collect(),
        Verb::Close => handling().into_iter().map(Field::optional).chain([note()]).collect(),
        Verb::AskExtension => vec![Field::new("until", say("申请延期至", "Until"), Input::Date), why()],
        Verb::GrantExtension => vec![note()],
        Verb::Assign => vec![Field::new("handler", say("承办人", "Handler"), Input::Choice(around.colleagues.clone()))],
        Verb::Transfer => {
            vec![
                Field::new("office", say("接收机构", "Receiving office"), Input::Choice(around.offices.clone())),
                why(),
            ]
        }
        Verb::WithdrawEvidence => {
            let hint = say(
                "材料不会删除，撤除后不再计入证明材料，撤除人、时间和理由留痕。",
                "Nothing is deleted; it counts as evidence no more, and who withdrew it, when and why stays on record.",
            );
            vec![
                Field::new("file", say("误传的材料", "File"), Input::Choice(around.evidence.clone())).hint(hint),
                why(),
            ]
        }
        Verb::DrawLookBack => vec![Field::new("due", say("回头看期限", "Due date"), Input::Date)],
        Verb::DrawRepeatCheck => vec![Field::new("due", say("反复查期限", "Due date"), Input::Date)],
        Verb::Acknowledge | Verb::Lapse => Vec::new(),
        Verb::Dismiss
        | Verb::Reject
        | Verb::Return
        | Verb::RefuseExtension
        | Verb::Supervise
        | Verb::Release
        | Verb::Reopen => {
            vec![why()]
        }
    }
}
