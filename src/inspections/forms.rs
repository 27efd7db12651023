//! What a person must give for each act on a visit. No rule: what is missing or wrong, the act says.

use super::{Inspection, Verb};
use crate::{
    kernel::{
        Lang,
        forms::{ActForm, Field, Input},
    },
    people::Actor,
};

/// The forms for what `actor` may do next; `colleagues` may lead, as (id, name). The record itself has its own page, and a
/// colleague confirms it where its seal is shown.
pub fn of(visit: &Inspection, actor: &Actor, colleagues: &[(String, String)], lang: Lang) -> Vec<ActForm> {
    let form = |verb: Verb| ActForm {
        verb: verb.code(),
        label: verb.label(lang).to_owned(),
        kind: if verb == Verb::Cancel { "danger" } else { "" },
        open: false,
        fields: fields(verb, colleagues, lang),
    };
    visit.open_to(actor).into_iter().filter(|v| !matches!(v, Verb::Submit | Verb::Confirm)).map(form).collect()
}

fn fields(verb: Verb, colleagues: &[(String, String)], lang: Lang) -> Vec<Field> {
    let say = |zh, en| lang.say(zh, en);
    match verb {
        Verb::Submit | Verb::Confirm => Vec::new(),
        Verb::Move => vec![
            Field::new("planned_for", say("检查日期", "Day of the visit"), Input::Date),
            Field::new("lead", say("牵头人", "Lead"), Input::Choice(colleagues.to_vec()))
                .optional()
                .hint(say("不选则不变", "Unchanged when left out")),
        ],
        Verb::Cancel => vec![Field::new("why", say("取消原因", "Why it is cancelled"), Input::Lines)],
        Verb::Amend => {
            let hint = say(
                "检查记录提交后不能修改；补充说明另行记载，与原记录一并保存。",
                "A submitted record is never changed; the amendment stands beside it.",
            );
            vec![Field::new("why", say("补充说明", "Amendment"), Input::Lines).hint(hint)]
        }
    }
}
