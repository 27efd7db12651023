//! Numbers: gap-free, never twice, whatever happens and however many draw at once.

use super::*;
use proptest::prelude::*;

#[tokio::test]
async fn each_office_form_and_year_has_its_series() {
    let w = World::new().await;
    let number = async |by: By, form, date| w.issue(&by, New { date, ..w.new_of(form) }).await.unwrap().number;
    assert_eq!(number(w.ying(), Form::CorrectionOrder, None).await, "正定市监责改〔2023〕1号");
    assert_eq!(number(w.ying(), Form::CorrectionOrder, None).await, "正定市监责改〔2023〕2号");
    assert_eq!(number(w.ying(), Form::OnSiteRecord, None).await, "正定市监现检〔2023〕1号");
    assert_eq!(
        number(w.ying(), Form::CorrectionOrder, Some(jiff::civil::date(2022, 12, 31))).await,
        "正定市监责改〔2022〕1号"
    );
    let city = works_in(&w.city, &[Role::Coordinator]);
    assert_eq!(number(city, Form::SupervisedHandling, None).await, "石家庄市监督办〔2023〕1号");
    let province = works_in(&w.province, &[Role::Coordinator]);
    assert_eq!(number(province, Form::SupervisedHandling, None).await, "冀市监督办〔2023〕1号");
}

#[tokio::test]
async fn a_station_acts_in_the_name_of_its_county() {
    let w = World::new().await;
    let new = New { place: w.station.place(), ..w.new_of(Form::OnSiteRecord) };
    let record = w.issue(&works_in(&w.station, &[Role::Inspector]), new).await.unwrap();
    assert_eq!((record.number.as_str(), record.issuer.as_str()), ("正定市监现检〔2023〕1号", "正定县市场监督管理局"));
    assert_eq!(record.office, w.county.id);
}

#[tokio::test]
async fn what_cannot_be_printed_is_refused_before_a_number_is_drawn() {
    let w = World::new().await;
    let new = New { party: "恒\u{e123}水泥".into(), ..w.new_of(Form::CorrectionOrder) };
    let (swallowed, good) = (new.clone(), w.new_of(Form::CorrectionOrder));
    let error = w.issue(&w.ying(), new).await.unwrap_err();
    assert_eq!((error.status(), error.field()), (422, Some("party.name")));
    assert!(error.refusal().zh.contains("U+E123"), "{}", error.refusal().zh);
    // even for a caller who goes on after the refusal, no number is missing
    let ying = w.ying();
    let issued = w.app.act(&ying, move |tx, by| {
        issue(tx, by, swallowed.clone(), |h| says(Form::CorrectionOrder, h, &swallowed.party)).unwrap_err();
        issue(tx, by, good.clone(), |h| says(Form::CorrectionOrder, h, &good.party))
    });
    assert_eq!(issued.await.unwrap().serial, 1);
}

#[tokio::test]
async fn a_document_bears_no_day_to_come_and_stands_in_the_scope_of_its_maker() {
    let w = World::new().await;
    let ahead = New { date: Some(jiff::civil::date(2023, 6, 21)), ..w.new_of(Form::TalkNotice) };
    assert_eq!(code(w.issue(&w.ying(), ahead).await.unwrap_err()), "documents.date_ahead");
    let elsewhere = New { place: w.city.place(), ..w.new_of(Form::TalkNotice) };
    assert!(matches!(w.issue(&w.ying(), elsewhere).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn an_enterprise_reports_under_its_own_name() {
    let w = World::new().await;
    let seen = Arc::new(std::sync::Mutex::new(paper::Header::default()));
    let (see, new) = (seen.clone(), w.new_of(Form::RectificationReport));
    let wei = w.wei();
    let report = w.app.act(&wei, move |tx, by| {
        issue(tx, by, new.clone(), |header| {
            *see.lock().unwrap() = header.clone();
            says(new.form, header, &new.party)
        })
    });
    let report = report.await.unwrap();
    assert_eq!((report.number.as_str(), report.issuer.as_str()), ("正定市监整报〔2023〕1号", "石家庄恒达水泥有限公司"));
    let header = seen.lock().unwrap().clone();
    assert_eq!((header.number.as_str(), header.issuer.as_str()), ("", "石家庄恒达水泥有限公司"));
}

#[tokio::test]
async fn the_administrator_sets_the_word_and_serials_go_on() {
    let w = World::new().await;
    let gu = works_in(&w.province, &[Role::Administrator]);
    let set = async |by: By, office: OfficeId, word: &'static str| {
        w.app.act(&by, move |tx, by| set_word(tx, by, office, word)).await
    };
    assert_eq!(w.order().await.number, "正定市监责改〔2023〕1号");
    set(gu.clone(), w.county.id, "正县市监").await.unwrap();
    assert_eq!(w.order().await.number, "正县市监责改〔2023〕2号");
    let taken = set(gu.clone(), w.city.id, "正定市监").await.unwrap_err();
    assert_eq!(code(taken), "documents.word_taken", "numbers under the old word exist");
    assert_eq!(code(set(gu.clone(), w.city.id, "石1").await.unwrap_err()), "documents.word_wrong");
    assert!(matches!(set(w.sun(), w.county.id, "正监").await, Err(Error::Forbidden)));
    set(gu, w.county.id, "正定市监").await.unwrap();
    assert_eq!(w.order().await.number, "正定市监责改〔2023〕3号");
}

#[tokio::test]
async fn counties_of_one_name_get_different_words() {
    let w = World::new().await;
    let cangzhou = below(&w.province, Level::City, "沧州市市场监督管理局", "130900");
    let mut words = Vec::new();
    w.add(&cangzhou).await;
    for (city, code) in [(&w.city, "130105"), (&cangzhou, "130902"), (&cangzhou, "130999")] {
        let county = below(city, Level::County, "新华区市场监督管理局", code);
        w.add(&county).await;
        let new = New { place: county.place(), ..w.new_of(Form::TalkRecord) };
        words.push(w.issue(&works_in(&county, &[Role::Inspector]), new).await.map(|d| d.number).map_err(code_of));
    }
    let expected =
        [Ok("新华市监约录〔2023〕1号".into()), Ok("沧州新华市监约录〔2023〕1号".into()), Err("documents.no_word")];
    assert_eq!(words, expected);
}

fn code_of(error: Error) -> &'static str {
    code(error)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_draw_consecutive_numbers() {
    let w = Arc::new(World::new().await);
    let many = 40;
    let tasks: Vec<_> = (0..many)
        .map(|_| {
            tokio::spawn({
                let w = w.clone();
                async move { one_or_again(&w).await }
            })
        })
        .collect();
    let mut serials = Vec::new();
    for task in tasks {
        serials.push(task.await.unwrap());
    }
    serials.sort_unstable();
    assert_eq!(serials, (1..=many).collect::<Vec<i64>>());
    assert_eq!(w.serials(Form::CorrectionOrder).await, serials);
}

/// As a client does that is told that somebody was faster.
async fn one_or_again(w: &World) -> i64 {
    loop {
        match w.issue(&w.ying(), w.new_of(Form::CorrectionOrder)).await {
            Ok(document) => return document.serial,
            Err(Error::Stale) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Issue,
    Undone,
    Refused,
    Void(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => Just(Step::Issue),
        2 => Just(Step::Undone),
        1 => Just(Step::Refused),
        2 => (0usize..8).prop_map(Step::Void),
    ];
    prop::collection::vec(step, 1..16)
}

async fn take(w: &World, issued: &mut Vec<DocumentId>, step: Step) {
    let new = w.new_of(Form::CorrectionOrder);
    match step {
        Step::Issue => issued.push(w.order().await.id),
        Step::Undone => {
            let ying = w.ying();
            let undone = w.app.act(&ying, move |tx, by| {
                issue(tx, by, new.clone(), |h| says(new.form, h, &new.party))?;
                Err::<(), _>(Error::Forbidden)
            });
            assert!(matches!(undone.await, Err(Error::Forbidden)));
        }
        Step::Refused => {
            let refused = w.issue(&w.ying(), New { party: "\u{e000}".into(), ..new }).await;
            assert_eq!(code(refused.unwrap_err()), "documents.missing_glyph");
        }
        Step::Void(which) => {
            let Some(id) = issued.get(which).copied() else { return };
            let voided = w.act(&w.sun(), id, Act::Void { why: "当事人名称有误".into() }).await;
            assert!(
                voided.is_ok_and(|d| d.state == State::Voided)
                    || w.get(&w.sun(), id).await.unwrap().state == State::Voided
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Whatever is issued, undone, refused and voided: the serials are 1 to n, each once, voided ones included.
    #[test]
    fn serials_have_no_gaps_and_no_repeats(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (serials, issued) = runtime.block_on(async {
            let w = World::new().await;
            let mut issued = Vec::new();
            for step in steps {
                take(&w, &mut issued, step).await;
            }
            (w.serials(Form::CorrectionOrder).await, issued.len() as i64)
        });
        prop_assert_eq!(serials, (1..=issued).collect::<Vec<i64>>());
    }
}
