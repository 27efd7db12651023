//! Every statement that touches `files`, `file_uploads` and `file_links`. Nobody else writes one.

use super::model::{Evidence, File, FileHash, Likeness, Link};
use crate::{
    kernel::{
        AccountId, EnterpriseId, Moment, Result,
        db::{Query, Tx},
    },
    people::{By, Place, Scope},
};

pub fn file(tx: &mut Tx, hash: &FileHash) -> Result<Option<File>> {
    tx.one(
        "select sha256, bytes, media, width, height, thumb, claimed_at, claimed_latitude, claimed_longitude, scanned,
         likeness from files where sha256 = $1",
        args![hash],
    )
}

/// Whether the file is evidence of something within `scope`.
pub fn is_linked_within(tx: &mut Tx, hash: &FileHash, scope: Scope) -> Result<bool> {
    let query = Query::new("select 1 from file_links where").add(" file = ?", &[hash.into()]);
    Ok(!tx.query::<i64>(&scope.within(query).add(" limit 1", &[]))?.is_empty())
}

/// Whether `account` uploaded the file and has not linked it to anything yet.
pub fn is_held_by(tx: &mut Tx, hash: &FileHash, account: AccountId) -> Result<bool> {
    let held: Option<i64> = tx.one(
        "select 1 from file_uploads where file = $1 and account = $2
         and not exists (select 1 from file_links where file = $1 and linked_by = $2)",
        args![hash, account],
    )?;
    Ok(held.is_some())
}

/// Adds the file unless it is there.
pub fn add_file(tx: &mut Tx, f: &File, by: &By) -> Result<()> {
    tx.run(
        "insert into files (sha256, bytes, media, width, height, thumb, claimed_at, claimed_latitude, claimed_longitude,
         scanned, likeness, created_at, created_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (sha256) do nothing",
        args![
            &f.sha256,
            f.bytes,
            f.media,
            f.width,
            f.height,
            f.thumb,
            &f.claimed_at,
            f.claimed_latitude,
            f.claimed_longitude,
            f.scanned,
            &f.likeness,
            by.at,
            by.actor.account
        ],
    )?;
    Ok(())
}

/// Notes that `account` uploaded the file; says whether that is news.
pub fn add_upload(tx: &mut Tx, hash: &FileHash, account: AccountId, at: Moment) -> Result<bool> {
    let added = tx.run(
        "insert into file_uploads (file, account, at) values ($1, $2, $3) on conflict (file, account) do nothing",
        args![hash, account, at],
    )?;
    Ok(added == 1)
}

/// Links the file unless it is linked so already. What was withdrawn is linked anew.
pub fn add_link(tx: &mut Tx, hash: &FileHash, to: &Link, by: &By) -> Result<()> {
    tx.run(
        "insert into file_links (thing, file, role, kind, note, linked_at, linked_by, linked_by_name, enterprise,
         province, city, county, station) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (thing, file, role) do update set linked_at = excluded.linked_at, linked_by = excluded.linked_by,
         linked_by_name = excluded.linked_by_name, withdrawn_at = null, withdrawn_by_name = null, withdrawn_why = null
         where file_links.withdrawn_at is not null",
        args![
            &to.thing,
            hash,
            &to.role,
            to.kind,
            &to.note,
            by.at,
            by.actor.account,
            &by.actor.name,
            to.enterprise,
            to.place.province,
            to.place.city,
            to.place.county,
            to.place.station
        ],
    )?;
    Ok(())
}

pub fn move_links(tx: &mut Tx, thing: &str, place: &Place, enterprise: Option<EnterpriseId>) -> Result<()> {
    tx.run(
        "update file_links set province = $2, city = $3, county = $4, station = $5, enterprise = $6 where thing = $1",
        args![thing, place.province, place.city, place.county, place.station, enterprise],
    )?;
    Ok(())
}

macro_rules! select_evidence {
    ($rest:literal) => {
        concat!(
            "select f.sha256, f.bytes, f.media, f.width, f.height, f.thumb, f.claimed_at, f.claimed_latitude,
             f.claimed_longitude, f.scanned, l.role, l.note, l.linked_at, l.linked_by, l.linked_by_name, l.withdrawn_at,
             l.withdrawn_by_name, l.withdrawn_why
             from file_links l join files f on f.sha256 = l.file where l.thing = $1 ",
            $rest
        )
    };
}

pub fn linked_to(tx: &mut Tx, thing: &str) -> Result<Vec<Evidence>> {
    tx.all(select_evidence!("and l.withdrawn_at is null order by l.linked_at, l.file, l.role"), args![thing])
}

pub fn withdrawn_from(tx: &mut Tx, thing: &str) -> Result<Vec<Evidence>> {
    tx.all(select_evidence!("and l.withdrawn_at is not null order by l.withdrawn_at, l.file, l.role"), args![thing])
}

/// Withdraws the file from the thing, in every role; says how many links that were.
pub fn withdraw(tx: &mut Tx, thing: &str, hash: &FileHash, by: &By, why: &str) -> Result<u64> {
    tx.run(
        "update file_links set withdrawn_at = $3, withdrawn_by_name = $4, withdrawn_why = $5
         where thing = $1 and file = $2 and withdrawn_at is null",
        args![thing, hash, by.at, &by.actor.name, why],
    )
}

/// The pictures that are evidence of a thing.
pub fn pictures_of(tx: &mut Tx, thing: &str) -> Result<Vec<Likeness>> {
    tx.all(
        "select distinct f.sha256 as sha256, f.likeness as likeness, f.claimed_at as claimed_at
         from file_links l join files f on f.sha256 = l.file where l.thing = $1 and f.media like 'image/%'",
        args![thing],
    )
}

/// The oldest pictures at which nobody has looked closer.
pub fn not_looked_at(tx: &mut Tx, most: i64) -> Result<Vec<File>> {
    tx.all(
        "select sha256, bytes, media, width, height, thumb, claimed_at, claimed_latitude, claimed_longitude, scanned,
         likeness from files where thumb = 1 and likeness is null order by created_at limit $1",
        args![most],
    )
}

/// Notes what a picture shows; nothing when it shows next to nothing.
pub fn looked_at(tx: &mut Tx, hash: &FileHash, likeness: &str) -> Result<()> {
    tx.run("update files set likeness = $2 where sha256 = $1", args![hash, likeness]).map(drop)
}

/// Which file is linked in which role.
pub fn roles_of(tx: &mut Tx, thing: &str) -> Result<Vec<(String, String)>> {
    tx.all("select file, role from file_links where thing = $1 and withdrawn_at is null", args![thing])
}

pub fn count_elsewhere(tx: &mut Tx, hash: &FileHash, thing: &str) -> Result<i64> {
    tx.get("select count(distinct thing) from file_links where file = $1 and thing <> $2", args![hash, thing])
}

/// The hashes of all files, in order.
pub fn hashes(tx: &mut Tx) -> Result<Vec<FileHash>> {
    tx.all("select sha256 from files order by sha256", &[])
}

row! {
    /// A file that a backup carries.
    #[derive(Debug, Clone)]
    pub struct Carried {
        pub sha256: FileHash,
        pub bytes: i64,
    }
}

pub fn carried(tx: &mut Tx) -> Result<Vec<Carried>> {
    tx.all("select sha256, bytes from files order by sha256", &[])
}

/// How many files there are, and of how many bytes.
pub fn measure(tx: &mut Tx) -> Result<(i64, i64)> {
    tx.get("select count(*), cast(coalesce(sum(bytes), 0) as bigint) from files", &[])
}
