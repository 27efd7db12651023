//! `doctor`: what is in force, what is wrong with this installation, and what to do about it.

use super::{
    Common,
    judged::{InForce, Inside, Seen, judged},
    lang,
};
use crate::{
    accounts, backup,
    campaigns::{self, Folder, Grade as PackGrade, Pack},
    documents, files,
    kernel::{App, Error, Moment, Result, config::REFERENCE, db::Tx},
    record,
    reports::atlas,
};
use jiff::civil::Date;
use std::{fmt::Write, path::Path};

/// Files whose hashes are looked at.
const SAMPLE: usize = 50;
/// Work that has waited so long, in milliseconds, does not wait but hangs.
const PATIENCE: i64 = 10 * 60_000;
/// Prints wait until nobody else waits, but not for longer than a day.
const PRINTED_BY: i64 = 24 * 3_600_000;

pub(super) async fn doctor(common: &Common) -> Result<()> {
    let app = common.open().await?;
    let settings = serde_json::to_value(&*app.config).map_err(Error::broken)?;
    let findings = judged(&look(&app).await?, lang());
    common.print(&serde_json::json!({ "settings": settings, "findings": findings }), || {
        let mut text = String::new();
        for f in &findings {
            let sign = ["✓", "!", "✗"][f.grade as usize];
            let _ = writeln!(text, "{sign} {}{}{}", f.what, lang().say("：", ": "), f.detail);
            if !f.advice.is_empty() {
                let _ = writeln!(text, "  → {}", f.advice);
            }
        }
        text.push('\n');
        for (name, meaning) in REFERENCE {
            let _ = writeln!(text, "{name} = {}   # {}", settings[name], meaning.trim());
        }
        text
    })
}

async fn look(app: &App) -> Result<Seen> {
    let folder = &app.config.data;
    let behind = app.db.behind().await?;
    let inside = if behind == 0 { Some(look_inside(app).await?) } else { None };
    Ok(Seen {
        engine: app.db.engine(),
        folder: folder.display().to_string(),
        writable: writable(folder),
        room: room(folder),
        maps: maps(app),
        behind,
        inside,
    })
}

/// The operator's map files, each with what is wrong with it.
fn maps(app: &App) -> Vec<(String, Option<String>)> {
    let fault = |file: &Path| atlas::check(file).err().map(|fault| fault.refusal().say(lang()).to_owned());
    atlas::files(&app.config).iter().map(|file| (file.display().to_string(), fault(file))).collect()
}

async fn look_inside(app: &App) -> Result<Inside> {
    let now = app.clock.now();
    let then = now.plus(-PATIENCE);
    let inside = app.db.read(move |tx| {
        Ok(Inside {
            stuck: record::store::stuck(tx)?,
            left: record::store::left_since(tx, then)?,
            unprinted: documents::unprinted_since(tx, now.plus(-PRINTED_BY))?,
            now: now.millis(),
            last_event: record::store::last_event(tx)?.map(Moment::millis),
            without_factor: accounts::store::administrators_without_second_factor(tx)?,
            packs: in_force(tx)?,
            ..Inside::default()
        })
    });
    let mut inside = inside.await?;
    inside.database_clock = app.db.clock().await?;
    inside.last_backup = backup::last(&app.config).map(Moment::millis);
    let (sampled, damaged) = files::sample(app, SAMPLE).await?;
    inside.sampled = sampled;
    inside.damaged = damaged.iter().map(|hash| hash.short().to_owned()).collect();
    Ok(inside)
}

fn in_force(tx: &mut Tx) -> Result<Vec<InForce>> {
    let versions = campaigns::store::pack_versions(tx)?;
    let wanted = campaigns::store::packs_in_force(tx)?;
    let of = |(code, version): (String, i64)| {
        let latest = versions.iter().filter(|v| v.code == code).map(|v| v.version).max().unwrap_or(version);
        let read = campaigns::pack(tx, &code, version);
        let checked =
            Folder::built_in(&code).map(|folder| campaigns::check::examine(&folder, &|code| Folder::built_in(code)).1);
        let of_grade = |grade| checked.iter().flatten().filter(|f| f.grade == grade).count();
        InForce {
            name: format!("{code} v{version}"),
            check_by: read.as_ref().ok().and_then(|pack| due(pack)),
            errors: checked.is_some().then(|| of_grade(PackGrade::Error)),
            warnings: of_grade(PackGrade::Warning),
            latest,
            version,
            unreadable: read.err().map(|error| error.to_string()),
        }
    };
    Ok(wanted.into_iter().map(of).collect())
}

fn due(pack: &Pack) -> Option<Date> {
    pack.about.check_by
}

fn writable(folder: &Path) -> bool {
    let probe = folder.join(".probe");
    let done = std::fs::write(&probe, b"x").is_ok();
    let _ = std::fs::remove_file(probe);
    done
}

/// Bytes that whoever runs this may still write below `folder`.
fn room(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}
