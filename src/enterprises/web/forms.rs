//! What the forms of subjects and certificates offer and show. No rule: what is missing or wrong, the act says.

use crate::{
    enterprises::{
        Enterprise, Entry, Kind, Lexicon, Micro, Site, SiteKind, Size, Tag, Verb,
        certificates::{self as papers, Certificate},
        duplicates::Likely,
    },
    kernel::{
        Lang, Sent,
        forms::{ActForm, Field, Input},
    },
    people::{Actor, Level},
    reference::{Region, regions},
};

/// Fields of the form of a subject, which show their own faults.
pub(super) const ENTRY: &[&str] = &[
    "name",
    "name_en",
    "aliases",
    "uscc",
    "registration_no",
    "person",
    "person_id",
    "kind",
    "size",
    "legal_person",
    "phone",
    "address",
    "region",
    "office",
    "station",
    "lon",
    "lat",
    "tags",
    "made",
    "sold",
    "platform",
    "shop_url",
];
/// Fields of the form of a site.
pub(super) const SITE: &[&str] = &["name", "kind", "address", "region", "lon", "lat", "closed"];
/// Fields of the form of a certificate.
pub(super) const PAPER: &[&str] =
    &["kind", "number", "holder", "products", "scope", "address", "body", "issued", "expires"];

/// Counties offered at the most; beyond that the code is typed.
const OFFERED: usize = 400;

/// What can be chosen in the form of a subject.
pub(super) struct Choices {
    pub kinds: Vec<(&'static str, &'static str)>,
    pub sizes: Vec<(&'static str, &'static str)>,
    pub tags: Vec<(&'static str, &'static str)>,
    pub regions: Vec<(String, String)>,
    pub offices: Vec<(String, String)>,
    pub products: Vec<(String, String)>,
}

impl Choices {
    pub(super) fn of(actor: &Actor, lexicon: &Lexicon, offices: Vec<(String, String)>, lang: Lang) -> Self {
        Self {
            kinds: kinds(lang),
            sizes: Size::ALL.iter().map(|s| (s.code(), s.label(lang))).collect(),
            tags: tags(lang),
            regions: regions_of(actor),
            offices,
            products: lexicon.products(lang),
        }
    }
}

pub(super) fn kinds(lang: Lang) -> Vec<(&'static str, &'static str)> {
    Kind::ALL.iter().map(|k| (k.code(), k.label(lang))).collect()
}

pub(super) fn tags(lang: Lang) -> Vec<(&'static str, &'static str)> {
    Tag::ALL.iter().map(|t| (t.code(), t.label(lang))).collect()
}

pub(super) fn site_kinds(lang: Lang) -> Vec<(&'static str, &'static str)> {
    SiteKind::ALL.iter().map(|k| (k.code(), k.label(lang))).collect()
}

pub(super) fn paper_kinds(lang: Lang) -> Vec<(&'static str, &'static str)> {
    papers::Kind::ALL.iter().map(|k| (k.code(), k.label(lang))).collect()
}

/// The counties for which the actor's office answers; none when there are too many to choose from.
fn regions_of(actor: &Actor) -> Vec<(String, String)> {
    if actor.office.level == Level::Nation {
        return Vec::new();
    }
    let own = actor.office.region.get(..6).unwrap_or_default();
    let Some(own) = regions::find(own) else { return Vec::new() };
    let within = |r: &&Region| r.code == own.code || (own.contains(r) && r.children().next().is_none());
    let all: Vec<_> = regions::all().iter().filter(within).map(|r| (r.code.to_owned(), r.full_name())).collect();
    if all.len() > OFFERED { Vec::new() } else { all }
}

/// What stands in the record, as the form shows it.
pub(super) fn filled(e: &Enterprise) -> Sent {
    let entry = Entry::of(e);
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let mut pairs: Vec<(&str, String)> = vec![
        ("name", entry.name.clone()),
        ("name_en", text(&entry.name_en)),
        ("aliases", entry.aliases.0.join("、")),
        ("uscc", text(&entry.uscc)),
        ("registration_no", text(&entry.registration_no)),
        ("person", text(&entry.person)),
        ("kind", e.kind.code().to_owned()),
        ("size", e.size.code().to_owned()),
        ("legal_person", text(&entry.legal_person)),
        ("address", text(&entry.address)),
        ("region", e.region.clone()),
        ("lon", e.lon.map_or_else(String::new, Micro::degrees)),
        ("lat", e.lat.map_or_else(String::new, Micro::degrees)),
        ("platform", text(&entry.platform)),
        ("shop_url", text(&entry.shop_url)),
        ("version", e.version.to_string()),
    ];
    pairs.extend(entry.tags.0.iter().map(|t| ("tags[]", t.code().to_owned())));
    pairs.extend(entry.made.0.iter().map(|c| ("made[]", c.clone())));
    pairs.extend(entry.sold.0.iter().map(|c| ("sold[]", c.clone())));
    Sent::new(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// What stands in a site, as the form shows it.
pub(super) fn filled_site(s: &Site) -> Sent {
    let mut pairs = vec![
        ("name", s.name.clone()),
        ("kind", s.kind.code().to_owned()),
        ("address", s.address.clone()),
        ("region", s.region.clone()),
        ("lon", s.lon.map_or_else(String::new, Micro::degrees)),
        ("lat", s.lat.map_or_else(String::new, Micro::degrees)),
        ("version", s.version.to_string()),
    ];
    if !s.active {
        pairs.push(("closed", "yes".to_owned()));
    }
    Sent::new(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The forms for what `actor` may do next to a subject; correcting has a page of its own.
pub(super) fn of(
    e: &Enterprise,
    actor: &Actor,
    likely: &[Likely],
    offices: &[(String, String)],
    lang: Lang,
) -> Vec<ActForm> {
    let say = |zh, en| lang.say(zh, en);
    let why = || Field::new("why", say("理由", "Reason"), Input::Lines);
    let fields = |verb| match verb {
        Verb::Resume => vec![why().optional()],
        Verb::Move => {
            vec![Field::new("office", say("接收机构", "Receiving office"), Input::Choice(offices.to_vec())), why()]
        }
        Verb::Merge => {
            let hint = say(
                "填写保留主体的统一社会信用代码或者编号；本记录及其关联的检查、隐患、文书全部保留，并可在保留主体下查到",
                "The credit code or id of the record to keep; this record and everything connected stays and is found under it",
            );
            let into = if likely.is_empty() {
                Input::Line
            } else {
                Input::Choice(
                    likely.iter().map(|l| (l.id.to_string(), format!("{} · {}", l.name, l.address))).collect(),
                )
            };
            vec![Field::new("into", say("并入", "Merge into"), into).hint(hint), why()]
        }
        _ => vec![why()],
    };
    let kind = |verb| match verb {
        Verb::Resume | Verb::Unmerge => "primary",
        Verb::Close | Verb::Deregister | Verb::Merge => "danger",
        _ => "",
    };
    let form = |verb: &Verb| ActForm {
        verb: verb.code(),
        label: verb.label(lang).to_owned(),
        kind: kind(*verb),
        open: false,
        fields: fields(*verb),
    };
    e.open_to(actor).iter().filter(|v| **v != Verb::Edit).map(form).collect()
}

/// The forms for what `actor` may record of a certificate.
pub(super) fn of_paper(c: &Certificate, actor: &Actor, lang: Lang) -> Vec<ActForm> {
    use papers::Verb as V;
    let say = |zh, en| lang.say(zh, en);
    let optional = |name, zh, en| Field::new(name, say(zh, en), Input::Line).optional();
    let fields = |verb: V| match verb {
        V::Renew => vec![
            Field::new("issued", say("延续发证日期", "Issued"), Input::Date),
            Field::new("expires", say("有效期至", "Expires"), Input::Date),
            optional("document", "决定文号", "Number of the decision"),
        ],
        V::Correct => vec![
            Field::new("holder", say("持证人", "Holder"), Input::Line),
            Field::new("products", say("产品代码", "Products"), Input::Line)
                .hint(say("多个用、隔开", "Several with 、 between")),
            Field::new("scope", say("范围", "Scope"), Input::Lines),
            Field::new("address", say("生产地址", "Production address"), Input::Line),
            Field::new("body", say("发证机关", "Issued by"), Input::Line),
            optional("why", "更正理由", "Reason"),
        ],
        V::Expire => Vec::new(),
        other => {
            let law = papers::law(c.kind, other);
            let hint = law.map_or_else(String::new, |l| {
                if l.basis.is_empty() {
                    String::new()
                } else {
                    format!("{}{}（{}）", say("有权作出决定的：", "Decided by: "), say(l.by.0, l.by.1), l.basis)
                }
            });
            vec![
                Field::new("on", say("生效日期", "Effective on"), Input::Date),
                Field::new("authority", say("作出决定的机关（机构）", "Decided by"), Input::Line).hint(hint),
                optional("document", "决定文号", "Number of the decision"),
                Field::new("why", say("事由", "Ground"), Input::Lines).optional(),
            ]
        }
    };
    let kind = |verb| match verb {
        V::Renew | V::Restore => "primary",
        V::Revoke | V::Withdraw | V::Cancel | V::Recall | V::Suspend => "danger",
        _ => "",
    };
    let form = |verb: &V| ActForm {
        verb: verb.code(),
        label: verb.label(lang).to_owned(),
        kind: kind(*verb),
        open: false,
        fields: fields(*verb),
    };
    c.open_to(actor).iter().map(form).collect()
}

/// What stands in a certificate, for the form that corrects it: `ActForm` shows what was sent for its verb.
pub(super) fn filled_paper(c: &Certificate) -> Sent {
    let pairs = [
        ("verb", papers::Verb::Correct.code().to_owned()),
        ("holder", c.holder.clone()),
        ("products", c.products.0.join("、")),
        ("scope", c.scope.clone()),
        ("address", c.address.clone()),
        ("body", c.body.clone()),
    ];
    Sent::new(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
