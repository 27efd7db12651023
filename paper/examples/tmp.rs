#[path = "../tests/it/samples.rs"]
mod samples;
use paper::*;
use std::time::Instant;
fn main() {
    let t = Instant::now();
    let press = Press::new(None).unwrap();
    println!("new {:?}", t.elapsed());
    for _ in 0..2 { for d in samples::all() { let t = Instant::now(); let b = press.print(&d).unwrap(); println!("{} {:?} {}", d.form(), t.elapsed(), b.len()); } }
    let mut r = samples::on_site_record(8);
    r.header.issuer = "新疆生产建设兵团第十四师昆玉市市场监督管理局经济技术开发区分局".into();
    r.header.number = "兵师昆市监检〔2023〕1234号".into();
    r.party.name = "𠮷田堃喆龘䶮（Łódź Żółć Иванов）有限责任公司".into();
    r.party.address = "很长的地址".repeat(20);
    r.checklist.as_mut().unwrap().answers[3].note = "https://www.example.com/abcdef0123456789/abcdef0123456789/a?b=c&d=e".into();
    r.checklist.as_mut().unwrap().answers[4].note = "H₂SO₄ 5×10⁻³ mol·L⁻¹ ≤ 3 ㎡ ℃ ‰ ☑✓✗ ①".into();
    r.checklist.as_mut().unwrap().answers[5].answer = "不符合，详见说明".into();
    r.checklist.as_mut().unwrap().answers[6].id = "HBX-2023-0000-1234567".into();
    let t = Instant::now();
    std::fs::write("/work/scratch-paper/x1.pdf", press.print(&Document::OnSiteRecord(r)).unwrap()).unwrap();
    println!("system {:?}", t.elapsed());
    let mut s = samples::supervised_handling();
    s.header.issuer = "新疆维吾尔自治区巴音郭楞蒙古自治州市场监督管理局".into();
    s.header.title = "关于对正定县水泥、危险化学品包装物\n质量安全隐患实施挂牌督办的通知".into();
    let item = s.items[0].clone(); for _ in 0..30 { s.items.push(item.clone()); }
    std::fs::write("/work/scratch-paper/x2.pdf", press.print(&Document::SupervisedHandling(s)).unwrap()).unwrap();
    let mut o = samples::correction_order();
    o.failed_sample = Some(FailedSample { report: "No.2023-HB-0456".into(), product: "P·O 42.5水泥 HD2305-17".into(), failed_items: vec!["28天抗压强度".into(), "氯离子".into()], recheck: "自收到本通知书之日起停止生产、销售同一产品；复查合格前不得恢复。".into() });
    o.violated[0].text = "产品质量应当检验合格，不得以不合格产品冒充合格产品。".into();
    std::fs::write("/work/scratch-paper/x3.pdf", press.print(&Document::CorrectionOrder(o)).unwrap()).unwrap();
    std::fs::write("/work/scratch-paper/x4.pdf", press.print(&Document::CorrectionOrder(CorrectionOrder::default())).unwrap()).unwrap();
    std::fs::write("/work/scratch-paper/x5.pdf", press.print(&Document::CloseOutApproval(CloseOutApproval::default())).unwrap()).unwrap();
}
