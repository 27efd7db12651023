//! The acts on a real database and a real disk. What they share stands here.

mod clamd;
mod links;
mod one;
mod pieces;

use super::{picture::tests as pictures, *};
use crate::{
    kernel::{AccountId, Clock, Config, Lang, Moment, OfficeId, db, secret::Keeper},
    people::{Level, Office, Role},
    record::Kind,
};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use proptest::prelude::*;
use sha2::Digest;
use std::sync::Arc;

pub struct World {
    pub app: App,
    pub data: tempfile::TempDir,
}

/// What comes over a line; `Err` where it is cut.
pub type Line = Vec<std::result::Result<Bytes, &'static str>>;

pub fn line(pieces: Line) -> impl Stream<Item = std::result::Result<Bytes, &'static str>> {
    stream::iter(pieces)
}

pub fn whole(bytes: &[u8]) -> impl Stream<Item = std::result::Result<Bytes, &'static str>> + use<> {
    line(bytes.chunks(7000).map(|c| Ok(Bytes::copy_from_slice(c))).collect())
}

pub fn hash(bytes: &[u8]) -> FileHash {
    FileHash::of(&sha2::Sha256::digest(bytes))
}

pub fn now() -> Moment {
    "2023-06-14T01:30:00Z".parse().unwrap()
}

/// Somebody who works in the county with this number.
pub fn of_county(n: i64, roles: &[Role]) -> By {
    let county = OfficeId::new(Moment::from_millis(n));
    let office = Office {
        id: county,
        code: n.to_string(),
        name: "正定县市场监督管理局".into(),
        name_en: "Zhengding".into(),
        level: Level::County,
        parent: None,
        province: None,
        city: None,
        county: Some(county),
        station: None,
        region: "130123".into(),
        active: true,
        version: 1,
    };
    let actor = Actor {
        account: AccountId::new(now()),
        name: "应".into(),
        roles: roles.to_vec(),
        office,
        enterprise: None,
        badge: None,
        lang: Lang::Zh,
    };
    By { actor, at: now(), client: None }
}

pub fn colleague(by: &By) -> By {
    let mut other = by.clone();
    other.actor.account = AccountId::new(now());
    other
}

pub fn ying() -> By {
    of_county(1, &[Role::Inspector])
}

pub fn to_hazard(by: &By, thing: &str) -> Link {
    let (thing, role, place) = (thing.to_owned(), "submit".to_owned(), by.actor.office.place());
    Link { kind: Kind::Hazard, thing, role, note: None, place, enterprise: None }
}

/// A schema of its own on the PostgreSQL of the tests, where there is one.
async fn postgres() -> Option<String> {
    let url = std::env::var("PAICHA_TEST_POSTGRES").ok()?;
    let schema = format!("files{}", uuid::Uuid::now_v7().simple());
    let (client, io) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let io = tokio::spawn(io);
    client.batch_execute(&format!("create schema {schema}")).await.unwrap();
    drop(client);
    io.await.unwrap().unwrap();
    Some(format!("{url}?options=-csearch_path%3D{schema}"))
}

impl World {
    pub async fn new() -> Self {
        Self::with(Config::default()).await
    }

    pub async fn with(config: Config) -> Self {
        let data = tempfile::tempdir().unwrap();
        let db = db::Db::open(&db::Place::of(postgres().await.as_deref(), data.path())).await.unwrap();
        db.migrate().await.unwrap();
        let config = Arc::new(Config { data: data.path().to_owned(), ..config });
        let keeper = Keeper::from_bytes(&[7; 32]).unwrap();
        Self { app: App { db, clock: Clock::set_by(now), keeper, config, demo: false }, data }
    }

    pub async fn put(&self, by: &By, bytes: &[u8]) -> Result<File> {
        put(&self.app, by, &hash(bytes), None, whole(bytes)).await
    }

    pub async fn piece(&self, by: &By, all: &[u8], from: usize, to: usize) -> Result<Progress> {
        append(&self.app, by, &hash(all), (from as u64, all.len() as u64), whole(&all[from..to])).await
    }

    pub async fn bytes(&self, by: &By, hash: &FileHash) -> Result<Vec<u8>> {
        let (_, out) = open(&self.app, &by.actor, hash, None).await?;
        Ok(out.bytes.try_collect::<Vec<_>>().await?.concat())
    }

    pub async fn link(&self, by: &By, file: &FileHash, to: Link) -> Result<()> {
        let (by, file) = (by.clone(), file.clone());
        self.app.db.write(move |tx| link(tx, &by, &file, &to)).await
    }

    pub async fn evidence(&self, thing: &'static str) -> Vec<Evidence> {
        self.app.db.read(move |tx| linked_to(tx, thing)).await.unwrap()
    }

    pub async fn events(&self) -> i64 {
        self.app.db.read(|tx| tx.get("select count(*) from events", &[])).await.unwrap()
    }

    /// All files below the vault's folder, by their path.
    pub fn on_disk(&self) -> Vec<String> {
        fn below(folder: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
                if entry.is_dir() { below(&entry, found) } else { found.push(entry.display().to_string()) }
            }
        }
        let mut found = Vec::new();
        let folder = self.data.path().join("files");
        if folder.exists() {
            below(&folder, &mut found);
        }
        found.sort();
        found
    }
}

pub fn code(error: Error) -> &'static str {
    error.refusal().code
}

/// A JPEG of these measures without EXIF.
pub fn photo(width: u32, height: u32) -> Vec<u8> {
    pictures::jpeg(width, height, None)
}
