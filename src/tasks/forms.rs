//! What a person must give for each act on a task. No rule: what is missing or wrong, the act says.

use super::{Kind, Task, Verb};
use crate::{
    kernel::{
        Lang,
        forms::{ActForm, Field, Input},
    },
    people::Actor,
};

/// The forms for what `actor` may do next; `colleagues` may be named, as (id, name).
pub fn of(task: &Task, actor: &Actor, above: bool, colleagues: &[(String, String)], lang: Lang) -> Vec<ActForm> {
    let form = |verb: Verb| ActForm {
        verb: verb.code(),
        label: verb.label(lang).to_owned(),
        kind: manner(verb),
        open: verb == Verb::Finish,
        fields: fields(task, verb, colleagues, lang),
    };
    let mut verbs = task.open_to(actor, above);
    verbs.sort_by_key(|v| *v != Verb::Finish);
    verbs.into_iter().map(form).collect()
}

/// The way forward is blue, the way back red, the rest quiet.
const fn manner(verb: Verb) -> &'static str {
    match verb {
        Verb::Finish => "primary",
        Verb::Return | Verb::Withdraw | Verb::Reopen => "danger",
        _ => "",
    }
}

fn fields(task: &Task, verb: Verb, colleagues: &[(String, String)], lang: Lang) -> Vec<Field> {
    let say = |zh, en| lang.say(zh, en);
    let why = || Field::new("why", say("理由", "Reason"), Input::Lines);
    let due = || Field::new("due", say("完成期限", "Due date"), Input::Date).holding(task.due);
    match verb {
        Verb::Report => vec![Field::new("note", say("进展情况", "Progress"), Input::Lines)],
        Verb::Finish => vec![
            Field::new("result", say("办理结果", "Result"), Input::Lines),
            Field::new("evidence[]", say("证明材料", "Evidence"), Input::Evidence).optional(),
        ],
        Verb::Return => vec![why().hint(say("写明不能办理的原因和建议", "Why it cannot be done here, and what to do"))],
        Verb::Reassign => {
            let owner = Field::new("owner", say("承办人", "Owner"), Input::Choice(colleagues.to_vec()));
            let hint = say("已安排的检查一并改由该人牵头", "The visit that is planned goes along");
            let owner = if task.kind == Kind::Visit { owner.hint(hint) } else { owner };
            vec![owner, why().optional()]
        }
        Verb::Extend => vec![due(), why()],
        Verb::Reopen => vec![due(), why()],
        Verb::Withdraw => {
            let hint = say("已安排的检查一并取消", "The visit that is planned is cancelled");
            vec![if task.kind == Kind::Visit { why().hint(hint) } else { why() }]
        }
        Verb::Visited | Verb::VisitMoved | Verb::VisitCancelled => Vec::new(),
    }
}
