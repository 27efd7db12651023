//! The subjects of the demonstration: made up, with codes by rule from ranges that are not given out.

use super::{
    dice::Dice,
    house::{House, OFFICES, entry},
    lists::{BRANDS, COUNTIES, County, Sort, TRADES, Trade},
    papers,
};
use crate::{
    enterprises::{self, Entry, Kind, List, Micro, SiteEntry, SiteKind, Size, Tag, certificates},
    kernel::{EnterpriseId, Moment},
    record::Field,
    reference::identifiers,
};
use jiff::civil::Date;

/// A subject, with everything that others need of it.
#[derive(Debug, Clone)]
pub struct Firm {
    pub id: EnterpriseId,
    /// Its county in [`COUNTIES`].
    pub county: usize,
    pub sort: Sort,
    pub entry: Entry,
    pub field: Field,
    pub products: Vec<String>,
    /// Who signs for it.
    pub person: String,
    /// Login of its account.
    pub login: String,
    pub site: Option<SiteEntry>,
    pub papers: Vec<papers::Paper>,
    /// Whether the house has registered it already.
    pub known: bool,
}

impl Firm {
    pub fn county(&self) -> &'static County {
        &COUNTIES[self.county]
    }

    /// Which findings it may have: `made`, `sold`, `online`.
    pub fn sides(&self) -> &'static [&'static str] {
        match self.sort {
            Sort::Producer | Sort::Both => &["made"],
            Sort::Seller | Sort::Village | Sort::User => &["sold"],
            Sort::OnlineShop => &["sold", "online"],
        }
    }
}

/// Every subject; the two of the house come first.
pub fn firms(house: &House, first: Date) -> Vec<Firm> {
    let mut all = vec![hengda(house), store(house)];
    for (number, county) in COUNTIES.iter().enumerate() {
        let mut deck: Vec<&Trade> = TRADES.iter().flat_map(|t| std::iter::repeat_n(t, t.share)).collect();
        Dice::named(&county.office, 0).shuffle(&mut deck);
        for trade in deck.into_iter().take(county.firms) {
            let firm = firm(all.len(), number, trade, first);
            all.push(firm);
        }
    }
    all
}

fn hengda(house: &House) -> Firm {
    known(house.hengda, Sort::Producer, Field::Production, &["0301"], ("何达", "wei"))
}

fn store(house: &House) -> Firm {
    known(house.store, Sort::Village, Field::Rural, &["0401", "0501"], ("梅香", "mei"))
}

fn known(id: EnterpriseId, sort: Sort, field: Field, products: &[&str], (person, login): (&str, &str)) -> Firm {
    Firm {
        id,
        county: 0,
        sort,
        entry: entry(),
        field,
        products: products.iter().map(|p| (*p).to_owned()).collect(),
        person: person.to_owned(),
        login: login.to_owned(),
        site: None,
        papers: Vec::new(),
        known: true,
    }
}

const ROADS: &[&str] = &["工业路", "兴业街", "振兴路", "迎宾大道", "幸福街", "商贸路", "园区东路", "和平街"];

fn firm(number: usize, county_number: usize, trade: &Trade, first: Date) -> Firm {
    let county = &COUNTIES[county_number];
    let mut dice = Dice::named("firm", number);
    let town = dice.pick(county.towns.as_slice()).clone();
    let person = dice.name();
    let brand = &BRANDS[(number * 5 + county_number) % BRANDS.len()];
    let village = trade.kind == Sort::Village;
    let name = match trade.kind {
        Sort::Producer | Sort::Both | Sort::User => format!("{}{}{}有限公司", county.place, brand.zh, trade.word),
        Sort::Seller => format!("{}{}{}", county.place, brand.zh, trade.word),
        Sort::Village => format!("{town}{person}{}", trade.word),
        Sort::OnlineShop => format!("{}{}（{}）", brand.zh, trade.word, county.place),
    };
    let english = format!("{} {} {}", county.place_en, brand.en, trade.word_en);
    let (lon, lat) = (near(county.lon, &mut dice), near(county.lat, &mut dice));
    let address = format!("{}{town}{}{}号", county.address, dice.pick(ROADS), dice.between(1, 268));
    let typed = Entry {
        name,
        name_en: (!village).then_some(english),
        uscc: (!village).then(|| identifiers::make_uscc(&county.region, papers::serial(number))),
        person: village.then(|| person.clone()),
        kind: Some(kind(trade.kind)),
        size: Size::from_code(&trade.sizes[dice.below(trade.sizes.len())]),
        legal_person: (!village).then(|| person.clone()),
        phone: Some(format!("138000{:05}", 10_000 + number)),
        address: Some(address.clone()),
        region: Some(county.region.clone()),
        lon: Some(lon),
        lat: Some(lat),
        tags: tags(trade, &mut dice),
        made: List(if makes(trade.kind) { trade.products.clone() } else { Vec::new() }),
        sold: List(if makes(trade.kind) { Vec::new() } else { trade.products.clone() }),
        platform: (trade.kind == Sort::OnlineShop).then(|| "演示集市".to_owned()),
        shop_url: (trade.kind == Sort::OnlineShop).then(|| format!("https://shop.example/{number}")),
        station: station(&town),
        ..entry()
    };
    let at = Moment::start_of(first);
    Firm {
        id: id(&mut dice, at),
        county: county_number,
        sort: trade.kind,
        field: field(trade.kind, &town),
        products: trade.products.clone(),
        login: format!("firm{number:03}"),
        site: site(trade, &town, county, &address, &mut dice),
        papers: papers::of(number, trade, county, first),
        person,
        entry: typed,
        known: false,
    }
}

fn id(dice: &mut Dice, at: Moment) -> EnterpriseId {
    dice.id(at).parse().unwrap_or_else(|_| EnterpriseId::new(at))
}

const fn makes(sort: Sort) -> bool {
    matches!(sort, Sort::Producer | Sort::Both)
}

const fn kind(sort: Sort) -> Kind {
    match sort {
        Sort::Producer => Kind::Producer,
        Sort::Both => Kind::Both,
        Sort::Seller | Sort::Village => Kind::Seller,
        Sort::OnlineShop => Kind::OnlineShop,
        Sort::User => Kind::User,
    }
}

fn field(sort: Sort, town: &str) -> Field {
    match sort {
        Sort::Producer | Sort::Both => Field::Production,
        Sort::OnlineShop => Field::Online,
        Sort::Village if town.ends_with('镇') => Field::Rural,
        Sort::Seller | Sort::Village | Sort::User => Field::Circulation,
    }
}

/// The station that bears the town's name, where there is one.
fn station(town: &str) -> Option<String> {
    let root = town.trim_end_matches("街道");
    OFFICES.iter().find(|o| o.level == "station" && o.name.starts_with(root)).map(|o| o.name.clone())
}

fn tags(trade: &Trade, dice: &mut Dice) -> List<Tag> {
    let mut tags = Vec::new();
    if trade.kind == Sort::Village || trade.word.starts_with("农资") {
        tags.push(Tag::UrbanRuralFringe);
    }
    for (tag, of_hundred) in [
        (Tag::Cluster, if makes(trade.kind) { 25 } else { 5 }),
        (Tag::FrequentProblems, 12),
        (Tag::Complaints, 9),
        (Tag::PublicOpinion, 4),
        (Tag::RepeatedFailures, 6),
    ] {
        if dice.percent(of_hundred) {
            tags.push(tag);
        }
    }
    List(tags)
}

/// Some kilometres around the middle of the county.
fn near(middle: Micro, dice: &mut Dice) -> Micro {
    Micro(middle.0 + dice.between(-55_000, 55_000))
}

fn site(trade: &Trade, town: &str, county: &County, address: &str, dice: &mut Dice) -> Option<SiteEntry> {
    let (kind, name) = match trade.kind {
        Sort::Producer | Sort::Both if dice.percent(35) => (SiteKind::Warehouse, "成品库"),
        Sort::Producer if dice.percent(30) => (SiteKind::Production, "二分厂"),
        Sort::Seller if dice.percent(15) => (SiteKind::Shop, "分店"),
        _ => return None,
    };
    Some(SiteEntry {
        name: format!("{town}{name}"),
        kind,
        address: format!("{address}北侧"),
        region: Some(county.region.clone()),
        lon: None,
        lat: None,
        closed: None,
        office: None,
        version: None,
    })
}

/// A second entry of a subject, as careless registration makes one.
pub fn twin(firm: &Firm, at: Moment) -> enterprises::New {
    let entry = Entry {
        name: firm.entry.name.replace("有限公司", "有限责任公司"),
        uscc: None,
        person: Some(firm.person.clone()),
        phone: None,
        ..firm.entry.clone()
    };
    let id = id(&mut Dice::named("twin", 0), at);
    enterprises::New { id, entry, confirm_not_duplicate: List(vec![firm.id]) }
}

/// What a certificate is registered with.
pub fn certificate(firm: &Firm, paper: &papers::Paper) -> certificates::New {
    certificates::New {
        id: paper.id,
        enterprise: firm.id,
        kind: paper.kind,
        number: paper.number.clone(),
        holder: None,
        products: List(paper.products.clone()),
        scope: None,
        address: None,
        body: Some(paper.body.clone()),
        issued: paper.issued,
        expires: paper.expires,
    }
}
