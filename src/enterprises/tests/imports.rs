//! Imports: the result depends neither on the order of the rows nor on where a process stopped.

use super::*;
use crate::{
    enterprises::imports::{self, Column, Import, Mapping, Outcome, Row, State as Stage, store},
    kernel::ImportId,
    reference::identifiers::make_licence,
};
use proptest::prelude::*;

/// Rows with every kind of trouble: known, new, equal twice, contradicting, damaged, without a code.
fn table() -> Vec<Vec<String>> {
    let c = |n| make_uscc("130123", n);
    let l = |n| make_licence('冀', 8, 1, n);
    let rows: Vec<[String; 6]> = vec![
        [
            "正定县恒达水泥有限公司".into(),
            c(1),
            "生产".into(),
            l(1),
            "2020年1月10日至2025/1/9".into(),
            "13900000000".into(),
        ],
        ["正定县鸿运电缆有限公司".into(), c(2), "生产".into(), String::new(), String::new(), String::new()],
        ["正定县鸿运电缆有限公司".into(), c(2), "生产企业".into(), String::new(), String::new(), "/".into()],
        ["燕赵五金商行".into(), c(3), "销售".into(), String::new(), String::new(), String::new()],
        ["燕赵五金经营部".into(), c(3), "销售".into(), String::new(), String::new(), String::new()],
        ["代码不全的店".into(), "9.13501E+17".into(), "销售".into(), String::new(), String::new(), String::new()],
        ["王家灯具店".into(), String::new(), "销售".into(), String::new(), String::new(), String::new()],
        ["滹沱河塑料制品有限公司".into(), c(4), "生产".into(), l(2), "20200110至20250109".into(), String::new()],
        ["常山建材有限公司".into(), c(5), "生产".into(), l(2), "20200110至20260109".into(), String::new()],
        [String::new(), String::new(), String::new(), String::new(), String::new(), String::new()],
    ];
    rows.into_iter().map(|r| r.to_vec()).collect()
}

fn columns() -> Vec<Option<Column>> {
    use Column as C;
    [C::Name, C::Uscc, C::Kind, C::Licence, C::LicenceExpires, C::Phone].map(Some).to_vec()
}

async fn loaded(w: &World, rows: &[Vec<String>]) -> Import {
    let sun = by(&w.county, &[Role::Supervisor]);
    let head = Row {
        line: 1,
        cells: ["企业名称", "信用代码", "类型", "许可证编号", "有效期", "电话"].map(str::to_owned).to_vec(),
    };
    let rows: Vec<Row> = std::iter::once(head)
        .chain(rows.iter().enumerate().map(|(i, cells)| Row { line: i as i64 + 2, cells: cells.clone() }))
        .collect();
    let (id, keeper) = (ImportId::new(now()), w.app.keeper.clone());
    let load = move |tx: &mut Tx, by: &By| {
        imports::begin(tx, by, id, "名录.xlsx", "d1")?;
        imports::load(tx, by, &keeper, id, &rows)?;
        // the same pieces once more change nothing
        imports::load(tx, by, &keeper, id, &rows)?;
        imports::ready(tx, by, id, &rows)
    };
    let import = w.app.act(&sun, load).await.unwrap();
    assert_eq!((import.mapping.header, import.mapping.columns.clone()), (1, columns()));
    let mapping = Mapping { header: 1, columns: columns(), kind: None };
    w.app.act(&sun, move |tx, by| imports::start(tx, by, import.id, &mapping)).await.unwrap()
}

/// Works off in batches of these sizes; a batch with `true` is lost as by a crash and comes again.
pub async fn worked(w: &World, id: ImportId, batches: &[(i64, bool)]) {
    let sun = by(&w.county, &[Role::Supervisor]);
    let mut batches = batches.iter().copied();
    loop {
        let (n, crash) = batches.next().unwrap_or((3, false));
        let keeper = w.app.keeper.clone();
        let batch = move |tx: &mut Tx, by: &By| {
            let more = imports::work(tx, by, &keeper, id, n)?;
            if crash { Err(Error::broken("the process stopped here")) } else { Ok(more) }
        };
        match w.app.act(&sun, batch).await {
            Ok(false) => return,
            Ok(true) => {}
            Err(error) => assert!(crash, "{error}"),
        }
    }
}

/// Everything that matters of the result: what is there now, and what became of each row by what it says.
async fn outcome(w: &World, id: ImportId) -> (Vec<String>, Vec<String>, Vec<String>) {
    let keeper = w.app.keeper.clone();
    let read = move |tx: &mut Tx| {
        let subjects: Vec<(String, Option<String>, Value)> =
            tx.all("select name, uscc, made from enterprises order by name, uscc", &[])?;
        let papers: Vec<(String, String, String)> =
            tx.all("select number, holder, expires from certificates order by number", &[])?;
        let rows = store::results(tx, id, None, 1, 1000)?;
        let mut rows: Vec<String> = rows
            .iter()
            .map(|r| {
                let cells: Vec<String> =
                    serde_json::from_str(&keeper.unlock("imports.cells", &r.cells).unwrap()).unwrap();
                // which of two equal rows is the new one and which the unchanged is all that their order decides
                format!("{} {} {:?} {:?}", cells[0], cells[1], r.outcome, r.field)
            })
            .collect();
        rows.sort();
        Ok((
            subjects.iter().map(|s| format!("{s:?}")).collect(),
            papers.iter().map(|p| format!("{p:?}")).collect(),
            rows,
        ))
    };
    w.app.db.read(read).await.unwrap()
}

type Value = crate::kernel::db::Value;

#[tokio::test]
async fn every_row_gets_its_result() {
    let w = World::new().await;
    let known = w.register(&w.ying(), hengda()).await.unwrap();
    let import = loaded(&w, &table()).await;
    worked(&w, import.id, &[]).await;
    let (rows, done, progress) = w
        .app
        .db
        .read(move |tx| {
            let import = store::find(tx, import.id)?.unwrap();
            Ok((store::results(tx, import.id, None, 1, 100)?, import.state, store::progress(tx, &import)?))
        })
        .await
        .unwrap();
    assert_eq!(done, Stage::Done);
    let of: Vec<Option<Outcome>> = rows.iter().map(|r| r.outcome).collect();
    use Outcome::{New, Refused, Unchanged, Updated};
    let expected = [Updated, New, Unchanged, Refused, Refused, Refused, Refused, Refused, Refused];
    assert_eq!(of[..9], expected.map(Some), "{rows:#?}");
    assert_eq!(of[9], None);
    assert_eq!((progress.total, progress.done, progress.new, progress.refused), (10, 10, 1, 6));
    assert!(rows[3].sentence_zh.as_ref().unwrap().contains("第 6 行"));
    assert!(rows[5].sentence_zh.as_ref().unwrap().contains("文本"));
    assert_eq!((rows[5].field.as_deref(), rows[6].field.as_deref()), (Some("uscc"), Some("person")));
    assert_eq!(rows[0].target, Some(known.id));
    let papers = w.app.db.read(move |tx| certificates_of(tx, known.id)).await.unwrap();
    assert_eq!((papers.len(), papers[0].expires), (1, jiff::civil::date(2025, 1, 9)));
    let keeper = w.app.keeper.clone();
    let phone = w.app.act(&w.ying(), move |tx, by| look(tx, by, &keeper, known.id, None)).await.unwrap().phone;
    assert_eq!(phone.as_deref(), Some("13900000000"));
}

#[tokio::test]
async fn nobody_else_imports_or_sees_it() {
    let w = World::new().await;
    let import = loaded(&w, &table()).await;
    for (by, found) in [(w.ying(), "forbidden"), (by(&w.elsewhere, &[Role::Supervisor]), "not_found")] {
        let refused = w.app.act(&by, move |tx, by| imports::get(tx, by, import.id)).await.unwrap_err();
        assert_eq!(refused.refusal().code, found);
    }
    let cells: String = w.app.db.read(|tx| tx.get("select cells from import_rows where line = 2", &[])).await.unwrap();
    assert!(!cells.contains("13900000000"));
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let w = World::new().await;
    let first = loaded(&w, &table()).await;
    worked(&w, first.id, &[]).await;
    let before = outcome(&w, first.id).await;
    let again = loaded(&w, &table()).await;
    worked(&w, again.id, &[]).await;
    let after = outcome(&w, again.id).await;
    assert_eq!((before.0, before.1), (after.0, after.1));
    assert!(!after.2.iter().any(|row| row.contains("New") || row.contains("Updated")), "{:?}", after.2);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn neither_order_nor_crashes_matter(
        order in Just(table()).prop_shuffle(),
        batches in proptest::collection::vec((1i64..6, any::<bool>()), 0..14),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let run = |rows: Vec<Vec<String>>, batches: Vec<(i64, bool)>| async move {
            let w = World::new().await;
            w.register(&w.ying(), hengda()).await.unwrap();
            let import = loaded(&w, &rows).await;
            worked(&w, import.id, &batches).await;
            outcome(&w, import.id).await
        };
        let plain = runtime.block_on(run(table(), vec![]));
        let other = runtime.block_on(run(order, batches));
        prop_assert_eq!(plain, other);
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400), kind in 0usize..4) {
        let begin: &[u8] = [&b""[..], b"PK\x03\x04", b"\xff\xfe", "企业名称,信用代码\n".as_bytes()][kind];
        let _ = imports::read(&[begin, &bytes].concat());
    }
}
