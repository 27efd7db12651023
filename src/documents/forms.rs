//! What a person must give for each act on a document. No rule: what is missing or wrong, the act says.

use super::{Document, Method, Verb};
use crate::{
    kernel::{
        Lang,
        forms::{ActForm, Field, Input},
    },
    people::Actor,
};

/// The forms for what `actor` may do next.
pub fn of(document: &Document, actor: &Actor, lang: Lang) -> Vec<ActForm> {
    let form = |verb: &Verb| {
        let (kind, label) = manner(document, *verb, lang);
        let open = kind == "primary";
        ActForm { verb: verb.code(), label: label.to_owned(), kind, open, fields: fields(document, *verb, lang) }
    };
    document.open_to(actor).iter().filter(|v| **v != Verb::Print).map(form).collect()
}

/// The way forward is blue, the way back red, a correction quiet.
fn manner(document: &Document, verb: Verb, lang: Lang) -> (&'static str, &'static str) {
    match verb {
        Verb::Serve if document.served_at.is_some() => ("", lang.say("更正送达登记", "Correct the service")),
        Verb::Void => ("danger", verb.label(lang)),
        _ => ("primary", verb.label(lang)),
    }
}

fn fields(document: &Document, verb: Verb, lang: Lang) -> Vec<Field> {
    let say = |zh, en| lang.say(zh, en);
    match verb {
        Verb::Serve => {
            let methods = Method::ALL.iter().map(|m| (m.code().to_owned(), m.label(lang).to_owned())).collect();
            let hint =
                say("见证人、拒收事由、邮件编号、公告载体等", "Witness, reason of refusal, number of the mail, medium");
            let mut fields = vec![
                Field::new("method", say("送达方式", "Method"), Input::Choice(methods)),
                Field::new("to", say("收件人", "Received by"), Input::Line),
                Field::new("at", say("送达时间", "Served at"), Input::Moment),
                Field::new("note", say("送达情况", "Circumstances"), Input::Lines).optional().hint(hint),
                Field::new("evidence[]", say("送达回证等材料", "Proof of service"), Input::Evidence).optional(),
            ];
            if document.served_at.is_some() {
                fields.push(Field::new("why", say("更正原因", "Why it is corrected"), Input::Lines));
            }
            fields
        }
        Verb::Void => {
            let hint = say("作废后文号保留，不再使用。", "The number stays used and is not given again.");
            vec![Field::new("why", say("作废原因", "Reason"), Input::Lines).hint(hint)]
        }
        Verb::Issue | Verb::Print => Vec::new(),
    }
}
