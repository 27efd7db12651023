//! What people type of a subject, brought into one form and checked. No database.

use super::{
    Enterprise, Kind, Size, Tag,
    values::{List, Locked, Micro},
};
use crate::{
    kernel::{EnterpriseId, OfficeId, REQUIRED, Refusal, Result, TOO_LONG, secret::Keeper, text},
    reference::{identifiers, regions},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest name, address or other line, in characters.
const LINE: usize = 200;
/// What wipes a secret, because an empty field leaves it as it is.
const WIPE: &str = "-";

refusals! {
    SCIENTIFIC "enterprises.scientific" "“{found}”是表格软件把长数字改成的科学计数法，原数字已丢失：请把该列设为“文本”格式，再从证照或者原系统重新填写。" "“{found}” is a long number that a spreadsheet turned into scientific notation, its digits are lost: format the column as text and enter the number again from the licence or the original system.";
    NO_IDENTITY "enterprises.no_identity" "没有统一社会信用代码或者注册号的，须填写经营者姓名和地址。" "Without a credit code or registration number the person who runs it and the address are needed.";
    PERSON_ID "enterprises.person_id" "只填写身份证号后 4 至 6 位。" "Only the last 4 to 6 characters of the identity number.";
    NOT_A_PRODUCT "enterprises.not_a_product" "“{found}”不是产品代码，应为 2 位类别或者 4 位产品，如 0301。" "“{found}” is no product code: two digits for a category or four for a product, such as 0301.";
    NOT_A_PLACE "enterprises.not_a_place" "坐标不在中国范围内，请按“经度 73 至 136、纬度 3 至 54”的十进制度数填写。" "The coordinates are not in China: degrees as decimals, longitude 73 to 136, latitude 3 to 54.";
    HALF_A_PLACE "enterprises.half_a_place" "经度和纬度须同时填写。" "Longitude and latitude belong together.";
    NOT_AN_ADDRESS "enterprises.not_a_url" "“{found}”不是网址，应以 http:// 或者 https:// 开头。" "“{found}” is no web address; it begins with http:// or https://.";
    NO_SHOP "enterprises.no_shop" "网络店铺须填写所在平台或者店铺网址。" "An online shop needs its platform or its address.";
}

/// What people type of a subject. In a correction the fields left out are emptied, except telephone and identity number,
/// which stay as they are; `-` wipes them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EnterpriseEntry)]
pub struct Entry {
    pub name: String,
    #[serde(default)]
    pub name_en: Option<String>,
    /// Other names: a list, or one text with 、 between.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub aliases: List<String>,
    /// Unified social credit code, as it stands on the paper.
    #[serde(default)]
    pub uscc: Option<String>,
    /// The old 15-digit number.
    #[serde(default)]
    pub registration_no: Option<String>,
    /// Who runs it, where there is no credit code.
    #[serde(default)]
    pub person: Option<String>,
    /// Last 4 to 6 characters of that person's identity number.
    #[serde(default)]
    pub person_id: Option<String>,
    #[serde(default)]
    pub kind: Option<Kind>,
    #[serde(default)]
    pub size: Option<Size>,
    #[serde(default)]
    pub legal_person: Option<String>,
    #[serde(default)]
    pub phone: Option<String>,
    #[serde(default)]
    pub address: Option<String>,
    /// GB/T 2260 code; the office's own when left out.
    #[serde(default)]
    pub region: Option<String>,
    /// Degrees as text, or millionths of a degree as a number.
    #[serde(default)]
    pub lon: Option<Micro>,
    /// As `lon`.
    #[serde(default)]
    pub lat: Option<Micro>,
    #[serde(default)]
    #[schema(value_type = Vec<Tag>)]
    pub tags: List<Tag>,
    /// Codes of the products it makes.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub made: List<String>,
    /// Codes of the products it sells or uses.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub sold: List<String>,
    #[serde(default)]
    pub platform: Option<String>,
    #[serde(default)]
    pub shop_url: Option<String>,
    /// The office that is responsible; found from the region when left out.
    #[serde(default)]
    pub office: Option<OfficeId>,
    /// Name of the station that is responsible, where the office is found from the region.
    #[serde(default)]
    pub station: Option<String>,
}

/// A subject to be registered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = NewEnterprise)]
pub struct New {
    /// Made by whoever registers it.
    pub id: EnterpriseId,
    #[serde(flatten)]
    pub entry: Entry,
    /// Subjects that look alike and were looked at: it is none of them.
    #[serde(default)]
    #[schema(value_type = Vec<EnterpriseId>)]
    pub confirm_not_duplicate: List<EnterpriseId>,
}

impl Entry {
    /// What stands in the record now, as it would be typed. Secrets are left out: they stay as they are.
    pub fn of(e: &Enterprise) -> Self {
        Self {
            name: e.name.clone(),
            name_en: e.name_en.clone(),
            aliases: e.aliases.clone(),
            uscc: e.uscc.clone(),
            registration_no: e.registration_no.clone(),
            person: e.person.clone(),
            person_id: None,
            kind: Some(e.kind),
            size: Some(e.size),
            legal_person: e.legal_person.clone(),
            phone: None,
            address: Some(e.address.clone()),
            region: Some(e.region.clone()),
            lon: e.lon,
            lat: e.lat,
            tags: e.tags.clone(),
            made: e.made.clone(),
            sold: e.sold.clone(),
            platform: e.platform.clone(),
            shop_url: e.shop_url.clone(),
            office: None,
            station: None,
        }
    }

    /// In one form, checked: codes without spaces, full-width forms made plain. The error names the field.
    pub fn checked(&self) -> Result<Self> {
        let tidy = Self {
            name: line("name", &self.name)?,
            name_en: maybe("name_en", self.name_en.as_ref())?,
            aliases: lines("aliases", &self.aliases)?,
            uscc: code("uscc", self.uscc.as_ref(), |c| identifiers::uscc(c).map(|u| u.code))?,
            registration_no: code("registration_no", self.registration_no.as_ref(), |c| {
                identifiers::old_number(c).map(|n| n.number)
            })?,
            person: maybe("person", self.person.as_ref())?,
            person_id: person_id(self.person_id.as_ref())?,
            legal_person: maybe("legal_person", self.legal_person.as_ref())?,
            phone: maybe("phone", self.phone.as_ref())?,
            address: maybe("address", self.address.as_ref())?,
            region: code("region", self.region.as_ref(), |c| regions::get(c).map(|r| r.code.to_owned()))?,
            tags: sorted(&self.tags),
            made: products("made", &self.made)?,
            sold: products("sold", &self.sold)?,
            platform: maybe("platform", self.platform.as_ref())?,
            shop_url: url(self.shop_url.as_ref())?,
            station: maybe("station", self.station.as_ref())?,
            ..self.clone()
        };
        tidy.whole()
    }

    /// What several fields must be together.
    fn whole(self) -> Result<Self> {
        if self.name.is_empty() {
            return REQUIRED.at("name");
        }
        let coded = self.uscc.is_some() || self.registration_no.is_some();
        if !coded && self.person.is_none() {
            return NO_IDENTITY.at("person");
        }
        if !coded && self.address.is_none() {
            return NO_IDENTITY.at("address");
        }
        if self.kind.is_none() {
            return REQUIRED.at("kind");
        }
        if self.kind == Some(Kind::OnlineShop) && self.platform.is_none() && self.shop_url.is_none() {
            return NO_SHOP.at("platform");
        }
        place("lon", self.lon, self.lat)?;
        Ok(self)
    }

    /// Puts what was typed and checked into the record.
    pub fn put(self, mut e: Enterprise, keeper: &Keeper) -> Result<Enterprise> {
        e.phone = secret(keeper, "enterprises.phone", self.phone, e.phone)?;
        e.person_id = secret(keeper, "enterprises.person_id", self.person_id, e.person_id)?;
        e.name = self.name;
        e.name_en = self.name_en;
        e.aliases = self.aliases;
        e.uscc = self.uscc;
        e.registration_no = self.registration_no;
        e.person = self.person;
        e.kind = self.kind.unwrap_or(e.kind);
        e.size = self.size.unwrap_or(Size::Unknown);
        e.legal_person = self.legal_person;
        e.address = self.address.unwrap_or_default();
        e.region = self.region.unwrap_or(e.region);
        e.lon = self.lon;
        e.lat = self.lat;
        e.tags = self.tags;
        e.made = self.made;
        e.sold = self.sold;
        e.platform = self.platform;
        e.shop_url = self.shop_url;
        Ok(e)
    }
}

fn secret(keeper: &Keeper, purpose: &str, typed: Option<String>, kept: Option<Locked>) -> Result<Option<Locked>> {
    match typed.as_deref() {
        None => Ok(kept),
        Some(WIPE) => Ok(None),
        // the same number again is no change: it would only be locked up anew
        Some(typed) => match &kept {
            Some(locked) if keeper.unlock(purpose, &locked.0).is_ok_and(|known| known == typed) => Ok(kept),
            _ => keeper.lock(purpose, typed).map(|locked| Some(Locked(locked))),
        },
    }
}

/// One line in one form.
pub fn line(field: &str, typed: &str) -> Result<String> {
    let text = text::plain(typed).replace('\n', " ");
    if text.chars().count() > LINE { TOO_LONG.with("max", LINE).at(field) } else { Ok(text) }
}

/// As [`line()`]; nothing when it is blank.
pub fn maybe(field: &str, typed: Option<&String>) -> Result<Option<String>> {
    let text = typed.map(|typed| line(field, typed)).transpose()?;
    Ok(text.filter(|text| !text.is_empty()))
}

fn lines(field: &str, typed: &List<String>) -> Result<List<String>> {
    let lines = typed.0.iter().map(|t| line(field, t)).collect::<Result<Vec<_>>>()?;
    Ok(sorted(&List(lines.into_iter().filter(|l| !l.is_empty()).collect())))
}

fn sorted<T: Ord + Clone>(list: &List<T>) -> List<T> {
    let mut list = list.0.clone();
    list.sort();
    list.dedup();
    List(list)
}

/// A code in the form that `read` gives it; a number in scientific notation is told apart from a mere mistake.
pub fn code(
    field: &str,
    typed: Option<&String>,
    read: impl Fn(&str) -> Result<String, Refusal>,
) -> Result<Option<String>> {
    let Some(typed) = typed.map(|t| text::code(t)).filter(|t| !t.is_empty()) else { return Ok(None) };
    if is_scientific(&typed) {
        return SCIENTIFIC.with("found", typed).at(field);
    }
    read(&typed).map(Some).or_else(|refusal| refusal.at(field))
}

fn is_scientific(code: &str) -> bool {
    let Some((digits, power)) = code.split_once('E') else { return false };
    let plain = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_digit() || c == '.');
    let is_power = power.trim_start_matches(['+', '-']).chars().all(|c| c.is_ascii_digit());
    plain(digits) && digits.contains('.') && is_power || plain(digits) && power.starts_with('+')
}

fn person_id(typed: Option<&String>) -> Result<Option<String>> {
    let Some(digits) = typed.map(|t| text::code(t)).filter(|t| !t.is_empty()) else { return Ok(None) };
    let form = digits.chars().all(|c| c.is_ascii_digit() || c == 'X');
    let right = digits == WIPE || (form && (4..=6).contains(&digits.len()));
    if right { Ok(Some(digits)) } else { PERSON_ID.at("person_id") }
}

pub fn products(field: &str, typed: &List<String>) -> Result<List<String>> {
    let codes: Vec<String> =
        typed.0.iter().flat_map(|t| text::plain(t).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
    let codes: Vec<String> = codes.into_iter().filter(|c| !c.is_empty()).collect();
    let right = |c: &str| matches!(c.len(), 2 | 4) && c.chars().all(|d| d.is_ascii_digit());
    match codes.iter().find(|c| !right(c)) {
        Some(wrong) => NOT_A_PRODUCT.with("found", wrong).at(field),
        None => Ok(sorted(&List(codes))),
    }
}

fn url(typed: Option<&String>) -> Result<Option<String>> {
    let url = maybe("shop_url", typed)?;
    match url.filter(|u| !u.starts_with("https://") && !u.starts_with("http://")) {
        Some(wrong) => NOT_AN_ADDRESS.with("found", wrong).at("shop_url"),
        None => maybe("shop_url", typed),
    }
}

/// Both or neither, and in the country.
pub fn place(field: &str, lon: Option<Micro>, lat: Option<Micro>) -> Result<()> {
    let within = |angle: Micro, least: i64, most: i64| (least * 1_000_000..=most * 1_000_000).contains(&angle.0);
    match (lon, lat) {
        (None, None) => Ok(()),
        (Some(lon), Some(lat)) if within(lon, 73, 136) && within(lat, 3, 54) => Ok(()),
        (Some(_), Some(_)) => NOT_A_PLACE.at(field),
        _ => HALF_A_PLACE.at(field),
    }
}
