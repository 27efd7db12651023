//! What a person must give for each act on a fixed sheet. No rule: what is missing or wrong, the act says.

use super::{Fixed, State, Verb, model, sheet::points};
use crate::{
    kernel::{
        Lang,
        forms::{ActForm, Field, Input},
    },
    people::Actor,
};
use jiff::civil::Date;

/// The forms for what `actor` may do next.
pub fn of(fixed: &Fixed, actor: &Actor, today: Date, lang: Lang) -> Vec<ActForm> {
    let past = fixed.assessment.is_past_due(today);
    let mut open_to = fixed.assessment.open_to(actor);
    open_to.retain(|verb| match verb {
        Verb::Agree => !past,
        Verb::Object => !past && !lines(fixed, *verb, lang).is_empty(),
        Verb::Confirm => past || fixed.assessment.state == State::Agreed,
        _ => true,
    });
    let form = |(i, verb): (usize, &Verb)| ActForm {
        verb: verb.code(),
        label: verb.label(lang).to_owned(),
        kind: kind(*verb),
        open: i == 0 && kind(*verb) == "primary",
        fields: fields(fixed, *verb, lang),
    };
    open_to.iter().enumerate().map(form).collect()
}

const fn kind(verb: Verb) -> &'static str {
    match verb {
        Verb::Agree | Verb::Confirm => "primary",
        Verb::Reject | Verb::Withdraw => "danger",
        Verb::Object | Verb::Correct => "",
    }
}

/// The lines that an act can be about, as (code, name and points).
fn lines(fixed: &Fixed, verb: Verb, lang: Lang) -> Vec<(String, String)> {
    let (open, remarks) = (model::open(&fixed.remarks), &fixed.remarks);
    let objected = |code: &str| remarks.iter().any(|r| r.verb == Verb::Object && r.line == code);
    let fits = |code: &str| match verb {
        Verb::Object => !objected(code),
        Verb::Reject => open.contains(&code),
        _ => true,
    };
    let mut lines: Vec<_> = fixed.sheet.lines.iter().filter(|l| fits(&l.rule.code)).collect();
    // what waits for a decision comes first
    lines.sort_by_key(|l| verb == Verb::Correct && !open.contains(&l.rule.code.as_str()));
    let label = |code: &str, name: &str, weight: i64| {
        let mark = points(model::mark(&fixed.sheet, remarks, code));
        (code.to_owned(), format!("{name} {mark} / {weight}"))
    };
    lines.into_iter().map(|l| label(&l.rule.code, l.rule.label(lang), l.rule.weight)).collect()
}

fn fields(fixed: &Fixed, verb: Verb, lang: Lang) -> Vec<Field> {
    let say = |zh, en| lang.say(zh, en);
    let why = || Field::new("why", say("理由", "Reason"), Input::Lines);
    let line = || Field::new("line", say("评分项目", "Line"), Input::Choice(lines(fixed, verb, lang)));
    match verb {
        Verb::Agree | Verb::Confirm => Vec::new(),
        Verb::Object => vec![
            line().hint(say("每项只能提出一次异议", "Each line can be objected to once")),
            why().hint(say("写明依据的记录、报表或者文书编号", "Name the records, returns or papers that show it")),
        ],
        Verb::Correct => vec![
            line(),
            Field::new("points", say("更正为（分）", "Points from now on"), Input::Line)
                .hint(say("原得分和理由继续显示", "What was fixed stays to be seen, with the reason")),
            why(),
        ],
        Verb::Reject => vec![line(), why()],
        Verb::Withdraw => vec![why().hint(say("撤回后可以重新评定", "It can be fixed anew then"))],
    }
}
