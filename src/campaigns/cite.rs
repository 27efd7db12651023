//! Sources as people read them: `IPL art.5; IPL art.45` is 《工业产品生产许可证管理条例》第五条、第四十五条.

use super::{pack::Pack, rows::Text};
use crate::kernel::Lang;

impl Pack {
    /// The text that a reference names, such as `IPL art.45`, and the place in it.
    pub fn text<'s>(&self, reference: &'s str) -> Option<(&Text, &'s str)> {
        let (key, place) = split(reference);
        self.sources.iter().find(|t| t.key == key).map(|text| (text, place))
    }

    /// A `source` or `basis` cell for people: each text once, with the places in it.
    pub fn cite(&self, source: &str, lang: Lang) -> String {
        let mut cited: Vec<(&str, Vec<&str>)> = Vec::new();
        for (key, place) in source.split(';').map(split) {
            match cited.iter_mut().find(|(known, _)| *known == key) {
                Some((_, places)) => places.push(place),
                None => cited.push((key, vec![place])),
            }
        }
        let all: Vec<String> = cited.iter().map(|(key, places)| self.cite_one(key, places, lang)).collect();
        all.join(lang.say("；", "; "))
    }

    /// The provisions of law and the standards that a `source` or `basis` cell names, for official papers: each text once,
    /// with the places in it. What is no law, such as a web copy or our own design, is left out.
    pub fn provisions(&self, source: &str) -> Vec<Provision> {
        let mut cited: Vec<Provision> = Vec::new();
        for provision in source.split(';').filter_map(|reference| self.provision(reference)) {
            match cited.iter_mut().find(|known| known.law == provision.law && known.liability == provision.liability) {
                Some(known) => known.article = format!("{}、{}", known.article, provision.article),
                None => cited.push(provision),
            }
        }
        cited
    }

    fn provision(&self, reference: &str) -> Option<Provision> {
        let (text, place) = self.text(reference)?;
        match text.note.as_str() {
            "law" | "administrative_regulation" | "department_rule" => {
                let article = place.strip_prefix("art.").and_then(|n| n.trim().parse::<i64>().ok());
                let liability = text.liability.zip(article).is_some_and(|(from, article)| article >= from);
                Some(Provision { law: bare(&text.zh).to_owned(), article: place_in(place, Lang::Zh), liability })
            }
            "standard" if !place.is_empty() => {
                let known = self.standards.iter().find(|s| s.designation() == place || s.number == place);
                let law = known.map_or_else(String::new, |s| bare(&s.title_zh).to_owned());
                let article = if law.is_empty() { String::new() } else { format!("（{place}）") };
                let law = if law.is_empty() { place.to_owned() } else { law };
                Some(Provision { law, article, liability: false })
            }
            _ => None,
        }
    }

    fn cite_one(&self, key: &str, places: &[&str], lang: Lang) -> String {
        let places: Vec<String> = places.iter().filter(|p| !p.is_empty()).map(|p| place_in(p, lang)).collect();
        let places = places.join(lang.say("、", ", "));
        let Some(text) = self.sources.iter().find(|t| t.key == key) else {
            return format!("{key} {places}").trim_end().to_owned();
        };
        // A standard's designation says all; what we know or have designed ourselves has no places.
        match (text.note.as_str(), lang) {
            ("standard", _) if !places.is_empty() => places,
            ("knowledge" | "design", _) => clause_before(text.label(lang)).to_owned(),
            ("notice", Lang::Zh) => format!("《{}》{places}", title(text, lang)),
            ("law" | "administrative_regulation" | "department_rule", Lang::Zh) => {
                format!("《{}》{places}", title(text, lang))
            }
            (_, Lang::Zh) => format!("{}{places}", text.zh),
            (_, Lang::En) => [title(text, lang), &places].join(" ").trim_end().to_owned(),
        }
    }
}

/// A provision as an official paper names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provision {
    /// Full title without 《》.
    pub law: String,
    /// Its articles: 第五条、第九条.
    pub article: String,
    /// Whether it says what follows from a violation, not what is to be done.
    pub liability: bool,
}

fn split(reference: &str) -> (&str, &str) {
    let reference = reference.trim();
    reference.split_once(' ').map_or((reference, ""), |(key, place)| (key, place.trim()))
}

/// The title without what stands in brackets behind it and without the name of the country before it.
fn title(text: &Text, lang: Lang) -> &str {
    let label = text.label(lang);
    let bare = bare(label);
    let bare = bare.strip_prefix("中华人民共和国").unwrap_or(bare);
    if text.note == "web_copy" || bare.is_empty() { label } else { bare }
}

fn bare(label: &str) -> &str {
    label.split(['（', '(']).next().unwrap_or(label).trim_end()
}

fn clause_before(label: &str) -> &str {
    label.split(['，', '；', ',', ';']).next().unwrap_or(label)
}

/// `art.45` is 第四十五条 and “art. 45”; anything else stays.
fn place_in(place: &str, lang: Lang) -> String {
    let number =
        place.strip_prefix("art.").and_then(|n| n.trim().parse::<u32>().ok()).filter(|n| (1..1000).contains(n));
    match (number, lang) {
        (Some(n), Lang::Zh) => format!("第{}条", numeral(n)),
        (Some(n), Lang::En) => format!("art. {n}"),
        (None, _) => place.to_owned(),
    }
}

/// A number from 1 to 999 in Chinese, as laws count their articles: 一百零五, 四十, 十二.
pub fn numeral(n: u32) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |d: u32| DIGITS[(d % 10) as usize];
    let (hundreds, tens, ones) = (n / 100, n / 10 % 10, n % 10);
    let mut text = String::new();
    if hundreds > 0 {
        text.push_str(digit(hundreds));
        text.push('百');
    }
    match tens {
        0 if hundreds > 0 && ones > 0 => text.push('零'),
        0 => {}
        1 if hundreds == 0 => text.push('十'),
        _ => {
            text.push_str(digit(tens));
            text.push('十');
        }
    }
    if ones > 0 {
        text.push_str(digit(ones));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::NATIONAL;

    #[test]
    fn articles_are_counted_as_laws_count_them() {
        let said: Vec<_> = [5, 10, 12, 20, 45, 100, 105, 110, 254].into_iter().map(numeral).collect();
        assert_eq!(said, ["五", "十", "十二", "二十", "四十五", "一百", "一百零五", "一百一十", "二百五十四"]);
    }

    #[test]
    fn papers_tell_the_duty_from_what_follows_when_it_is_violated() {
        let pack = Pack::built_in(NATIONAL).unwrap();
        let said: Vec<_> = pack.provisions("PQL art.32; PQL art.49; PQL art.50; CL art.140; S:XK08; D");
        let said: Vec<_> = said.iter().map(|p| (p.law.as_str(), p.article.as_str(), p.liability)).collect();
        assert_eq!(
            said,
            [
                ("中华人民共和国产品质量法", "第三十二条", false),
                ("中华人民共和国产品质量法", "第四十九条、第五十条", true),
                ("中华人民共和国刑法", "第一百四十条", true)
            ]
        );
        let standard = &pack.provisions("STD GB 175-2007")[0];
        assert_eq!((standard.law.as_str(), standard.article.as_str()), ("通用硅酸盐水泥", "（GB 175-2007）"));
    }

    #[test]
    fn sources_are_quoted_in_both_languages() {
        let pack = Pack::built_in(NATIONAL).unwrap();
        let both = |source| [pack.cite(source, Lang::Zh), pack.cite(source, Lang::En)];
        assert_eq!(
            both("IPL art.5; IPL art.45; CAR art.27"),
            [
                "《工业产品生产许可证管理条例》第五条、第四十五条；《认证认可条例》第二十七条",
                "Regulation on production licences of industrial products art. 5, art. 45; \
                 Regulation on certification and accreditation art. 27"
            ]
        );
        assert_eq!(both("STD GB 175-2007"), ["GB 175-2007", "GB 175-2007"]);
        assert_eq!(both("K"), ["专业常识", "Professional knowledge not compared with a text"]);
        assert!(both("S:XK08")[0].ends_with("（网络副本）"));
        assert!(both("NOTICE T1-1")[0].ends_with("的通知》T1-1"));
        assert_eq!(both("XYZ art.1"), ["XYZ 第一条", "XYZ art. 1"]);
    }
}
