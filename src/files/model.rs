//! What evidence is: its hash, its type, what it claims of itself, and what it is evidence of. No database, no disk.

use super::Degrees;
use crate::{
    kernel::{
        AccountId, EnterpriseId, Error, Lang, Moment, Result,
        db::{Column, Value},
    },
    people::Place,
    record::{Kind, Thing},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The types of files that are taken, told by their content. The code is the media type (IANA).
    pub enum Media {
        Jpeg "image/jpeg" "照片（JPEG）" "Picture (JPEG)",
        Png "image/png" "图片（PNG）" "Picture (PNG)",
        Webp "image/webp" "图片（WebP）" "Picture (WebP)",
        Heif "image/heif" "照片（HEIC）" "Picture (HEIC)",
        Pdf "application/pdf" "PDF 文档" "PDF document",
        Ofd "application/ofd" "OFD 版式文档" "OFD document",
        Docx "application/vnd.openxmlformats-officedocument.wordprocessingml.document" "Word 文档" "Word document",
        Xlsx "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" "Excel 表格" "Excel sheet",
        Mp4 "video/mp4" "视频（MP4）" "Video (MP4)",
        Mov "video/quicktime" "视频（MOV）" "Video (MOV)",
        M4a "audio/m4a" "录音（M4A）" "Recording (M4A)",
        Mp3 "audio/mpeg" "录音（MP3）" "Recording (MP3)",
        Wav "audio/x-wav" "录音（WAV）" "Recording (WAV)",
        Amr "audio/amr" "录音（AMR）" "Recording (AMR)",
    }
    /// What a virus scanner said.
    pub enum Scanned {
        Off "off" "未启用查毒" "Not scanned",
        Clean "clean" "查毒通过" "No virus found",
    }
}

impl Media {
    /// The ending of a file name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Heif => "heic",
            Self::Pdf => "pdf",
            Self::Ofd => "ofd",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::M4a => "m4a",
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Amr => "amr",
        }
    }

    /// The sign of its kind.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Jpeg | Self::Png | Self::Webp | Self::Heif => "photo",
            Self::Mp4 | Self::Mov => "video",
            Self::M4a | Self::Mp3 | Self::Wav | Self::Amr => "sound",
            Self::Pdf | Self::Ofd | Self::Docx | Self::Xlsx => "file",
        }
    }

    /// Whether a browser shows it by itself and can do no harm with it; all else is a download.
    pub const fn is_shown(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp | Self::Pdf)
    }
}

/// The SHA-256 of a file: 64 hexadecimal digits in lower case. It is the file's id, so that nobody can exchange the
/// file under it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^[0-9a-f]{64}$", example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
pub struct FileHash(String);

impl FileHash {
    /// Reads it as people and programs write it.
    pub fn parse(text: &str) -> Result<Self> {
        let is_hash = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if is_hash { Ok(Self(text.to_ascii_lowercase())) } else { NOT_A_HASH.with("value", text).at("sha256") }
    }

    /// From the 32 bytes of a digest.
    pub(super) fn of(digest: &[u8]) -> Self {
        Self(data_encoding::HEXLOWER.encode(digest))
    }

    /// All 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first twelve digits: enough for people to compare.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

impl TryFrom<String> for FileHash {
    type Error = &'static str;
    fn try_from(text: String) -> std::result::Result<Self, Self::Error> {
        Self::parse(&text).map_err(|_| "64 hexadecimal digits are expected")
    }
}
impl std::fmt::Display for FileHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl From<&FileHash> for Value {
    fn from(hash: &FileHash) -> Self {
        hash.as_str().into()
    }
}
impl Column for FileHash {
    fn from_value(value: Value) -> Option<Self> {
        Self::parse(&String::from_value(value)?).ok()
    }
}

row! {
    /// A file as it was received.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct File {
        pub sha256: FileHash,
        pub bytes: i64,
        /// Told by the content, whatever the sender said.
        pub media: Media,
        /// Of a picture, as it is to be looked at; unknown for other files and for HEIC.
        pub width: Option<i64>,
        pub height: Option<i64>,
        /// Whether there is a small picture of it.
        pub thumb: bool,
        /// When the camera says it was taken: local time, with offset where the camera gave one. A claim.
        pub claimed_at: Option<String>,
        /// Where the camera says it was. A claim; phones may answer in WGS 84 or in GCJ-02.
        pub claimed_latitude: Option<Degrees>,
        pub claimed_longitude: Option<Degrees>,
        pub scanned: Scanned,
        /// A mark of what a photograph shows: two of one view have nearly the same.
        #[serde(skip)]
        pub likeness: Option<String>,
    }
}

row! {
    /// A picture, as far as it can be compared with others.
    #[derive(Debug, Clone)]
    pub struct Likeness {
        pub sha256: FileHash,
        pub likeness: Option<String>,
        pub claimed_at: Option<String>,
    }
}

row! {
    /// A file in its role as evidence of a thing.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Evidence {
        pub sha256: FileHash,
        pub bytes: i64,
        pub media: Media,
        pub width: Option<i64>,
        pub height: Option<i64>,
        pub thumb: bool,
        pub claimed_at: Option<String>,
        pub claimed_latitude: Option<Degrees>,
        pub claimed_longitude: Option<Degrees>,
        pub scanned: Scanned,
        /// What it is to the thing, in the words of the thing's own capability: `found`, `submit`, `signature`.
        pub role: String,
        /// What whoever linked it says about it.
        pub note: Option<String>,
        pub linked_at: Moment,
        pub linked_by: AccountId,
        pub linked_by_name: String,
        /// When it was withdrawn as attached by mistake; by whom and why.
        pub withdrawn_at: Option<Moment>,
        pub withdrawn_by_name: Option<String>,
        pub withdrawn_why: Option<String>,
    }
}

impl Evidence {
    /// Address of the file.
    pub fn href(&self) -> String {
        format!("/files/{}", self.sha256)
    }

    /// Address of its small picture; empty when it has none.
    pub fn thumb_href(&self) -> String {
        if self.thumb { format!("/files/{}/thumb", self.sha256) } else { String::new() }
    }

    /// What people call it: its remark, else its type.
    pub fn name(&self, lang: Lang) -> &str {
        self.note.as_deref().unwrap_or_else(|| self.media.label(lang))
    }

    /// What it is in place of a small picture: the sign of its kind, and the ending of its name.
    pub const fn sign(&self) -> (&'static str, &'static str) {
        (self.media.icon(), self.media.extension())
    }

    /// What can be done with it when there is nothing to see of it here.
    pub const fn no_preview(&self, lang: Lang) -> &'static str {
        if self.media.is_shown() {
            lang.say("点击打开", "Open it")
        } else {
            lang.say("无法预览，请下载查看", "No preview; download it")
        }
    }

    /// Who withdrew it, when and why.
    pub fn withdrawal(&self) -> String {
        let at = self.withdrawn_at.map(crate::kernel::Moment::minute);
        let parts = [at, self.withdrawn_by_name.clone(), self.withdrawn_why.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// Size, who brought it and when, and what the file itself says of time and place.
    pub fn meta(&self, lang: Lang) -> String {
        let mut parts = vec![size(self.bytes), self.linked_by_name.clone(), self.linked_at.minute()];
        let place =
            self.claimed_latitude.zip(self.claimed_longitude).map(|(a, b)| format!("{}, {}", a.value(), b.value()));
        let at = self.claimed_at.as_ref().map(|at| at.replace('T', " "));
        let claims: Vec<String> = at.into_iter().chain(place).collect();
        if !claims.is_empty() {
            let says = lang.say("文件自带信息（未经核实）：", "as the file says, unverified: ");
            parts.push(format!("{says}{}", claims.join(lang.say("，", ", "))));
        }
        parts.join(" · ")
    }
}

/// A number of bytes, for people: 820 B, 34 KB, 4.2 MB.
pub fn size(bytes: i64) -> String {
    match bytes {
        ..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", (bytes + 512) / 1024),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

/// Where a file belongs: which thing, in which role, and who may therefore see it.
#[derive(Debug, Clone)]
pub struct Link {
    pub kind: Kind,
    pub thing: String,
    /// What it is to the thing, in the words of the thing's own capability.
    pub role: String,
    pub note: Option<String>,
    /// Where the thing stands.
    pub place: Place,
    /// The enterprise that may see it; none when it must not.
    pub enterprise: Option<EnterpriseId>,
}

impl Link {
    /// A link to `thing`: whoever may see the thing may see the file.
    pub fn to<T: Thing>(thing: &T, role: &str) -> Self {
        Self {
            kind: T::KIND,
            thing: thing.id(),
            role: role.to_owned(),
            note: None,
            place: thing.place(),
            enterprise: thing.enterprise(),
        }
    }

    /// With a remark.
    #[must_use]
    pub fn noted(self, note: Option<String>) -> Self {
        Self { note, ..self }
    }
}

/// A file that has just been received, for the record.
#[derive(Serialize)]
pub(super) struct Received<'a> {
    #[serde(flatten)]
    pub file: &'a File,
    #[serde(skip)]
    pub place: Place,
    #[serde(skip)]
    pub enterprise: Option<EnterpriseId>,
}

impl Thing for Received<'_> {
    const KIND: Kind = Kind::File;
    fn id(&self) -> String {
        self.file.sha256.to_string()
    }
    fn name(&self) -> String {
        format!("{}.{}", self.file.sha256.short(), self.file.media.extension())
    }
    fn place(&self) -> Place {
        self.place
    }
    fn enterprise(&self) -> Option<EnterpriseId> {
        self.enterprise
    }
}

/// How much of an upload in pieces has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = UploadProgress)]
pub struct Progress {
    pub sha256: FileHash,
    /// Bytes that are safely kept; go on from here.
    pub stored: u64,
    /// The file, once it is complete and accepted.
    pub file: Option<File>,
}

/// The file is too large.
pub(super) fn too_large(limit: u64) -> Error {
    let limit = size(i64::try_from(limit).unwrap_or(i64::MAX));
    Error::Unreadable { status: 413, refusal: crate::kernel::TOO_LARGE.with("limit", limit) }
}

refusals! {
    NOT_A_HASH "files.not_a_hash" "“{value}”不是 SHA-256 哈希值（应为 64 位十六进制数）。" "“{value}” is not a SHA-256 hash (64 hexadecimal digits).";
    EMPTY "files.empty" "文件为空（0 字节），未保存。" "The file is empty (0 bytes) and was not kept.";
    HASH_DIFFERS "files.hash_differs" "收到的内容与所报的哈希值不符，未保存，请重新上传。所报：{said}；实收：{found}。" "What arrived does not have the hash that was announced; it was not kept, please send it again. Announced: {said}; arrived: {found}.";
    NOT_ACCEPTED "files.not_accepted" "不接受此类文件（{found}）。可上传：照片（JPEG、PNG、WebP、HEIC）、PDF、OFD、DOCX、XLSX、视频（MP4、MOV）、录音（MP3、M4A、WAV、AMR）。" "Files of this type are not taken ({found}). You may send: pictures (JPEG, PNG, WebP, HEIC), PDF, OFD, DOCX, XLSX, video (MP4, MOV), recordings (MP3, M4A, WAV, AMR).";
    UNKNOWN_TYPE "files.unknown_type" "无法识别文件类型。可上传：照片（JPEG、PNG、WebP、HEIC）、PDF、OFD、DOCX、XLSX、视频（MP4、MOV）、录音（MP3、M4A、WAV、AMR）。" "The type of the file is not known. You may send: pictures (JPEG, PNG, WebP, HEIC), PDF, OFD, DOCX, XLSX, video (MP4, MOV), recordings (MP3, M4A, WAV, AMR).";
    MACROS "files.macros" "文档含有宏，出于安全考虑不予接收，请另存为不含宏的文档或者 PDF 后上传。" "The document contains macros and is not taken for safety; save it without macros, or as PDF.";
    DAMAGED "files.damaged" "文件已损坏，或者内容并非 {media} 格式，无法打开，请重新拍摄或者导出后上传。" "The file is damaged, or is not really {media}, and cannot be opened; take or export it again.";
    INFECTED "files.infected" "查出病毒（{name}），文件未保存。" "A virus was found ({name}); the file was not kept.";
    UNSCANNED "files.unscanned" "查毒服务暂不可用，文件未保存，请稍后重试；如仍不能上传，请联系系统管理员。" "The virus scanner cannot be reached; the file was not kept. Please try again later, or tell the administrator.";
    UNKNOWN_FILE "files.unknown" "没有找到证据材料 {sha256}，请先上传。" "There is no file {sha256}; please upload it first.";
    NOT_LINKED "files.not_linked" "证据材料 {sha256} 未附在此处。" "The file {sha256} is not attached here.";
    TOO_MANY "files.too_many" "一次最多提交 {max} 份证据材料。" "At most {max} pieces of evidence at once.";
    WRONG_OFFSET "files.wrong_offset" "服务器已收到 {stored} 字节，请从此处继续上传。" "The server has {stored} bytes; please go on from there.";
    BEYOND_LENGTH "files.beyond_length" "内容超出所报的总长度（{length} 字节），此段未保存。" "There is more than the announced length of {length} bytes; this piece was not kept.";
    NOT_A_LENGTH "files.not_a_length" "“{value}”不是有效的字节数。" "“{value}” is not a number of bytes.";
    INTERRUPTED "files.interrupted" "上传中断，请继续上传。" "The upload was interrupted; please go on.";
    TOO_MANY_OPEN "files.too_many_open" "未完成的上传过多（上限 {max} 个），请先完成已开始的上传。" "Too many uploads are unfinished (at most {max}); finish those first.";
    TOO_MANY_PIECES "files.too_many_pieces" "分段过多（上限 {max} 段），已收到的内容已清除，请增大分段后重新上传。" "There are too many pieces (at most {max}); what had arrived was taken away. Begin again with larger pieces.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_64_hexadecimal_digits() {
        let text = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";
        assert_eq!(FileHash::parse(text).unwrap().short(), "e3b0c44298fc");
        for wrong in ["", "e3b0", &text[1..], "../../../etc/passwd", &text.replace('E', "Ｅ")] {
            assert_eq!(FileHash::parse(wrong).unwrap_err().refusal().code, "files.not_a_hash");
        }
    }

    #[test]
    fn sizes_are_for_people() {
        assert_eq!([820, 35_000, 4_404_020].map(size), ["820 B", "34 KB", "4.2 MB"]);
    }

    #[test]
    fn degrees_keep_six_places() {
        let degrees = Degrees::within(38.042_307_1, 90.0).unwrap();
        assert_eq!(serde_json::to_string(&degrees).unwrap(), "38.042307");
        assert_eq!(Degrees::within(90.1, 90.0), None);
        assert_eq!(Degrees::within(f64::NAN, 90.0), None);
    }
}
