//! What waits in the exchange (等待入账): items that a device has sent before all that belongs to them, for those who
//! supervise: whose they are, what is lacking, and what has to be done about it.

use super::{State, store};
use crate::{
    accounts::{self, devices},
    enterprises,
    files::FileHash,
    inspections::sync::Kind,
    kernel::{
        AccountId, DeviceId, EnterpriseId, ItemId, Lang, Moment, Result,
        db::Tx,
        list::{Ask, Listed},
    },
    people::By,
    record::refused::REVIEWERS,
};
use serde::Serialize;
use utoipa::ToSchema;

row! {
    /// An item that waits.
    #[derive(Debug, Clone, Serialize, ToSchema)]
    #[schema(as = HeldItem)]
    pub struct Held {
        pub id: ItemId,
        pub account: AccountId,
        pub device: DeviceId,
        pub kind: Kind,
        /// Id of the thing it is about.
        pub about: String,
        pub enterprise: Option<EnterpriseId>,
        pub received_at: Moment,
    }
}

words! {
    /// What an item waits for.
    #[schema(as = SyncLack)]
    pub enum Lack {
        Files "files" "附件尚未传完" "Photographs have not arrived",
        Item "item" "前一事项尚未到达" "What it builds on has not arrived",
        Refused "refused" "前一事项未被采纳" "What it builds on was refused",
    }
}

/// An item that waits, with what is known of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Waiting {
    #[serde(flatten)]
    pub item: Held,
    pub account_name: String,
    pub device_name: String,
    /// The enterprise it is about, where it names one.
    pub party: String,
    /// How many files have not arrived.
    pub files: usize,
    /// How many items it waits for.
    pub items: usize,
    /// What has to be dealt with first.
    pub lack: Lack,
}

impl Lack {
    /// What has to be done, by whom.
    pub fn advice(self, lang: Lang) -> &'static str {
        match self {
            Self::Files => lang.say(
                "请提交人打开外勤应用并保持联网，照片将从中断处继续上传；手机无法使用的，用其导出的文件在另一台设备上导入后传送。",
                "Whoever sent it opens the field app on a line; the photographs go on where they stopped. If the phone is \
                 broken, its queue is exported and imported on another.",
            ),
            Self::Item => lang.say(
                "请提交人（同行确认的，请牵头人）打开外勤应用并保持联网，前一事项到达后本项自动入账。",
                "Whoever sent it (for a confirmation, whoever led the visit) opens the field app on a line; this is stored by \
                 itself when the other has arrived.",
            ),
            Self::Refused => lang.say(
                "前一事项的退回原因见“未入账的提交”，请提交人在外勤应用中修改并重新封存，之后本项自动入账。",
                "“Refused submissions” says why; whoever sent it mends it in the field app and seals it anew, then this is \
                 stored by itself.",
            ),
        }
    }
}

/// What waits within the scope of a reviewer; to anybody else, what waits of their own. The oldest first.
pub fn list(tx: &mut Tx, by: &By, ask: &Ask) -> Result<Listed<Waiting>> {
    let (scope, account) = match by.actor.must_be(REVIEWERS) {
        Ok(()) => (Some(by.scope()), None),
        Err(_) => (None, Some(by.actor.account)),
    };
    let ask = Ask { sort: ask.sort.clone().or_else(|| Some("received".to_owned())), ..ask.clone() };
    let listed = store::list_held(tx, scope, account, &ask)?;
    let items = listed.items.into_iter().map(|item| told(tx, by, item)).collect::<Result<Vec<_>>>()?;
    Ok(Listed { items, next: listed.next })
}

fn told(tx: &mut Tx, by: &By, item: Held) -> Result<Waiting> {
    let waits = store::waits(tx, item.id)?;
    let (files, items): (Vec<_>, Vec<_>) = waits.into_iter().partition(|what| FileHash::parse(what).is_ok());
    let mut lack = if items.is_empty() { Lack::Files } else { Lack::Item };
    for id in items.iter().filter_map(|id| ItemId::parse(id).ok()) {
        if store::find(tx, id)?.is_some_and(|kept| kept.state == State::Refused) {
            lack = Lack::Refused;
        }
    }
    // an enterprise that was found on site may be waiting itself
    let party =
        item.enterprise.and_then(|id| enterprises::get(tx, by.scope(), id).ok()).map_or_else(String::new, |e| e.name);
    Ok(Waiting {
        account_name: accounts::name_of(tx, Some(item.account))?,
        device_name: devices::find(tx, item.device)?.map_or_else(String::new, |d| d.name),
        party,
        files: files.len(),
        items: items.len(),
        lack,
        item,
    })
}
