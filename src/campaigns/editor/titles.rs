//! What people call the tables and columns of a pack, what they are for, and which codes a column takes from where. What
//! type a column has, the tables themselves say: see `cell.rs`.

use crate::{campaigns::layout::list_of, kernel::Lang};

/// A table with its name, what it is for, and the group in which it is shown.
pub struct Title {
    file: &'static str,
    zh: &'static str,
    en: &'static str,
    pub group: Group,
    help: (&'static str, &'static str),
}

words! {
    /// Groups of tables, in the order in which a campaign is made.
    pub enum Group {
        About "about" "行动概况" "The campaign",
        Products "products" "重点产品" "Products",
        Checks "checks" "问题与检查表" "Problems and checklists",
        Rules "rules" "等级、时限与督促" "Severities, clocks, supervision",
        Returns "returns" "统计报送" "Returns",
        Sources "sources" "条款与依据" "Clauses and sources",
    }
}

/// One line for each table: file, group, its name in both languages, what it is for in both.
macro_rules! titles {
    ($($file:literal $group:ident $zh:literal $en:literal $help_zh:literal $help_en:literal;)*) => {
        const TITLES: &[Title] = &[$(Title {
            file: $file,
            zh: $zh,
            en: $en,
            group: Group::$group,
            help: ($help_zh, $help_en),
        }),*];
    };
}

titles! {
    "pack.toml" About "基本情况" "About the campaign" "名称、起止日期和说明。" "Names, dates and what it is about.";
    "targeting.csv" About "重点对象" "Target groups" "检查瞄准哪些区域和企业，怎样认定。" "At which places and enterprises inspections are aimed, and how they are recognised.";
    "milestones.csv" About "时间节点" "Milestones" "哪一级在什么日期前完成什么。" "What the offices of which level finish by when.";
    "products.csv" Products "产品目录" "Products" "大类和其下的产品；产品填上级大类的代码。" "Categories and the products in them; a product names its category.";
    "product_regimes.csv" Products "产品的监管方式" "Regimes of products" "每种产品在什么期间实行许可、认证或者其他监管。" "Under which regime each product stands, and when.";
    "product_standards.csv" Products "产品的标准" "Standards of products" "每种产品适用的标准号（不含年份）。" "Which standards apply to a product, by number without the year.";
    "standards.csv" Products "标准" "Standards" "标准的各个版本、实施和废止日期。" "Editions of standards with the days on which they come and go.";
    "regimes.csv" Products "监管方式" "Regimes" "许可、认证等各种监管方式的要求。" "What each regime asks for, and who answers for it.";
    "problems.csv" Checks "隐患问题" "Problems" "查什么问题，法律怎样规定，取什么证据。" "What is looked for, what the law lays down, what to keep as evidence.";
    "checklists.csv" Checks "检查表" "Checklists" "每张检查表用于什么场合；问题在表内填写。" "For which sites each checklist is; its questions stand in it.";
    "pictures.csv" Checks "示意图" "Pictures" "检查项旁边的示意图，SVG或者PNG，64KB以内。" "Pictures beside questions: SVG or PNG, 64 KB at most.";
    "severities.csv" Rules "隐患等级" "Severities" "整改期限、批准销号的层级、挂牌督办、回头看比例。" "Time to rectify, who approves close-out, supervised handling, shares of look-backs.";
    "closing_reasons.csv" Rules "销号理由" "Grounds for close-out" "凭什么销号，要几份证据。" "On what ground a hazard is closed, with how much evidence.";
    "clocks.csv" Rules "时限" "Clocks" "法律法规和本次行动规定的各种期限。" "Time limits of law and of the campaign.";
    "ladder.csv" Rules "督促规则" "Ladder of supervision" "下级机构到什么程度应当提醒、约谈、通报。" "When a lower office is reminded, called to a talk, named in a circular.";
    "risks.csv" Rules "检查优先度" "Weights of risk" "按风险派发任务时各种情形的分值。" "What speaks for visiting an enterprise first, in points.";
    "signs.csv" Rules "存疑检查提示" "Signs on visits" "检查记录到什么程度需要核实。" "From what measure on a visit is looked at again.";
    "figures.csv" Returns "统计指标" "Figures" "统计表的各行怎样从记录得出。" "How each row of the returns is counted from the records.";
    "outcomes.csv" Returns "行动成效" "Outcomes" "六个“一批”各自数什么。" "What is counted for each outcome by which the campaign is judged.";
    "assessment.csv" Returns "考核评分" "Assessment" "考核下级机构的各项指标及权重。" "By what offices are scored, and how much each line weighs.";
    "periods.csv" Returns "报送期" "Periods" "哪些时段、几日内、从哪一级起报送。" "For which periods offices report, within how many days, from which level.";
    "return_checks.csv" Returns "表内校验" "Checks of returns" "各指标之间必须成立的关系。" "What must hold between the figures.";
    "clauses.csv" Sources "通知条款" "Clauses" "部署通知的各条，一句话一条。" "What each clause of the order says, one sentence each.";
    "sources.csv" Sources "依据登记" "Sources" "依据一栏所引用的法律、规章、标准和资料。" "Laws, rules, standards and texts that `source` refers to.";
}

/// The name of a checklist's questions, whatever the list.
const QUESTIONS: Title = Title {
    file: "",
    zh: "检查项",
    en: "Questions",
    group: Group::Checks,
    help: (
        "按顺序提问；可以限定产品、有效期，也可以只在前面某项如此作答时才问。",
        "Asked in this order; some only for certain products, days, or answers to earlier questions.",
    ),
};

impl Title {
    /// The title of a table.
    pub fn of(file: &str) -> &'static Self {
        TITLES.iter().find(|t| t.file == file).unwrap_or(&QUESTIONS)
    }

    /// The place of a table among the others.
    pub fn rank(file: &str) -> usize {
        TITLES.iter().position(|t| t.file == file).unwrap_or(TITLES.len())
    }

    /// Its name in the reader's language.
    pub fn label(&self, lang: Lang) -> &'static str {
        lang.say(self.zh, self.en)
    }

    /// What it is for.
    pub fn help(&self, lang: Lang) -> &'static str {
        lang.say(self.help.0, self.help.1)
    }
}

/// A column: its table (empty: any), its name, what people call it in both languages, and a hint in both.
type Named = (&'static str, &'static str, [&'static str; 2], [&'static str; 2]);

/// One line for each column: its table (empty: any), its name, what people call it in both languages, a hint in both.
macro_rules! columns {
    ($($table:literal $name:literal $zh:literal $en:literal $hint_zh:literal $hint_en:literal;)*) => {
        const COLUMNS: &[Named] = &[$(($table, $name, [$zh, $en], [$hint_zh, $hint_en])),*];
    };
}

columns! {
    "" "code" "代码" "Code" "" "";
    "" "id" "编号" "Number" "整个任务包内不得重复" "Unique in the whole pack";
    "" "key" "简称" "Key" "依据一栏用它开头，例如PQL" "The first word of a reference, such as PQL";
    "" "zh" "中文" "In Chinese" "" "";
    "" "en" "英文" "In English" "" "";
    "checklists/" "zh" "问题（中文）" "Question in Chinese" "一看就能答：符合或者不符合" "To be answered by looking: it conforms or it does not";
    "checklists/" "en" "问题（英文）" "Question in English" "" "";
    "pack.toml" "zh" "行动名称（中文）" "Title in Chinese" "" "";
    "pack.toml" "en" "行动名称（英文）" "Title in English" "" "";
    "" "about_zh" "说明（中文）" "What it is about, in Chinese" "" "";
    "" "about_en" "说明（英文）" "What it is about, in English" "" "";
    "" "issued" "印发日期" "Issued" "" "";
    "" "starts" "开始日期" "Starts" "" "";
    "" "ends" "结束日期" "Ends" "" "";
    "" "check_by" "复核日期" "Compare again by" "到期由系统提醒核对法律数据" "The system reminds you to compare the legal data";
    "" "source" "依据" "Source" "依据简称加位置，几处用分号隔开，例如IPL art.45; NOTICE T1-3a；系统约定写D，常识写K" "A key of the sources and the place, several with semicolons: IPL art.45; NOTICE T1-3a. D for your own choice, K for general knowledge";
    "" "basis" "法律依据" "Legal basis" "写法同“依据”" "Written like “Source”";
    "" "certainty" "把握程度" "Certainty" "" "";
    "" "clause" "通知条款" "Clauses" "" "";
    "" "parent" "上级大类" "Category" "大类本身留空" "Empty for a category itself";
    "" "note_zh" "备注（中文）" "Note in Chinese" "" "";
    "" "note_en" "备注（英文）" "Note in English" "" "";
    "" "note" "种类" "Kind" "law、administrative_regulation、department_rule、notice、standard、web_copy、knowledge、design之一" "One of law, administrative_regulation, department_rule, notice, standard, web_copy, knowledge, design";
    "" "liability" "法律责任起始条" "Liability begins at article" "从该条起是法律责任" "From this article on it says what follows from a violation";
    "" "issuer_zh" "发证机关（中文）" "Issued by, in Chinese" "" "";
    "" "issuer_en" "发证机关（英文）" "Issued by, in English" "" "";
    "" "duty_zh" "要求（中文）" "Duty in Chinese" "" "";
    "" "duty_en" "要求（英文）" "Duty in English" "" "";
    "" "from" "起始日期" "From" "留空：一直以来" "Empty: always";
    "" "to" "截止日期" "To" "留空：至今有效" "Empty: still in force";
    "" "product" "产品" "Product" "" "";
    "" "products" "产品" "Products" "不选：全部产品" "None: all products";
    "" "regime" "监管方式" "Regime" "" "";
    "" "licence_code" "许可编号代码" "Code in licence numbers" "" "";
    "" "standard" "标准号" "Standard" "不含年份，例如GB 175" "Without the year, such as GB 175";
    "" "number" "标准号" "Number" "不含年份，例如GB 175" "Without the year, such as GB 175";
    "" "edition" "年份" "Year" "" "";
    "" "title_zh" "标准名称（中文）" "Title in Chinese" "" "";
    "" "title_en" "标准名称（英文）" "Title in English" "" "";
    "" "mandatory" "强制性" "Mandatory" "" "";
    "" "in_force" "实施日期" "In force from" "" "";
    "" "superseded_by" "被何标准代替" "Superseded by" "带年份，例如GB 175-2023" "With the year, such as GB 175-2023";
    "" "superseded_on" "废止日期" "Superseded on" "新版本实施的第一天" "The first day of the new edition";
    "" "transition_zh" "过渡规定（中文）" "Transition in Chinese" "" "";
    "" "transition_en" "过渡规定（英文）" "Transition in English" "" "";
    "" "subject" "认定什么" "Of what" "" "";
    "targeting.csv" "rule_zh" "认定规则（中文）" "Rule in Chinese" "" "";
    "targeting.csv" "rule_en" "认定规则（英文）" "Rule in English" "" "";
    "" "rule_zh" "统计口径（中文）" "How it is counted, in Chinese" "" "";
    "" "rule_en" "统计口径（英文）" "How it is counted, in English" "" "";
    "" "side" "领域" "Side of trade" "" "";
    "checklists.csv" "side" "领域" "Field" "不选：生产、流通都用；流通领域的也用于网络和农村" "None: everywhere. One for circulation serves online and rural sellers too";
    "" "sanction_zh" "处理规定（中文）" "What the law lays down, in Chinese" "" "";
    "" "sanction_en" "处理规定（英文）" "What the law lays down, in English" "" "";
    "" "evidence_zh" "证据（中文）" "Evidence in Chinese" "" "";
    "" "evidence_en" "证据（英文）" "Evidence in English" "" "";
    "" "severity" "默认等级" "Severity" "检查人员可以改" "The inspector may change it";
    "" "days" "天数" "Days" "" "";
    "" "clock" "天数怎么算" "Which days count" "" "";
    "" "approval_level" "批准销号的层级" "Level that approves close-out" "" "";
    "" "supervised" "挂牌督办" "Supervised handling" "" "";
    "" "look_back_percent" "回头看比例（%）" "Share of look-backs (%)" "0至100" "0 to 100";
    "" "repeat_check_percent" "反复查比例（%）" "Share of repeat checks (%)" "0至100" "0 to 100";
    "" "evidence_min" "至少几份证据" "Pieces of evidence at least" "1至20" "1 to 20";
    "" "resume_watch" "监视恢复生产" "Watch for a resumption" "" "";
    "" "recheck" "需要复查" "Needs a re-check" "" "";
    "" "amount" "数值" "Amount" "" "";
    "" "unit" "单位" "Unit" "" "";
    "" "rollover" "末日遇节假日" "When the last day is a holiday" "" "";
    "" "due" "完成日期" "Due" "" "";
    "" "level" "层级" "Level" "" "";
    "" "unit_zh" "单位（中文）" "Unit in Chinese" "" "";
    "" "unit_en" "单位（英文）" "Unit in English" "" "";
    "" "counts" "由哪些数相加" "Sum of" "留空：系统尚无此记录；要减去的在前面加-" "Empty: nothing records it yet; a minus before what is subtracted";
    "" "distinct" "每家只计一次" "Each enterprise once" "" "";
    "" "stock" "期末数" "What stands at the cut-off" "" "";
    "" "rhythm" "多久报一次" "How often" "" "";
    "" "left" "左边" "Left" "几个指标相加" "Summed";
    "" "relation" "关系" "Relation" "" "";
    "" "right" "右边" "Right" "几个指标相加" "Summed";
    "" "points" "每项分值" "Points each" "" "";
    "" "most" "最多分值" "Points at the most" "" "";
    "" "measure" "看什么" "Measure" "" "";
    "assessment.csv" "aspect" "考核什么" "What is scored" "" "";
    "assessment.csv" "weight" "分值" "Points at the most" "" "";
    "assessment.csv" "full" "满分线（%）" "Full at (%)" "达到此比例得满分" "At this share all of the points";
    "assessment.csv" "zero" "零分线（%）" "None at (%)" "大于满分线的，越低越好" "Where it is the greater one, less is better";
    "" "answer_days" "几个工作日内回复" "Working days to answer" "" "";
    "" "again_days" "几日后再看" "Days until it is looked at again" "" "";
    "" "version" "版本" "Version" "检查项有改动的，发布时自动加1" "Raised by itself when its questions have changed";
    "" "scope" "类别" "Kind" "" "";
    "" "file" "文件" "File" "" "";
    "" "items" "检查项" "Questions" "图片显示在这些检查项旁边" "The picture stands beside these";
    "" "how_zh" "怎么查（中文）" "How to check, in Chinese" "看什么，什么情况算不符合" "What to look at, and what fails";
    "" "how_en" "怎么查（英文）" "How to check, in English" "" "";
    "" "problems" "对应的隐患问题" "Problems it may reveal" "不选：只作提示，不登记隐患" "None: a reminder that makes no hazard";
    "" "weight" "权重" "Weight" "" "";
    "" "photo" "不符合时应当拍照" "Photograph when it does not conform" "" "";
    "" "asked_if" "只在这样作答时才问" "Asked only on these answers" "不选：总是问。同一项选几个答案，有其一即问；选了几项，须都符合" "None: always asked. Of one question any of the answers chosen will do; of several, each must be answered so";
}

fn named(file: &str, column: &str) -> Option<&'static Named> {
    let table = if list_of(file).is_some() { "checklists/" } else { file };
    let own = COLUMNS.iter().find(|(of, name, ..)| *of == table && *name == column);
    own.or_else(|| COLUMNS.iter().find(|(of, name, ..)| of.is_empty() && *name == column))
}

/// What people call a column.
pub fn label(file: &str, column: &'static str, lang: Lang) -> &'static str {
    named(file, column).map_or(column, |(_, _, label, _)| lang.say(label[0], label[1]))
}

/// What helps to fill it in; empty when nothing needs to be said.
pub fn hint(file: &str, column: &str, lang: Lang) -> &'static str {
    named(file, column).map_or("", |(.., hint)| lang.say(hint[0], hint[1]))
}

/// The table whose codes a column takes, where it takes any.
pub fn codes_of(file: &str, column: &str) -> Option<&'static str> {
    Some(match (file, column) {
        (_, "parent" | "product" | "products") => "products.csv",
        (_, "clause") => "clauses.csv",
        (_, "problems") => "problems.csv",
        ("product_standards.csv", "standard") => "standards.csv",
        ("return_checks.csv", "left" | "right") => "figures.csv",
        _ => return None,
    })
}

/// Whether a cell of the column is long: it gets several lines.
pub fn is_long(file: &str, column: &str) -> bool {
    const LONG: &[&str] = &["about", "note", "duty", "rule", "sanction", "evidence", "how", "transition"];
    let stem = column.strip_suffix("_zh").or_else(|| column.strip_suffix("_en"));
    let question = list_of(file).is_some() || matches!(file, "clauses.csv" | "pictures.csv" | "targeting.csv");
    stem.map_or(question && matches!(column, "zh" | "en"), |stem| LONG.contains(&stem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::layout::Layout;

    #[test]
    fn every_table_and_every_column_has_a_name_in_both_languages() {
        let files = TITLES.iter().map(|t| t.file).chain(["checklists/x.csv"]);
        for file in files {
            for column in Layout::of(file).unwrap().columns {
                let said = named(file, column.name).unwrap_or_else(|| panic!("{file} {}", column.name));
                assert_eq!(said.3[0].is_empty(), said.3[1].is_empty(), "{file} {}", column.name);
            }
        }
        let untold: Vec<_> =
            crate::campaigns::draft::LAYOUTS.iter().filter(|l| !TITLES.iter().any(|t| t.file == l.file)).collect();
        assert!(untold.is_empty(), "{untold:?}");
    }
}
