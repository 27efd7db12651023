//! What the columns of a file mean, guessed from their headings.

use super::model::{Column, Mapping};
use crate::kernel::{
    Lang,
    sheet::{self, Row},
};

/// How headings are written. Longer ones before those they contain.
const HEADINGS: &[(&str, Column)] = &[
    ("企业名称", Column::Name),
    ("单位名称", Column::Name),
    ("主体名称", Column::Name),
    ("市场主体名称", Column::Name),
    ("经营者名称", Column::Name),
    ("生产企业名称", Column::Name),
    ("受检单位", Column::Name),
    ("被检查单位", Column::Name),
    ("店铺名称", Column::Name),
    ("名称", Column::Name),
    ("enterprise", Column::Name),
    ("company", Column::Name),
    ("companyname", Column::Name),
    ("enterprisename", Column::Name),
    ("英文名", Column::NameEn),
    ("曾用名", Column::Aliases),
    ("简称", Column::Aliases),
    ("字号", Column::Aliases),
    ("社会信用代码", Column::Uscc),
    ("信用代码", Column::Uscc),
    ("统一代码", Column::Uscc),
    ("uscc", Column::Uscc),
    ("unifiedsocialcreditcode", Column::Uscc),
    ("socialcreditcode", Column::Uscc),
    ("工商注册号", Column::RegistrationNo),
    ("营业执照号", Column::RegistrationNo),
    ("营业执照注册号", Column::RegistrationNo),
    ("registrationno", Column::RegistrationNo),
    ("经营者", Column::Person),
    ("负责人姓名", Column::Person),
    ("业主姓名", Column::Person),
    ("owner", Column::Person),
    ("身份证后四位", Column::PersonId),
    ("身份证号后六位", Column::PersonId),
    ("企业类型", Column::Kind),
    ("单位类型", Column::Kind),
    ("企业类别", Column::Kind),
    ("经营类型", Column::Kind),
    ("类型", Column::Kind),
    ("type", Column::Kind),
    ("规模", Column::Size),
    ("规模类型", Column::Size),
    ("法人", Column::LegalPerson),
    ("法人代表", Column::LegalPerson),
    ("法定代表人或负责人", Column::LegalPerson),
    ("法定代表人负责人", Column::LegalPerson),
    ("负责人", Column::LegalPerson),
    ("legalperson", Column::LegalPerson),
    ("legalrepresentative", Column::LegalPerson),
    ("电话", Column::Phone),
    ("手机", Column::Phone),
    ("手机号", Column::Phone),
    ("联系方式", Column::Phone),
    ("phone", Column::Phone),
    ("mobile", Column::Phone),
    ("详细地址", Column::Address),
    ("生产地址", Column::Address),
    ("经营地址", Column::Address),
    ("生产经营地址", Column::Address),
    ("住所", Column::Address),
    ("经营场所", Column::Address),
    ("注册地址", Column::Address),
    ("行政区划代码", Column::Region),
    ("区划代码", Column::Region),
    ("所属区县", Column::Region),
    ("所在县区", Column::Region),
    ("县市区", Column::Region),
    ("区县", Column::Region),
    ("县区", Column::Region),
    ("所属地区", Column::Region),
    ("地区", Column::Region),
    ("regioncode", Column::Region),
    ("市场监管所", Column::Station),
    ("所属所", Column::Station),
    ("监管所", Column::Station),
    ("管辖机构", Column::Station),
    ("辖区所", Column::Station),
    ("station", Column::Station),
    ("lng", Column::Lon),
    ("lon", Column::Lon),
    ("lat", Column::Lat),
    ("标签", Column::Tags),
    ("重点对象", Column::Tags),
    ("产品名称", Column::Products),
    ("产品类别", Column::Products),
    ("产品种类", Column::Products),
    ("重点产品", Column::Products),
    ("经营产品", Column::Sold),
    ("平台名称", Column::Platform),
    ("平台", Column::Platform),
    ("网址", Column::ShopUrl),
    ("店铺链接", Column::ShopUrl),
    ("url", Column::ShopUrl),
    ("许可证编号", Column::Licence),
    ("许可证号", Column::Licence),
    ("工业产品生产许可证编号", Column::Licence),
    ("生产许可证号", Column::Licence),
    ("证书编号", Column::Licence),
    ("发证日期", Column::LicenceIssued),
    ("有效期至", Column::LicenceExpires),
    ("有效期", Column::LicenceExpires),
    ("有效期止", Column::LicenceExpires),
    ("许可证有效期", Column::LicenceExpires),
    ("3c证书编号", Column::Ccc),
    ("强制性产品认证证书编号", Column::Ccc),
    ("ccc证书号", Column::Ccc),
    ("3c有效期至", Column::CccExpires),
    ("ccc有效期", Column::CccExpires),
    ("3c发证日期", Column::CccIssued),
    ("发证单位", Column::Body),
    ("认证机构", Column::Body),
    ("确认不重复", Column::Confirmed),
    ("非重复", Column::Confirmed),
];

/// What a heading means, however it is decorated: `*企业名称（必填）`.
pub fn column(heading: &str) -> Option<Column> {
    let bare = sheet::bare(heading);
    if bare.is_empty() {
        return None;
    }
    let own =
        Column::ALL.iter().find(|c| [c.code(), c.label(Lang::Zh), c.label(Lang::En)].map(sheet::bare).contains(&bare));
    own.copied().or_else(|| HEADINGS.iter().find(|(h, _)| *h == bare).map(|(_, c)| *c))
}

/// The headings and their meaning.
pub fn mapping(rows: &[Row]) -> Mapping {
    let nothing = || {
        let width = rows.first().map_or(0, |r| r.cells.len());
        (rows.first().map_or(0, |r| r.line), vec![None; width])
    };
    let (header, columns) = sheet::headings(rows, column).unwrap_or_else(nothing);
    Mapping { header, columns, kind: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lines: &[&[&str]]) -> Vec<Row> {
        let row = |(i, cells): (usize, &&[&str])| Row {
            line: i as i64 + 1,
            cells: cells.iter().map(|c| (*c).to_owned()).collect(),
        };
        lines.iter().enumerate().map(row).collect()
    }

    #[test]
    fn titles_above_the_headings_are_passed_over() {
        let table = rows(&[
            &["正定县重点工业产品企业名录", "正定县重点工业产品企业名录", "正定县重点工业产品企业名录"],
            &["填报单位：某局"],
            &["序号", "*单位名称（必填）", "统一社会信用代码", "联系方式", "所属区县"],
            &["1", "正定县恒达水泥有限公司", "", "", ""],
        ]);
        let mapping = mapping(&table);
        assert_eq!(mapping.header, 3);
        assert_eq!(
            mapping.columns,
            [None, Some(Column::Name), Some(Column::Uscc), Some(Column::Phone), Some(Column::Region)]
        );
    }

    #[test]
    fn in_a_head_of_two_rows_the_lower_counts() {
        let table = rows(&[
            &["企业名称", "许可证", "许可证", "地址"],
            &["企业名称", "许可证编号", "有效期至", "地址"],
            &["甲", "乙", "丙", "丁"],
        ]);
        let mapping = mapping(&table);
        assert_eq!((mapping.header, mapping.columns[1]), (2, Some(Column::Licence)));
    }

    #[test]
    fn english_headings_are_known() {
        assert_eq!(column("Enterprise Name"), Some(Column::Name));
        assert_eq!(column("Credit code"), Some(Column::Uscc));
        assert_eq!(column("colour"), None);
    }
}
