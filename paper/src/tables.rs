//! Statistical tables.

use serde::{Deserialize, Serialize};

use crate::parts::Header;

/// 统计表: what an office has reported for a period, as it was submitted. It bears no number: its hash says which it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatisticalTable {
    /// The office that reports; the day of the cut-off.
    pub header: Header,
    /// What stands above the table: 报告期, 数据截至, 填报人, 审核人 …
    pub facts: Vec<TableFact>,
    /// SHA-256 of the data.
    pub digest: String,
    /// The rows, in order.
    pub rows: Vec<TableRow>,
    /// What stands below the table: adjustments and gaps with their reasons.
    pub notes: Vec<String>,
}

/// A line above a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableFact {
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: String,
}

/// A row of a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableRow {
    /// 编码.
    pub code: String,
    /// 指标.
    pub name: String,
    /// 单位.
    pub unit: String,
    /// 本期, 累计: as they are to stand there.
    pub numbers: [String; 2],
    /// Why there are no numbers; empty where there are.
    pub unsaid: String,
}
