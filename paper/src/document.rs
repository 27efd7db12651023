//! The kinds of documents.

use serde::{Deserialize, Serialize};

use crate::forms::{CloseOutApproval, CorrectionOrder, OnSiteRecord, RecheckRecord, RectificationReport};
use crate::letters::{OfficeLetter, SupervisedHandling, TalkNotice, TalkRecord};
use crate::minutes::MeetingMinutes;
use crate::parts::Header;
use crate::tables::StatisticalTable;

/// A document to be printed. In JSON the field `kind` says which.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Document {
    /// 现场检查记录.
    OnSiteRecord(OnSiteRecord),
    /// 责令改正通知书.
    CorrectionOrder(CorrectionOrder),
    /// 整改报告.
    RectificationReport(RectificationReport),
    /// 复查（验收）记录.
    RecheckRecord(RecheckRecord),
    /// 销号审批表.
    CloseOutApproval(CloseOutApproval),
    /// 挂牌督办通知书.
    SupervisedHandling(SupervisedHandling),
    /// 督促提醒函.
    ReminderLetter(OfficeLetter),
    /// 通报.
    Circular(OfficeLetter),
    /// 约谈通知书.
    TalkNotice(TalkNotice),
    /// 约谈记录.
    TalkRecord(TalkRecord),
    /// 会议纪要.
    MeetingMinutes(MeetingMinutes),
    /// 统计表.
    StatisticalTable(StatisticalTable),
}

impl Document {
    /// The usual name of the form, which the header may replace.
    pub fn form(&self) -> &'static str {
        match self {
            Document::OnSiteRecord(_) => "现场检查记录",
            Document::CorrectionOrder(_) => "责令改正通知书",
            Document::RectificationReport(_) => "整改报告",
            Document::RecheckRecord(_) => "复查（验收）记录",
            Document::CloseOutApproval(_) => "产品质量安全隐患销号审批表",
            Document::SupervisedHandling(_) => "挂牌督办通知书",
            Document::ReminderLetter(_) => "督促提醒函",
            Document::Circular(_) => "通报",
            Document::TalkNotice(_) => "约谈通知书",
            Document::TalkRecord(_) => "约谈记录",
            Document::MeetingMinutes(_) => "会议纪要",
            Document::StatisticalTable(_) => "统计表",
        }
    }

    /// The title as printed; it becomes the PDF's title too.
    pub fn title(&self) -> String {
        let named = &self.header().title;
        if !named.is_empty() {
            return named.clone();
        }
        match self {
            Document::SupervisedHandling(letter) if !letter.subject.is_empty() => {
                format!("关于对{}实施挂牌督办的通知", letter.subject)
            }
            Document::ReminderLetter(letter) if !letter.subject.is_empty() => {
                format!("关于{}的督促提醒函", letter.subject)
            }
            Document::Circular(letter) if !letter.subject.is_empty() => format!("关于{}的通报", letter.subject),
            _ => self.form().to_owned(),
        }
    }

    /// Its head: authority, number, date.
    pub fn header(&self) -> &Header {
        match self {
            Document::OnSiteRecord(form) => &form.header,
            Document::CorrectionOrder(form) => &form.header,
            Document::RectificationReport(form) => &form.header,
            Document::RecheckRecord(form) => &form.header,
            Document::CloseOutApproval(form) => &form.header,
            Document::SupervisedHandling(form) => &form.header,
            Document::ReminderLetter(form) | Document::Circular(form) => &form.header,
            Document::TalkNotice(form) => &form.header,
            Document::TalkRecord(form) => &form.header,
            Document::MeetingMinutes(form) => &form.header,
            Document::StatisticalTable(form) => &form.header,
        }
    }

    /// Its head, to be filled in.
    pub fn header_mut(&mut self) -> &mut Header {
        match self {
            Document::OnSiteRecord(form) => &mut form.header,
            Document::CorrectionOrder(form) => &mut form.header,
            Document::RectificationReport(form) => &mut form.header,
            Document::RecheckRecord(form) => &mut form.header,
            Document::CloseOutApproval(form) => &mut form.header,
            Document::SupervisedHandling(form) => &mut form.header,
            Document::ReminderLetter(form) | Document::Circular(form) => &mut form.header,
            Document::TalkNotice(form) => &mut form.header,
            Document::TalkRecord(form) => &mut form.header,
            Document::MeetingMinutes(form) => &mut form.header,
            Document::StatisticalTable(form) => &mut form.header,
        }
    }

    pub(crate) fn template(&self) -> &'static str {
        match self {
            Document::OnSiteRecord(_) => "on_site_record",
            Document::CorrectionOrder(_) => "correction_order",
            Document::RectificationReport(_) => "rectification_report",
            Document::RecheckRecord(_) => "recheck_record",
            Document::CloseOutApproval(_) => "close_out_approval",
            Document::SupervisedHandling(_) => "supervised_handling",
            Document::ReminderLetter(_) | Document::Circular(_) => "office_letter",
            Document::TalkNotice(_) => "talk_notice",
            Document::TalkRecord(_) => "talk_record",
            Document::MeetingMinutes(_) => "meeting_minutes",
            Document::StatisticalTable(_) => "statistical_table",
        }
    }
}
