//! What a person must give for each act on a target. No rule: what is missing or wrong, the act says.

use super::{
    Verb,
    model::{Spread, Target},
};
use crate::{
    kernel::{
        Lang,
        forms::{ActForm, Field, Input},
    },
    people::Actor,
};

/// The forms for what `actor` may do next; a division has a form of its own. `offices` are those to which a part may go.
pub(super) fn of(target: &Target, actor: &Actor, offices: &[(String, String)], lang: Lang) -> Vec<ActForm> {
    let mut open_to = target.open_to(actor);
    open_to.retain(|verb| *verb != Verb::Divide && (*verb != Verb::Move || !offices.is_empty()));
    let form = |verb: &Verb| ActForm {
        verb: verb.code(),
        label: verb.label(lang).to_owned(),
        kind: kind(*verb),
        open: *verb == Verb::Accept,
        fields: fields(*verb, target, offices, lang),
    };
    open_to.iter().map(form).collect()
}

/// The way forward is blue, the way back red, the rest quiet.
const fn kind(verb: Verb) -> &'static str {
    match verb {
        Verb::Accept => "primary",
        Verb::Return | Verb::Withdraw => "danger",
        _ => "",
    }
}

fn fields(verb: Verb, target: &Target, offices: &[(String, String)], lang: Lang) -> Vec<Field> {
    let say = |zh, en| lang.say(zh, en);
    let why = || Field::new("why", say("理由", "Reason"), Input::Lines);
    let version = || Field::new("version", "", Input::Hidden).holding(target.version);
    let unit = target.measure.unit(lang);
    match verb {
        Verb::Accept | Verb::Divide => Vec::new(),
        Verb::Return => {
            vec![
                why().hint(say(
                    "写明本地实际数量和建议调整的数量",
                    "Say what there really is here and what you propose",
                )),
            ]
        }
        Verb::Comment => vec![Field::new("why", say("说明", "Comment"), Input::Lines)],
        Verb::Uphold | Verb::Withdraw => vec![why()],
        Verb::Change => {
            let ways = Spread::ALL.iter().map(|s| (s.code().to_owned(), s.label(lang).to_owned())).collect();
            let less = say(
                "调减时先减本级未分解部分，不足的按比例调减下级",
                "What is taken goes off the undivided part first, then off the offices below in proportion",
            );
            vec![
                Field::new("total", &format!("{}（{unit}）", say("调整为", "New number")), Input::Line)
                    .holding(target.total),
                Field::new("spread", say("增加的部分", "What is added"), Input::Choice(ways)).optional().hint(less),
                why(),
                version(),
            ]
        }
        Verb::Move => vec![
            Field::new("office", say("接收机构", "Receiving office"), Input::Choice(offices.to_vec())),
            Field::new("amount", &format!("{}（{unit}）", say("划转数量", "How much")), Input::Line).hint(say(
                "机构拆分、合并时使用；共同上级以下的各级任务随之调整",
                "For offices that are split or merged; every office below the common one changes with it",
            )),
            why(),
            version(),
        ],
    }
}
