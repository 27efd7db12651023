//! The sample files in `demo/`: made by rule, never of real firms. The test writes them anew when the rule has changed,
//! and imports them as people would.

use super::{imports::worked, *};
use crate::{
    enterprises::imports::{self, Import, Mapping, Outcome, Progress, Row, store},
    kernel::ImportId,
    reference::identifiers::{make_ccc, make_licence},
};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet};
use std::{fs, path::Path};

/// Serial numbers of the samples begin here, far from those of the demonstration.
const SERIALS: u32 = 600_000;

const BRANDS: &[&str] = &[
    "青禾", "白露", "松涛", "云岭", "沧澜", "鹿鸣", "晨曦", "长风", "远山", "金穗", "碧波", "春晖", "石门", "滹沱",
    "常山",
];
const TRADES: &[(&str, &str, &str)] = &[
    ("水泥", "生产企业", "0301"),
    ("线缆", "生产企业", "0402"),
    ("复合肥", "生产企业", "0501"),
    ("五金", "销售企业", "0402、0501"),
    ("农资", "销售企业", "0501、0502"),
    ("灯具", "销售企业", "1405"),
    ("消防器材", "生产兼销售企业", "0601"),
];

/// A cell as it stands in a workbook.
pub enum Cell {
    Text(String),
    Number(f64),
    Day(u16, u8, u8),
}

pub fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn name(i: usize) -> String {
    let (trade, ..) = TRADES[i % TRADES.len()];
    let form = if i % TRADES.len() < 3 { "有限公司" } else { "经营部" };
    format!(
        "正定县{}{trade}{}{form}",
        BRANDS[i % BRANDS.len()],
        ["", "二", "三", "四", "五", "六", "七", "八"][i / 15 % 8]
    )
}

fn code(i: usize) -> String {
    make_uscc("130123", SERIALS + u32::try_from(i).unwrap())
}

pub fn workbook(rows: &[Vec<Cell>], more: impl Fn(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2023, 6, 1).unwrap();
    book.set_properties(&DocProperties::new().set_author("Paicha").set_creation_datetime(&made));
    let day = Format::new().set_num_format("yyyy/m/d");
    let page = book.add_worksheet();
    for (line, row) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            match cell {
                Cell::Text(text) if text.is_empty() => {}
                Cell::Text(text) => {
                    page.write_string(line, column, text).unwrap();
                }
                Cell::Number(number) => {
                    page.write_number(line, column, *number).unwrap();
                }
                Cell::Day(y, m, d) => {
                    let date = ExcelDateTime::from_ymd(*y, *m, *d).unwrap();
                    page.write_datetime_with_format(line, column, &date, &day).unwrap();
                }
            }
        }
    }
    more(page);
    book.save_to_buffer().unwrap()
}

/// A list as it should be: one row of headings, codes as text, ISO dates.
fn clean() -> Vec<u8> {
    let heads = [
        "企业名称",
        "统一社会信用代码",
        "主体类型",
        "企业规模",
        "法定代表人",
        "联系电话",
        "地址",
        "行政区划",
        "产品",
        "生产许可证编号",
        "许可证发证日期",
        "许可证有效期至",
        "发证机关",
    ];
    let mut rows = vec![heads.iter().map(|h| text(*h)).collect::<Vec<_>>()];
    for i in 0..120 {
        let (trade, kind, products) = TRADES[i % TRADES.len()];
        let licensed = trade == "水泥";
        let licence = |filled: String| text(if licensed { filled } else { String::new() });
        rows.push(vec![
            text(name(i)),
            text(code(i)),
            text(kind),
            text(["大型", "中型", "小型", "微型"][i % 4]),
            text(format!("{}某", ["赵", "钱", "孙", "李", "周"][i % 5])),
            text(format!("1380000{i:04}")),
            text(format!("河北省石家庄市正定县示范路{}号", i + 1)),
            text("130123"),
            text(products),
            licence(make_licence('冀', 8, 1, 2000 + u32::try_from(i).unwrap())),
            licence("2021-03-01".into()),
            licence("2026-02-28".into()),
            licence("河北省市场监督管理局".into()),
        ]);
    }
    workbook(&rows, |_| {})
}

/// A list as it comes: a title, a head of two rows with merged cells, every spelling of dates and codes, lost digits,
/// rows twice, a sum below.
fn messy() -> Vec<u8> {
    let t = |cells: &[&str]| cells.iter().map(|c| text(*c)).collect::<Vec<_>>();
    let mut rows = vec![
        t(&["正定县重点工业产品生产销售单位名录（样例）"]),
        t(&["填报单位：正定县市场监督管理局", "", "", "", "填报日期：2023年6月1日"]),
        t(&[
            "序号",
            "单位名称（必填）",
            "社会信用代码",
            "单位类型",
            "联系方式",
            "详细地址",
            "所属区县",
            "生产许可证",
            "",
            "",
            "产品名称",
        ]),
        t(&["", "", "", "", "", "", "", "证书编号", "发证日期", "有效期至", ""]),
    ];
    let licence = |n: u32| make_licence('冀', 8, 1, 3000 + n);
    let mut row =
        |n: u32, firm: &str, uscc: Cell, kind: &str, phone: Cell, paper: (String, Cell, Cell), product: &str| {
            rows.push(vec![
                Cell::Number(f64::from(n)),
                text(firm),
                uscc,
                text(kind),
                phone,
                text(format!("正定县样例街{n}号")),
                text(if n == 1 { "正定县" } else { "" }),
                text(paper.0),
                paper.1,
                paper.2,
                text(product),
            ]);
        };
    let none = || (String::new(), text(""), text("/"));
    let full: String = code(201).chars().map(|c| char::from_u32(c as u32 + 0xfee0).unwrap()).collect();
    row(
        1,
        "正定县　青石水泥　有限公司",
        text(full),
        "生产",
        Cell::Number(13_800_001_001.0),
        (licence(1).replace('(', "（").replace(')', "）"), text("20200609"), text("2025年6月8日")),
        "通用硅酸盐水泥",
    );
    row(
        2,
        "正定县白石水泥有限责任公司",
        text(code(202)),
        "生产单位",
        text("138-0000-1002"),
        (licence(2).to_lowercase(), text("210110"), Cell::Day(2026, 1, 9)),
        "0301",
    );
    row(
        3,
        "正定县红石水泥有限公司",
        text(format!(" {} ", code(203))),
        "制造",
        text("/"),
        (licence(3), Cell::Number(44_500.0), text("2026/10/30")),
        "0301 通用硅酸盐水泥",
    );
    row(
        4,
        "正定县黑石水泥有限公司",
        text(code(204)),
        "生产",
        text(""),
        (licence(4), text(""), text("2021.05.01至2026.04.30")),
        "0301",
    );
    row(5, "正定县墨线电料行", text(code(205)), "经营", text(""), none(), "0402");
    row(5, "正定县墨线电料行", text(code(205)), "经营", text(""), none(), "0402");
    row(6, "正定县蓝线电料行", text(code(206)), "零售", text(""), none(), "0402");
    row(7, "正定县兰线电料经营部", text(code(206)), "零售", text(""), none(), "0402");
    row(8, "正定县绿线电料行", Cell::Number(911_301_236_000_000_000.0), "销售", text(""), none(), "0402");
    row(9, "正定县黄线电料行", text(format!("{}0", &code(209)[..17])), "销售", text(""), none(), "0402");
    row(
        10,
        "正定县紫线电料行",
        text(code(210)),
        "销售",
        text(""),
        (licence(10), text("2023-02-30"), text("2028-02-28")),
        "0402",
    );
    row(11, "无照经营的小作坊", text("无"), "生产", text(""), none(), "0301");
    row(12, "正定县橙线电料行", text(code(212)), "博物馆", text(""), none(), "0402");
    row(13, "正定县白线电料行", text(code(213)), "销售", text(""), none(), "木材");
    rows.push(t(&["合计", "13家"]));
    workbook(&rows, |page| {
        let centre = Format::new().set_align(FormatAlign::Center);
        page.merge_range(0, 0, 0, 10, "正定县重点工业产品生产销售单位名录（样例）", &centre).unwrap();
        for column in (0..7).chain([10]) {
            let head = [
                "序号",
                "单位名称（必填）",
                "社会信用代码",
                "单位类型",
                "联系方式",
                "详细地址",
                "所属区县",
                "",
                "",
                "",
                "产品名称",
            ];
            page.merge_range(2, column, 3, column, head[column as usize], &centre).unwrap();
        }
        page.merge_range(2, 7, 2, 9, "生产许可证", &centre).unwrap();
        page.merge_range(4, 6, 17, 6, "正定县", &centre).unwrap();
    })
}

/// A list saved by a spreadsheet of this country: GBK, no mark.
fn gbk() -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["单位名称", "统一社会信用代码", "单位类型", "地址", "CCC证书编号", "CCC发证日期", "CCC有效期至"])
        .unwrap();
    for i in 300..360_usize {
        let (_, kind, _) = TRADES[i % TRADES.len()];
        let paper = i % 7 == 6;
        let cell = |filled: String| if paper { filled } else { "/".to_owned() };
        let address = format!("正定县示范街{i}号");
        csv.write_record([
            name(i - 150),
            code(i),
            kind.to_owned(),
            address,
            cell(make_ccc(2021, 1801, u32::try_from(i).unwrap())),
            cell("2021年3月1日".into()),
            cell("2026/2/28".into()),
        ])
        .unwrap();
    }
    let text = String::from_utf8(csv.into_inner().unwrap()).unwrap();
    encoding_rs::GBK.encode(&text).0.into_owned()
}

/// The rows of the sample, which is written anew when it no longer says what the rule says.
#[track_caller]
fn sample(name: &str, made: &[u8]) -> Vec<Row> {
    let file = Path::new("demo").join(name);
    let wanted = imports::read(made).unwrap();
    let there = fs::read(&file).ok().and_then(|bytes| imports::read(&bytes).ok());
    if there.as_ref() != Some(&wanted) {
        fs::write(&file, made).unwrap();
        panic!("{} was out of date; it has been written anew: commit it", file.display());
    }
    wanted
}

/// Imports a file as somebody would who takes every column as it was guessed.
async fn imported(w: &World, name: &'static str, rows: Vec<Row>) -> (Import, Progress, Vec<(i64, String)>) {
    let sun = by(&w.county, &[Role::Supervisor]);
    let (id, keeper) = (ImportId::new(now()), w.app.keeper.clone());
    let begin = move |tx: &mut Tx, by: &By| {
        imports::begin(tx, by, id, name, name)?;
        imports::load(tx, by, &keeper, id, &rows)?;
        let import = imports::ready(tx, by, id, &rows)?;
        let mapping = Mapping { kind: None, ..import.mapping };
        imports::start(tx, by, id, &mapping)
    };
    let import = w.app.act(&sun, begin).await.unwrap();
    worked(w, id, &[(200, false); 4]).await;
    let read = move |tx: &mut Tx| {
        let refused = store::results(tx, id, Some(Outcome::Refused), 0, 100)?;
        let faults = refused.into_iter().map(|r| (r.line, r.field.unwrap_or_default())).collect();
        Ok((store::progress(tx, &import)?, faults, import))
    };
    let (progress, faults, import) = w.app.db.read(read).await.unwrap();
    (import, progress, faults)
}

#[tokio::test]
async fn a_clean_list_comes_in_whole() {
    let w = World::new().await;
    let rows = sample("enterprises-clean.xlsx", &clean());
    let (import, progress, faults) = imported(&w, "enterprises-clean.xlsx", rows).await;
    assert_eq!(faults, []);
    assert_eq!((progress.total, progress.new, import.mapping.header), (120, 120, 1));
    let licences: i64 = w.app.db.read(|tx| tx.get("select count(*) from certificates", &[])).await.unwrap();
    assert_eq!(licences, 18);
}

#[tokio::test]
async fn a_messy_list_comes_in_as_far_as_it_can_and_says_why_not() {
    let w = World::new().await;
    let rows = sample("enterprises-messy.xlsx", &messy());
    let (import, progress, faults) = imported(&w, "enterprises-messy.xlsx", rows).await;
    assert_eq!(import.mapping.header, 4);
    let faults: Vec<(i64, &str)> = faults.iter().map(|(line, field)| (*line, field.as_str())).collect();
    // without the campaign's pack a product is known by its code only: the name in the first row is refused as the wood
    // in the last
    let expected = [
        (5, "products"),
        (11, ""),
        (12, ""),
        (13, "uscc"),
        (14, "uscc"),
        (15, "licence_issued"),
        (16, "person"),
        (17, "kind"),
        (18, "products"),
        (19, "person"),
    ];
    assert_eq!(faults, expected);
    assert_eq!((progress.total, progress.new, progress.unchanged), (15, 4, 1));
    let dates: Vec<(String, String)> =
        w.app.db.read(|tx| tx.all("select issued, expires from certificates order by expires", &[])).await.unwrap();
    let dates: Vec<(&str, &str)> = dates.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(dates, [("2021-01-10", "2026-01-09"), ("2021-05-01", "2026-04-30"), ("2021-10-31", "2026-10-30")]);
}

#[tokio::test]
async fn a_list_in_gbk_is_read_as_it_was_written() {
    let w = World::new().await;
    let rows = sample("enterprises-gbk.csv", &gbk());
    let (_, progress, faults) = imported(&w, "enterprises-gbk.csv", rows).await;
    assert_eq!(faults, []);
    assert_eq!((progress.total, progress.new), (60, 60));
    let names: Vec<String> =
        w.app.db.read(|tx| tx.all("select name from enterprises order by name", &[])).await.unwrap();
    assert!(names.iter().all(|n| n.starts_with("正定县")), "{names:?}");
}
