//! What a backup says of itself: at its beginning, and of all that it holds at its end.

use crate::{
    files::FileHash,
    kernel::{
        Moment,
        db::{Sum, Table},
    },
};
use serde::{Deserialize, Serialize};

/// The shape of the archive. A program that finds a higher number refuses.
pub const FORMAT: u32 = 1;
/// What the mark of the key is made for: see [`About::key`].
pub const PURPOSE: &str = "backup";
/// The entries of the archive, in this order; those between them are named by [`of_table`], and each file of the vault by its hash.
pub const ABOUT: &str = "about.json";
pub const FOLDER: &str = "folder/";
pub const TABLES: &str = "tables/";
pub const LIST: &str = "files.sha256";
pub const FILES: &str = "files/";
pub const MANIFEST: &str = "manifest.json";

/// The first entry: what is needed to read the others.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct About {
    pub format: u32,
    /// The version of the program that made it.
    pub program: String,
    /// The engine it was taken from; it can be restored to either.
    pub engine: String,
    /// The version of the schema.
    pub schema: i64,
    pub at: Moment,
    /// A mark that only the key of the installation can make: whether a key fits can be seen without it.
    pub key: String,
    /// Whether evidence is within, and not left to a bucket with copies of its own.
    pub evidence: bool,
    /// The tables in the order in which they are filled.
    pub tables: Vec<Table>,
}

/// The last entry: without it a backup is not whole.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// What each table held when the snapshot was taken, in the order of [`About::tables`].
    pub tables: Vec<Sum>,
    /// Files of evidence on record, and the bytes of those within.
    pub files: u64,
    pub bytes: u64,
    /// The SHA-256 of the list of files.
    pub list: String,
    /// Files on record that could not be read, or whose bytes no longer had their hash.
    pub lost: Vec<FileHash>,
}

/// What was made or restored, for people and programs.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub at: Moment,
    pub tables: usize,
    pub rows: u64,
    pub files: u64,
    pub bytes: u64,
    pub lost: Vec<FileHash>,
    pub encrypted: bool,
    pub evidence: bool,
    /// The SHA-256 of the whole backup, when it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The steps by which its schema is behind this program, when it was restored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind: Option<u64>,
}

impl Report {
    /// What is said of `manifest`.
    pub fn of(about: &About, manifest: Manifest, encrypted: bool) -> Self {
        Self {
            at: about.at,
            tables: manifest.tables.len(),
            rows: manifest.tables.iter().map(|sum| sum.rows).sum(),
            files: manifest.files,
            bytes: manifest.bytes,
            lost: manifest.lost,
            encrypted,
            evidence: about.evidence,
            sha256: None,
            behind: None,
        }
    }
}

/// How far it has come: what is being done, how much of how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A table is finished: its name, its rows.
    Table(String, u64),
    /// So many bytes of evidence of so many.
    Files(u64, u64),
}

/// A piece of a table: `tables/events/000001.tsv.gz`.
pub fn of_table(table: &str, piece: usize) -> String {
    format!("{TABLES}{table}/{piece:06}.tsv.gz")
}

/// A line of the list of files, as `sha256sum --check` reads it.
pub fn line_of(hash: &FileHash) -> String {
    format!("{hash}  {FILES}{}\n", crate::files::path_of(hash))
}

refusals! {
    EXISTS "backup.exists" "{file} 已存在，不予覆盖，请换一个文件名。" "{file} is there already and is not overwritten; take another name.";
    NO_PASSPHRASE "backup.no_passphrase" "缺少口令：请设置环境变量 PAICHA_BACKUP_PASSPHRASE，或者用 --passphrase-file 指定口令文件。" "No passphrase: set the environment variable PAICHA_BACKUP_PASSPHRASE, or name a file with --passphrase-file.";
    SHORT_PASSPHRASE "backup.short_passphrase" "口令过短，至少 {least} 个字符。" "The passphrase is too short; {least} characters at the least.";
    WRONG_PASSPHRASE "backup.wrong_passphrase" "口令不对，或者备份文件已损坏，无法解密。" "The passphrase is wrong or the backup is damaged; it cannot be opened.";
    NOT_A_BACKUP "backup.not_a_backup" "{file} 不是本系统的备份文件，或者已损坏：{why}" "{file} is no backup of this system, or is damaged: {why}";
    NEWER "backup.newer" "备份由更新的程序（{program}）制作，请先升级本程序再恢复。" "A newer program ({program}) made this backup; upgrade this one before restoring.";
    FOLDER_IN_USE "backup.folder_in_use" "目录 {data} 非空，不予覆盖；请指定不存在的目录或者空目录。" "The folder {data} is not empty and is not overwritten; name one that is empty or does not exist.";
    DATABASE_IN_USE "backup.database_in_use" "目标数据库已有数据，不予覆盖；请新建空数据库，用 --database-url 指定。" "The database holds data and is not overwritten; make an empty one and name it with --database-url.";
    NO_KEY "backup.no_key" "未加密的备份不含密钥文件，请用 --key 指定该系统的密钥文件（数据目录中的 key）。" "A backup that is not encrypted does not hold the key; name the key file of the installation (`key` in its data folder) with --key.";
    WRONG_KEY "backup.wrong_key" "密钥文件与备份不匹配，用它无法读取已加密的个人信息。" "The key does not belong to this backup: the personal data in it could not be read.";
    DIFFERS "backup.differs" "恢复后核对不符：{what}。请勿使用恢复出的数据，删除目标后换用其他备份。" "What was restored is not what was kept: {what}. Do not use it; remove it and take another backup.";
    NOT_WHOLE "backup.not_whole" "备份文件不完整（缺少结尾的清单），请换用其他备份。" "The backup is not whole (the list at its end is missing); take another one.";
    UNFINISHED "backup.unfinished" "{data} 中的恢复没有完成，请删除该目录后重新恢复。" "The restoration into {data} was not finished; remove the folder and restore again.";
}
