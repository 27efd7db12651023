//! What is wrong with a pack: where, and why, in both languages.

use crate::kernel::{Lang, Refusal};
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// How bad a finding is.
    #[schema(as = FindingGrade)]
    pub enum Grade {
        Error "error" "错误" "Error",
        Warning "warning" "提醒" "Warning",
    }
}

/// One thing that is wrong with a pack. A pack with an error is refused; warnings are for its author to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file within the folder, such as `checklists/03-cement.csv`; an overlay's files are its own.
    pub file: String,
    /// The line, from 1; 0 when the file as a whole is meant.
    pub line: u64,
    /// The column; empty when the whole line is meant.
    pub field: String,
    /// Why.
    pub reason: Refusal,
    /// How bad it is.
    pub grade: Grade,
}

/// A finding as a program reads it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PackFinding)]
pub struct FindingOut {
    pub file: String,
    pub line: u64,
    pub field: String,
    pub code: &'static str,
    pub reason: String,
    pub grade: Grade,
}

impl Finding {
    /// One line for the command line: `products.csv:12 parent: 错误：…`.
    pub fn say(&self, lang: Lang) -> String {
        let mut text = self.file.clone();
        if self.line > 0 {
            text.push_str(&format!(":{}", self.line));
        }
        if !self.field.is_empty() {
            text.push_str(&format!(" [{}]", self.field));
        }
        let colon = lang.say("：", ": ");
        format!("{text}{colon}{}{colon}{}", self.grade.label(lang), self.reason.say(lang))
    }

    /// For the API, in the reader's language.
    pub fn out(&self, lang: Lang) -> FindingOut {
        FindingOut {
            file: self.file.clone(),
            line: self.line,
            field: self.field.clone(),
            code: self.reason.code,
            reason: self.reason.say(lang).to_owned(),
            grade: self.grade,
        }
    }
}

/// Where a row stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct At {
    pub file: std::sync::Arc<str>,
    pub line: u64,
}

/// Collects findings.
#[derive(Debug, Default)]
pub struct Findings {
    pub all: Vec<Finding>,
    /// What stood in the first cell of lines that could not be read: a code that names one of them is not unknown, and
    /// one mistake is reported once.
    pub lost: std::collections::BTreeSet<String>,
}

impl Findings {
    /// Notes an error.
    pub fn error(&mut self, at: &At, field: &str, reason: Refusal) {
        self.add(at, field, reason, Grade::Error);
    }

    /// Notes something for the author to judge.
    pub fn warn(&mut self, at: &At, field: &str, reason: Refusal) {
        self.add(at, field, reason, Grade::Warning);
    }

    fn add(&mut self, at: &At, field: &str, reason: Refusal, grade: Grade) {
        self.all.push(Finding { file: at.file.to_string(), line: at.line, field: field.to_owned(), reason, grade });
    }
}

refusals! {
    NO_FOLDER "packs.no_folder" "无法读取文件夹“{name}”：{why}" "The folder “{name}” cannot be read: {why}";
    NOT_A_ZIP "packs.not_a_zip" "无法作为任务包读取该ZIP文件：{why}" "This ZIP cannot be read as a pack: {why}";
    NOT_YOURS "packs.not_yours" "任务包“{code}”由{zh}添加，新版本须由该机构或者其上级机构添加。" "The pack “{code}” was added by {en}; a new version is for that office or one above it.";
    NO_FILE "packs.no_file" "缺少文件。" "The file is missing.";
    NO_PICTURE "packs.no_picture" "pictures 目录中没有“{file}”。" "The folder pictures has no “{file}”.";
    NOT_A_PICTURE "packs.not_a_picture" "“{file}”应为不超过 {most} KB 的 SVG 或 PNG 图片，SVG 中不得有脚本。" "“{file}” has to be an SVG or PNG picture of {most} KB at most; an SVG carries no script.";
    STRAY_FILE "packs.stray_file" "任务包中不应有此文件，已忽略。" "A pack has no such file; it is ignored.";
    NOT_UTF8 "packs.not_utf8" "文件编码不是UTF-8，请用“CSV UTF-8”格式另存。" "The file is not in UTF-8; save it as “CSV UTF-8”.";
    QUOTES "packs.quotes" "双引号不成对。" "The double quotes are not in pairs.";
    SYNTAX "packs.syntax" "CSV格式有误：{why}" "Wrong CSV: {why}";
    CELLS "packs.cells" "本行有{found}格，表头有{expected}列。" "The line has {found} cells, the head {expected} columns.";
    NO_COLUMN "packs.no_column" "缺少此列。" "The column is missing.";
    TWICE_COLUMN "packs.column_twice" "此列出现了两次。" "The column stands there twice.";
    STRAY_COLUMN "packs.stray_column" "不认识此列，已忽略。" "This column is unknown and ignored.";
    BLANK "packs.blank" "此格必填。" "This cell must be filled.";
    NO_TRANSLATION "packs.no_translation" "中英文应当成对填写，此格为空。" "Chinese and English go in pairs; this cell is empty.";
    CONTROL "packs.control" "含有换行或者不可见字符。" "It contains a line break or an invisible character.";
    NOT_A_WORD "packs.not_a_word" "“{value}”应为下列之一：{words}。" "“{value}” should be one of: {words}.";
    NOT_A_NUMBER "packs.not_a_number" "“{value}”不是整数。" "“{value}” is not a whole number.";
    NOT_YES_NO "packs.not_yes_no" "“{value}”应为1（是）或者0（否）。" "“{value}” should be 1 (yes) or 0 (no).";
    NOT_A_DATE "packs.not_a_date" "“{value}”不是有效日期，请写作2023-06-14。" "“{value}” is not a date; write it like 2023-06-14.";
    BACKWARDS "packs.backwards" "起始日期{from}晚于截止日期{to}。" "The beginning {from} is after the end {to}.";
    TWICE "packs.twice" "“{key}”与第{line}行重复。" "“{key}” stands in line {line} already.";
    OVERLAP "packs.overlap" "“{key}”的有效期与{file}第{line}行重叠。" "The period of “{key}” overlaps that of line {line} of {file}.";
    UNKNOWN "packs.unknown" "{table}中没有“{code}”。" "There is no “{code}” in {table}.";
    CIRCLE "packs.circle" "“{code}”的上级关系成环。" "“{code}” is above itself.";
    NOT_SOURCED "packs.not_sourced" "来源为常识（K）或者本系统设计（D）的，把握程度不能是sourced。" "What comes from general knowledge (K) or is our design (D) cannot be “sourced”.";
    OTHER_SIDE "packs.other_side" "问题“{code}”属于{side}，与本检查表的领域不符。" "The problem “{code}” belongs to {side}, not to the side of this checklist.";
    EMPTY_LIST "packs.empty_checklist" "检查表没有检查项。" "The checklist has no items.";
    NO_LIST "packs.no_checklist" "checklists.csv中没有“{code}”这张检查表。" "checklists.csv has no checklist “{code}”.";
    NO_ROWS "packs.no_rows" "表中没有数据。" "The table has no rows.";
    NO_ABOUT "packs.no_about" "无法读取pack.toml：{why}" "pack.toml cannot be read: {why}";
    NO_BASE "packs.no_base" "找不到所依据的任务包“{code}”。" "The pack “{code}” that this one extends cannot be found.";
    RANGE "packs.range" "“{value}”超出范围（{least}至{most}）。" "“{value}” is out of range ({least} to {most}).";
    SAME_SHARE "packs.same_share" "得满分和不得分的界限不能同为{share}%。" "The shares for all points and for none cannot both be {share}%.";
    OTHER_NAME "packs.other_name" "代码“{code}”与文件夹名“{name}”不一致。" "The code “{code}” is not the folder's name “{name}”.";
    LAW_CLOCK "packs.law_clock" "时限“{code}”来自法律法规，地方任务包不得改变其长短。" "The clock “{code}” is set by law; a place may not change its length.";
    OLD_LIST "packs.old_list" "检查表“{code}”的内容有变化，版本号应高于{version}。" "The checklist “{code}” has changed; its version should be above {version}.";
    BAD_PACK "packs.bad_pack" "任务包有误：{zh}" "The pack has mistakes: {en}";
    NOT_A_BRANCH "packs.not_a_branch" "“{value}”应写作“检查项=答案”，例如A3=fails。" "“{value}” should be a question and an answer, such as A3=fails.";
    NOT_EARLIER "packs.not_earlier" "本检查表在此之前没有检查项“{code}”。" "No earlier question of this checklist is “{code}”.";
    NO_SEVERITY "packs.no_severity" "没有规定“{code}”等级。" "Nothing is laid down for the severity “{code}”.";
}
