//! One document of each kind, from one case: 恒达水泥, found in June 2023, closed in July. All of it is invented.

use jiff::civil::{Date, DateTime, date};
use paper::*;

/// 孙 the supervisor's authority.
pub const COUNTY: &str = "正定县市场监督管理局";
/// The enterprise.
pub const HENGDA: &str = "石家庄恒达水泥有限公司";
/// Number of the order to correct.
pub const ORDER: &str = "正县市监责改〔2023〕12号";

/// All of them.
pub fn all() -> Vec<Document> {
    vec![
        Document::OnSiteRecord(on_site_record(32)),
        Document::CorrectionOrder(correction_order()),
        Document::RectificationReport(rectification_report()),
        Document::RecheckRecord(recheck_record()),
        Document::CloseOutApproval(close_out_approval()),
        Document::SupervisedHandling(supervised_handling()),
        Document::ReminderLetter(office_letter("重点工业产品质量安全隐患整改滞后")),
        Document::Circular(office_letter("部分县区隐患整改进展滞后")),
        Document::TalkNotice(talk_notice()),
        Document::TalkRecord(talk_record()),
        Document::MeetingMinutes(meeting_minutes()),
        Document::StatisticalTable(statistical_table(72)),
    ]
}

fn s(text: &str) -> String {
    text.to_owned()
}

fn header(number: &str, day: Date) -> Header {
    let verification = Verification {
        id: s("0188d6a0-4c1e-7b3a-9f52-6d0c1e8a7b41"),
        hash: s("3f9a 72c1 e05b 8d64"),
        at: s("https://paicha.example.gov.cn/verify"),
    };
    Header { issuer: s(COUNTY), number: s(number), title: s(""), date: Some(day), verification: Some(verification) }
}

fn hengda() -> Party {
    Party {
        name: s(HENGDA),
        credit_code: s("91130123MA0ABCDE2X"),
        identity: s(""),
        representative: s("魏国强"),
        address: s("河北省石家庄市正定县新安镇工业路18号"),
        phone: s("0311-88010018"),
    }
}

fn officers() -> Vec<Officer> {
    vec![
        Officer { name: s("应晓岚"), certificate: s("冀A01230017") },
        Officer { name: s("薄建平"), certificate: s("冀A01230023") },
    ]
}

fn contact() -> Contact {
    Contact { name: s("应晓岚"), phone: s("0311-88020031"), address: s("正定县恒山西路66号") }
}

fn signed(name: &str, at: DateTime) -> Signature {
    Signature { name: s(name), at: Some(at), png: Vec::new() }
}

fn law(law: &str, article: &str, text: &str) -> Provision {
    Provision { law: s(law), article: s(article), text: s(text) }
}

fn photo(n: u8, name: &str, at: DateTime) -> Evidence {
    let sha256 = format!("{n:02x}9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f0");
    Evidence { number: format!("照片{n}"), name: s(name), taken_at: Some(at), sha256 }
}

/// The record of the inspection, with so many answers of the checklist.
pub fn on_site_record(answers: usize) -> OnSiteRecord {
    let day = date(2023, 6, 20);
    OnSiteRecord {
        header: header("正县市监检〔2023〕86号", day),
        party: hengda(),
        met: s("魏文博（质量安全总监），电话 0311-88010026"),
        from: Some(day.at(9, 30, 0, 0)),
        to: Some(day.at(11, 45, 0, 0)),
        place: s("石家庄恒达水泥有限公司厂区、化验室、成品库"),
        officers: officers(),
        recorder: s("薄建平"),
        source: s("重点工业产品质量安全隐患排查治理专项行动"),
        basis: vec![law("中华人民共和国产品质量法", "第八条、第十八条", "")],
        credentials: Credentials {
            notice: s(
                "我们是正定县市场监督管理局执法人员应晓岚、薄建平，现依法对你单位进行检查，已出示执法证件，请予确认。你单位应当如实提供有关资料，不得拒绝、阻挠。如认为检查人员与检查事项有直接利害关系，有权申请回避。",
            ),
            confirmed: Some(true),
            withdrawal_requested: Some(false),
            withdrawal_note: s(""),
        },
        checklist: Some(Checklist {
            name: s("水泥生产企业检查表"),
            version: s("2023年第1版"),
            answers: questions(answers),
        }),
        findings: s(
            "1. 2023年5月批号为HD2305-17的P·O 42.5水泥共600吨，出厂检验记录中无28天抗压强度数据，5月31日起已陆续出厂420吨。\n2. 化验室电动抗折试验机（编号KZJ-02）检定有效期至2023年4月30日，检查时仍在使用。\n其余检查项目未发现问题。",
        ),
        measures: s("责令暂停使用未检定的抗折试验机；对库存180吨批号HD2305-17水泥作出标识，暂停出厂。"),
        evidence: vec![
            photo(1, "批号HD2305-17出厂检验原始记录，第3页", day.at(10, 12, 0, 0)),
            photo(2, "抗折试验机KZJ-02检定标志", day.at(10, 26, 0, 0)),
            photo(3, "成品库批号HD2305-17堆放情况", day.at(10, 48, 0, 0)),
            Evidence { number: s("复印件1"), name: s("2023年5月发货台账，共12页"), ..Evidence::default() },
        ],
        statement: s("以上情况属实。检验记录缺项是化验室人员调整所致，我公司将立即整改。"),
        signed_by_party: Signature::default(),
        signed_by_officers: Vec::new(),
        witness: None,
    }
}

fn questions(count: usize) -> Vec<Answer> {
    let asked = [
        "是否取得有效的工业产品生产许可证，许可范围与实际生产的产品单元、规格是否一致",
        "是否按批次进行出厂检验，检验项目是否齐全，原始记录是否可追溯",
        "主要检验设备是否在检定、校准有效期内",
        "是否配备质量安全总监、质量安全员，任命文件和培训考核记录是否齐全",
        "是否建立《工业产品质量安全风险管控清单》并按日管控、周排查、月调度执行",
        "水泥包装袋标识是否符合GB 175要求，执行标准、强度等级、生产许可证编号是否清晰",
    ];
    let answer = |n: usize| {
        let flagged = n == 1 || n == 2;
        Answer {
            id: format!("{}.{}", n / 6 + 1, n % 6 + 1),
            question: s(asked[n % asked.len()]),
            answer: s(if flagged { "不符合" } else { "符合" }),
            note: s(match n {
                0 => "证书编号 XK08-001-00123，有效期至2026年3月14日",
                1 => "批号HD2305-17缺28天强度",
                2 => "KZJ-02超期",
                _ => "",
            }),
            flagged,
        }
    };
    (0..count).map(answer).collect()
}

/// The order to correct.
pub fn correction_order() -> CorrectionOrder {
    let day = date(2023, 6, 20);
    CorrectionOrder {
        header: header(ORDER, day),
        party: hengda(),
        facts: s(
            "2023年6月20日，本局执法人员对你单位进行检查，发现批号为HD2305-17的P·O 42.5水泥未完成28天抗压强度检验即出厂420吨，化验室抗折试验机（编号KZJ-02）超过检定有效期仍在使用。",
        ),
        violated: vec![law("中华人民共和国产品质量法", "第十二条", "")],
        basis: vec![law("中华人民共和国产品质量法", "第八条", "")],
        deadline: Deadline::By(date(2023, 7, 20)),
        required: vec![
            s("停止未经检验合格的水泥出厂，对批号HD2305-17水泥补做检验，不合格的予以召回、处置；"),
            s("停用并送检抗折试验机，检定合格后方可使用；"),
            s("查明原因，完善出厂检验制度，于期限届满前向本局提交书面整改报告。"),
        ],
        failed_sample: None,
        consequences: s("逾期未改正或者经复查不合格的，本局将依法处理。"),
        remedies: Some(Remedies {
            reconsideration: Remedy { within: s("六十日"), at: s("正定县人民政府") },
            lawsuit: Remedy { within: s("六个月"), at: s("正定县人民法院") },
        }),
        contact: contact(),
        service: Service {
            method: Some(Method::Direct),
            recipient: Signature::default(),
            copies: Some(Copies { total: 2, held: s("一份送达，一份归档") }),
            ..Service::default()
        },
    }
}

/// The enterprise's report.
pub fn rectification_report() -> RectificationReport {
    let day = date(2023, 7, 12);
    let measure = |what: &str, who: &str, done: Date| Measure { what: s(what), responsible: s(who), done: Some(done) };
    RectificationReport {
        header: Header { issuer: s(HENGDA), ..header("恒达质〔2023〕7号", day) },
        addressee: s(COUNTY),
        party: hengda(),
        order: s(ORDER),
        hazard: s("YH-130123-2023-00041"),
        problem: s("批号HD2305-17水泥出厂检验记录缺28天抗压强度；抗折试验机超过检定有效期。"),
        cause: s(
            "化验室两名人员5月离岗，未及时补充，出厂放行由生产部代签，质量安全员未履行复核职责。\n设备检定计划无专人管理，到期提醒缺失。",
        ),
        stock: vec![StockItem {
            product: s("P·O 42.5水泥"),
            batch: s("HD2305-17"),
            made: s("600吨"),
            sold: s("420吨"),
            in_stock: s("180吨"),
            withdrawn: s("65吨"),
            disposal: s("补检合格后放行；收回部分另存"),
        }],
        corrective: vec![
            measure("对批号HD2305-17补做28天抗压强度检验，结果48.6 MPa，合格", "魏文博", date(2023, 6, 28)),
            measure("抗折试验机送石家庄市计量检定机构检定，取得检定证书", "贾彤", date(2023, 7, 3)),
        ],
        preventive: vec![
            measure("修订《出厂检验管理制度》，检验未完成的批次系统不予放行", "魏文博", date(2023, 7, 5)),
            measure("建立设备检定台账，到期前30日提醒", "贾彤", date(2023, 7, 5)),
        ],
        evidence: vec![
            Evidence { number: s("附件1"), name: s("补检检验报告 HD-J-2306-091"), ..Evidence::default() },
            Evidence { number: s("附件2"), name: s("KZJ-02检定证书"), ..Evidence::default() },
        ],
        conclusion: s("上述问题已于2023年7月5日全部整改完成，特申请复查。"),
        responsible: Contact { name: s("魏文博"), phone: s("0311-88010026"), address: s("") },
        signature: Signature::default(),
    }
}

/// The check that it was done.
pub fn recheck_record() -> RecheckRecord {
    let day = date(2023, 7, 18);
    let item =
        |requirement: &str, found: &str| RecheckItem { requirement: s(requirement), found: s(found), passed: true };
    RecheckRecord {
        header: header("正县市监复〔2023〕9号", day),
        party: hengda(),
        order: s(ORDER),
        hazard: s("YH-130123-2023-00041"),
        method: s("现场复查"),
        from: Some(day.at(14, 0, 0, 0)),
        to: Some(day.at(15, 10, 0, 0)),
        place: s("厂区化验室、成品库"),
        officers: officers(),
        items: vec![
            item("对批号HD2305-17补做检验，不合格的召回处置", "补检28天抗压强度48.6 MPa，合格"),
            item("停用并送检抗折试验机", "检定证书有效期至2024年7月2日"),
            item("完善出厂检验制度，提交整改报告", "制度已修订并执行，7月12日提交报告"),
        ],
        reports: vec![s("HD-J-2306-091")],
        evidence: vec![photo(1, "抗折试验机KZJ-02检定证书", day.at(14, 22, 0, 0))],
        verdict: Some(Verdict::Passed),
        opinion: s("责令改正的三项内容均已完成，建议予以销号，并于三个月内回头看。"),
        statement: s("无异议。"),
        signed_by_party: signed("魏文博", day.at(15, 8, 0, 0)),
        signed_by_officers: vec![signed("应晓岚", day.at(15, 9, 0, 0)), signed("薄建平", day.at(15, 9, 0, 0))],
        witness: None,
    }
}

/// The approval to close it.
pub fn close_out_approval() -> CloseOutApproval {
    let day = date(2023, 7, 19);
    let approval =
        |role: &str, opinion: &str, signature: Signature| Approval { role: s(role), opinion: s(opinion), signature };
    CloseOutApproval {
        header: header("正县市监销〔2023〕6号", day),
        party: hengda(),
        hazard: s("YH-130123-2023-00041"),
        severity: s("重大隐患"),
        source: s("专项行动现场检查"),
        found: Some(date(2023, 6, 20)),
        due: Some(date(2023, 7, 20)),
        rectified: Some(date(2023, 7, 5)),
        description: s("批号HD2305-17的P·O 42.5水泥未完成28天抗压强度检验即出厂；抗折试验机超过检定有效期。"),
        order: s(ORDER),
        rectification: s("补检合格，收回65吨；设备检定合格；修订出厂检验制度，建立设备检定台账。"),
        rectified_by: s("魏文博"),
        evidence: rectification_report().evidence,
        recheck: s("正县市监复〔2023〕9号"),
        verified_by: officers(),
        approvals: vec![
            approval("经办人意见", "复查合格，建议销号。", signed("应晓岚", day.at(9, 0, 0, 0))),
            approval("承办机构\n负责人意见", "同意销号，报局领导审批。", signed("孙立", day.at(10, 20, 0, 0))),
            approval("分管负责人\n审批意见", "", Signature::default()),
        ],
        look_back: Some(date(2023, 10, 19)),
        remark: s(""),
    }
}

/// Supervised handling by the city.
pub fn supervised_handling() -> SupervisedHandling {
    let item = |id: &str, party: &str, matter: &str, found, due| HandledItem {
        id: s(id),
        party: s(party),
        matter: s(matter),
        found: Some(found),
        due: Some(due),
        state: s("逾期未办结"),
    };
    SupervisedHandling {
        header: Header {
            issuer: s("石家庄市市场监督管理局"), ..header("石市监督办〔2023〕3号", date(2023, 8, 4))
        },
        addressee: s(COUNTY),
        subject: s("正定县水泥、危险化学品包装物质量安全隐患"),
        reason: s("重点工业产品质量安全隐患排查治理专项行动开展以来，你局排查发现的部分重大隐患逾期未整改到位。"),
        basis: vec![law("中华人民共和国产品质量法", "第八条", "")],
        items: vec![
            item(
                "YH-130123-2023-00057",
                "正定县宏达建材厂",
                "无生产许可证生产水泥",
                date(2023, 6, 27),
                date(2023, 7, 27),
            ),
            item(
                "YH-130123-2023-00063",
                "石家庄金源包装有限公司",
                "危险化学品包装桶跌落试验不合格，未收回",
                date(2023, 6, 29),
                date(2023, 7, 29),
            ),
        ],
        requirements: vec![
            s("逐项明确责任领导、责任人和整改措施，建立台账；"),
            s("依法查处违法行为，涉嫌犯罪的及时移送；"),
            s("办结后组织复查验收，资料齐全后申请解除督办。"),
        ],
        deadline: Some(date(2023, 8, 31)),
        report_back: s("自收到本通知之日起每周五报送进展，办结后三个工作日内报送书面报告。"),
        consequences: s("督办事项经验收合格的，由本局发文解除督办；逾期未办结的，将予以约谈、通报。"),
        contact: Contact { name: s("钱文"), phone: s("0311-86010012"), address: s("") },
        copied_to: vec![s("正定县人民政府"), s("河北省市场监督管理局")],
    }
}

/// A letter to an authority that is behind.
pub fn office_letter(subject: &str) -> OfficeLetter {
    let handling = supervised_handling();
    OfficeLetter {
        header: handling.header,
        addressee: handling.addressee,
        subject: s(subject),
        reason: s("截至2023年8月4日，你局逾期10日以上未整改的隐患12项，超过本次行动规定的3项。"),
        basis: handling.basis,
        items: handling.items,
        requirements: handling.requirements,
        deadline: Some(date(2023, 8, 11)),
        consequences: s("逾期不回复或者整改仍无进展的，将予以约谈、通报。"),
        contact: handling.contact,
        copied_to: handling.copied_to,
    }
}

/// The summons to a talk.
pub fn talk_notice() -> TalkNotice {
    TalkNotice {
        header: header("正县市监约〔2023〕4号", date(2023, 6, 25)),
        invited: s(HENGDA),
        attendees: s("法定代表人、质量安全总监"),
        at: Some(date(2023, 6, 28).at(9, 0, 0, 0)),
        place: s("正定县市场监督管理局三楼会议室"),
        subject: s("你单位未经检验合格的水泥出厂，质量安全主体责任落实不到位。"),
        basis: vec![law("工业产品生产单位落实质量安全主体责任监督管理规定", "", "")],
        materials: vec![s("出厂检验制度和2023年5月以来检验记录；"), s("质量安全总监、质量安全员任命文件。")],
        contact: contact(),
        service: Service {
            copies: Some(Copies { total: 2, held: s("一份送达，一份归档") }), ..Service::default()
        },
    }
}

/// The record of the talk.
pub fn talk_record() -> TalkRecord {
    let day = date(2023, 6, 28);
    TalkRecord {
        header: header("", day),
        notice: s("正县市监约〔2023〕4号"),
        invited: s(HENGDA),
        from: Some(day.at(9, 0, 0, 0)),
        to: Some(day.at(10, 5, 0, 0)),
        place: s("正定县市场监督管理局三楼会议室"),
        presiding: s("孙立"),
        recorder: s("薄建平"),
        participants: vec![s("魏国强（法定代表人）"), s("魏文博（质量安全总监）"), s("应晓岚（执法人员）")],
        problems: vec![s("未经检验合格的水泥出厂；"), s("检验设备超过检定有效期仍在使用。")],
        explanation: s("情况属实，主要原因是人员调整后岗位空缺。"),
        requirements: vec![s("举一反三，对5月以来所有批次开展自查；"), s("按期完成整改并提交报告。")],
        deadline: Some(date(2023, 7, 20)),
        commitment: s("按期完成全部整改，今后不再发生同类问题。"),
        signed_by_invited: Vec::new(),
        signed_by_authority: Vec::new(),
    }
}

/// The minutes of a dispatch meeting.
pub fn meeting_minutes() -> MeetingMinutes {
    let day = date(2023, 7, 10);
    MeetingMinutes {
        header: header("石家庄市监纪要〔2023〕2号", day),
        subject: s("专项行动第二次调度会议"),
        campaign: s("重点工业产品质量安全隐患排查治理专项行动"),
        at: Some(day.at(15, 0, 0, 0)),
        place: s("石家庄市市场监督管理局二楼会议室"),
        presiding: s("钱程"),
        recorder: s("应晓岚"),
        participants: vec![s("孙立（正定县局）"), s("薄建平（质量科）")],
        discussed: s("听取各县局排查进度汇报，分析逾期未整改原因。"),
        decisions: vec![Decision {
            what: s("7月底前完成水泥生产企业全覆盖检查"),
            responsible: s("正定县市场监督管理局 孙立"),
            due: Some(date(2023, 7, 31)),
        }],
    }
}

pub fn statistical_table(rows: usize) -> StatisticalTable {
    let day = date(2023, 7, 31);
    let fact = |label: &str, value: &str| TableFact { label: s(label), value: s(value) };
    let row = |n: usize| TableRow {
        code: format!("R{n:02}e"),
        name: s("建立日管控、周排查、月调度机制企业"),
        unit: s("人次"),
        numbers: if n.is_multiple_of(9) { Default::default() } else { [s("1,204"), s("12,345,678")] },
        unsaid: if n.is_multiple_of(9) { s("未纳入系统记录") } else { String::new() },
    };
    StatisticalTable {
        header: Header {
            title: s("重点工业产品质量安全隐患排查治理专项行动\n2023年7月统计表"), ..header("", day)
        },
        facts: vec![
            fact("填报单位", COUNTY),
            fact("报告期", "2023-07-01 – 2023-07-31"),
            fact("数据截至", "2023-07-31 23:59"),
            fact("填报人", "孙立"),
            fact("审核人", "孙立"),
            fact("填报时间", "2023-08-02 16:10"),
            fact("说明", "7月数据"),
        ],
        digest: s("3f9a72c1e05b8d643f9a72c1e05b8d643f9a72c1e05b8d643f9a72c1e05b8d64"),
        rows: (1..=rows).map(row).collect(),
        notes: vec![s("调整：R15f +2，案件系统尚未对接，依据立案审批表2份（孙立）")],
    }
}
