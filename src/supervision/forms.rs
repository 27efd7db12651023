//! What a person must give for each act on a step. No rule: what is missing or wrong, the act says.

use super::{Reminder, Rung, Verb};
use crate::{
    kernel::{
        Lang,
        forms::{ActForm, Field, Input},
    },
    people::Actor,
};
use jiff::civil::Date;

/// The forms for what `actor` may do next; `due` is the day by which the pack wants an answer.
pub fn of(reminder: &Reminder, actor: &Actor, due: Date, lang: Lang) -> Vec<ActForm> {
    let open_to = reminder.open_to(actor);
    let form = |(i, verb): (usize, &Verb)| ActForm {
        verb: verb.code(),
        label: label(reminder.rung, *verb, lang),
        kind: kind(*verb),
        open: i == 0 && kind(*verb) == "primary",
        fields: fields(reminder, *verb, due, lang),
    };
    open_to.iter().enumerate().map(form).collect()
}

/// 发出 says which letter goes out.
fn label(rung: Rung, verb: Verb, lang: Lang) -> String {
    match (verb, rung) {
        (Verb::Issue, Rung::Reminder) => lang.say("发出督促提醒函", "Issue the reminder").to_owned(),
        (Verb::Issue, Rung::Talk) => lang.say("发出约谈通知", "Call to the talk").to_owned(),
        (Verb::Issue, Rung::Circular) => lang.say("发出通报", "Issue the circular").to_owned(),
        _ => verb.label(lang).to_owned(),
    }
}

const fn kind(verb: Verb) -> &'static str {
    match verb {
        Verb::Issue | Verb::Answer | Verb::Hold | Verb::Accept => "primary",
        Verb::Reject | Verb::Dismiss => "danger",
        _ => "",
    }
}

/// What issuing, answering … takes.
pub(super) fn fields(reminder: &Reminder, verb: Verb, due: Date, lang: Lang) -> Vec<Field> {
    let say = |zh, en| lang.say(zh, en);
    let why = || Field::new("why", say("理由", "Reason"), Input::Lines);
    match verb {
        Verb::Issue => {
            let hint = say("每行一项；写入文书", "One in each line; they stand in the letter");
            let mut fields = vec![
                Field::new("demand", say("工作要求", "What is required"), Input::Lines)
                    .holding(demand(reminder.rung))
                    .hint(hint),
                Field::new("due", say("回复期限", "To be answered by"), Input::Date)
                    .holding(due)
                    .hint(say("按任务包规定的工作日推算", "Counted in the working days of the pack")),
            ];
            if reminder.rung == Rung::Talk {
                fields.push(Field::new("talk_at", say("约谈时间", "Time of the talk"), Input::Moment));
                fields.push(Field::new("talk_place", say("约谈地点", "Place of the talk"), Input::Line));
            }
            fields
        }
        Verb::Answer => vec![
            Field::new("answer", say("办理情况", "What has been done"), Input::Lines)
                .hint(say("原因、措施、完成时限、目前进展", "Causes, measures, by when, how far")),
        ],
        Verb::Hold => vec![
            Field::new("participants", say("参加人员", "Who came"), Input::Line),
            Field::new("answer", say("说明和承诺", "What was explained and promised"), Input::Lines),
        ],
        Verb::Accept => vec![Field::new("why", say("意见", "Remark"), Input::Lines).optional()],
        Verb::Dismiss | Verb::Reject | Verb::Lift => vec![why()],
        Verb::Propose | Verb::Vanish | Verb::Lapse | Verb::Climb => Vec::new(),
    }
}

/// What is usually required. Letters are in Chinese, whoever issues them.
const fn demand(rung: Rung) -> &'static str {
    match rung {
        Rung::Reminder => "逐项核查上述事项，明确责任人和完成时限；\n按期书面回复原因、措施和进展。",
        Rung::Talk => "上述事项的办理台账和未办结原因；\n下一步措施、责任人和完成时限。",
        Rung::Circular => "立即组织专班集中办理，逐项销号；\n各地举一反三，对照检查同类问题。",
    }
}
