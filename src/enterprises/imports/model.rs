//! What an import is. No database, no HTTP, no clock.

use crate::{
    enterprises::Kind,
    kernel::{AccountId, EnterpriseId, ImportId, Moment, OfficeId, db},
    people::{Actor, Place, Role},
    record::{Kind as ThingKind, Thing},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// Where an import stands.
    #[schema(as = ImportState)]
    pub enum State {
        Loading "loading" "读取中" "Being read",
        Preview "preview" "待确认" "To be confirmed",
        Running "running" "导入中" "Running",
        Done "done" "已完成" "Done",
        Cancelled "cancelled" "已取消" "Cancelled",
    }
    /// What can be done to one.
    #[schema(as = ImportVerb)]
    pub enum Verb {
        Load "load" "读取文件" "Read the file",
        Start "start" "确认并开始导入" "Confirm and start",
        Finish "finish" "完成" "Finish",
        Cancel "cancel" "取消" "Cancel",
    }
    /// What became of a row.
    #[schema(as = ImportOutcome)]
    pub enum Outcome {
        New "new" "新增" "New",
        Updated "updated" "更新" "Updated",
        Unchanged "unchanged" "未变化" "Unchanged",
        Refused "refused" "未导入" "Refused",
    }
    /// What a column of the file means.
    #[schema(as = ImportColumn)]
    pub enum Column {
        Name "name" "企业名称" "Name",
        NameEn "name_en" "英文名称" "English name",
        Aliases "aliases" "别名" "Other names",
        Uscc "uscc" "统一社会信用代码" "Credit code",
        RegistrationNo "registration_no" "注册号" "Registration number",
        Person "person" "经营者姓名" "Person who runs it",
        PersonId "person_id" "身份证号后几位" "Last digits of identity number",
        Kind "kind" "主体类型" "Kind",
        Size "size" "企业规模" "Size",
        LegalPerson "legal_person" "法定代表人" "Legal representative",
        Phone "phone" "联系电话" "Telephone",
        Address "address" "地址" "Address",
        Region "region" "行政区划" "Region",
        Station "station" "监管机构" "Office or station",
        Lon "lon" "经度" "Longitude",
        Lat "lat" "纬度" "Latitude",
        Tags "tags" "重点对象标签" "Tags",
        Made "made" "生产产品" "Products made",
        Sold "sold" "销售产品" "Products sold",
        Products "products" "产品" "Products",
        Platform "platform" "所在平台" "Platform",
        ShopUrl "shop_url" "店铺网址" "Shop address",
        Licence "licence" "生产许可证编号" "Licence number",
        LicenceIssued "licence_issued" "许可证发证日期" "Licence issued",
        LicenceExpires "licence_expires" "许可证有效期至" "Licence expires",
        Ccc "ccc" "CCC证书编号" "CCC number",
        CccIssued "ccc_issued" "CCC发证日期" "CCC issued",
        CccExpires "ccc_expires" "CCC有效期至" "CCC expires",
        Body "body" "发证机关" "Issued by",
        Confirmed "confirmed" "确认非重复" "Confirmed no duplicate",
    }
}

/// Who may import.
pub const IMPORTERS: &[Role] = &[Role::Administrator, Role::Coordinator, Role::Supervisor];
const CLOCK: &[Role] = &[Role::System];

impl State {
    /// States in which an import may rest for good.
    pub const ENDS: &[Self] = &[Self::Done, Self::Cancelled];

    /// The whole life of an import, and who may do each step.
    pub const fn step(self, verb: Verb) -> Option<(Self, &'static [Role])> {
        Some(match (self, verb) {
            (Self::Loading, Verb::Load) => (Self::Preview, IMPORTERS),
            (Self::Preview, Verb::Start) => (Self::Running, IMPORTERS),
            (Self::Loading | Self::Preview | Self::Running, Verb::Cancel) => (Self::Cancelled, IMPORTERS),
            (Self::Running, Verb::Finish) => (Self::Done, CLOCK),
            _ => return None,
        })
    }
}

/// What the columns of a file mean.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mapping {
    /// The row of the headings; what stands below it is data.
    pub header: i64,
    /// For each column of the file its meaning, or nothing.
    pub columns: Vec<Option<Column>>,
    /// The kind of subjects in the file, where no column says it.
    #[serde(default)]
    pub kind: Option<Kind>,
}

impl db::Column for Mapping {
    fn from_value(value: db::Value) -> Option<Self> {
        serde_json::from_str(&String::from_value(value)?).ok()
    }
}
impl From<&Mapping> for db::Value {
    fn from(mapping: &Mapping) -> Self {
        serde_json::to_string(mapping).unwrap_or_default().into()
    }
}

row! {
    /// An import (导入): a file of subjects, worked off row by row.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Import {
        pub id: ImportId,
        /// Name of the file.
        pub name: String,
        /// SHA-256 of the file.
        pub digest: String,
        pub state: State,
        pub mapping: Mapping,
        /// Rows of data.
        pub total: i64,
        pub account: AccountId,
        pub account_name: String,
        pub office: OfficeId,
        pub created_at: Moment,
        pub finished_at: Option<Moment>,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

row! {
    /// A row of the file on its way.
    #[derive(Debug, Clone)]
    pub struct Waiting {
        pub line: i64,
        /// The cells as JSON, locked up.
        pub cells: String,
        pub identity: Option<String>,
        pub twin: Option<String>,
        pub digest: Option<String>,
        pub licence: Option<String>,
        pub ccc: Option<String>,
        pub whole: Option<String>,
        pub target: Option<EnterpriseId>,
    }
}

row! {
    /// What became of a row.
    #[derive(Debug, Clone, Serialize, ToSchema)]
    pub struct RowResult {
        /// The row's number in the file.
        pub line: i64,
        #[serde(skip)]
        pub cells: String,
        pub outcome: Option<Outcome>,
        /// The column at fault.
        pub field: Option<String>,
        pub sentence_zh: Option<String>,
        pub sentence_en: Option<String>,
        /// The subject that the row became.
        pub target: Option<EnterpriseId>,
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImportProgress)]
pub struct Progress {
    pub total: i64,
    pub checked: i64,
    pub done: i64,
    pub new: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub refused: i64,
}

impl Import {
    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// The address of its page.
    pub fn href(&self) -> String {
        format!("/imports/{}", self.id)
    }

    /// The colour of its state.
    pub const fn colour(&self) -> &'static str {
        match self.state {
            State::Preview => "orange",
            State::Loading | State::Running => "blue",
            State::Done => "green",
            State::Cancelled => "grey",
        }
    }

    /// What `actor` may do next.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        let mine = |v: &Verb| self.state.step(*v).is_some_and(|(_, who)| who.iter().any(|r| actor.is(*r)));
        Verb::ALL.iter().copied().filter(mine).collect()
    }
}

impl Thing for Import {
    const KIND: ThingKind = ThingKind::Import;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn place(&self) -> Place {
        self.place()
    }
}

impl Column {
    /// Whether `field` of a refusal is said of this column.
    pub fn is(self, field: &str) -> bool {
        match self {
            Self::Products => matches!(field, "products" | "made" | "sold"),
            Self::Region => matches!(field, "region" | "office"),
            other => other.code() == field,
        }
    }
}
