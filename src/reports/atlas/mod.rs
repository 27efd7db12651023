//! The operator's maps (行政区划地图): the map of an office drawn from a file that the operator has put in.
//!
//! Nothing of the kind comes with the program: a map of China that the public sees needs an approval number (审图号) and
//! borders that nobody has altered, so it is the operator who brings it, and every map shows its number, or says that it
//! has none. Where there is no file for an office, the tiles of `board::map` stand. `docs/maps.md` says how to put one in.
//!
//! A file is read when it has changed since it was last read. It is drawn as it is: nothing is left out but points that
//! fall on the same spot of the drawing.

mod draw;
mod file;

pub use draw::{Drawing, Shape};
pub use file::{Fault, Map, REFUSALS, check};

use crate::kernel::Config;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

/// Maps in the data folder, unless the operator says where else they are.
const FOLDER: &str = "maps";

/// The files that the operator has put in: the one that is set, those of the folder that is set, else those of `maps` in
/// the data folder.
pub fn files(config: &Config) -> Vec<PathBuf> {
    let place = config.maps.clone().unwrap_or_else(|| config.data.join(FOLDER));
    if place.is_file() {
        return vec![place];
    }
    let Ok(entries) = std::fs::read_dir(&place) else { return Vec::new() };
    let is_map = |path: &PathBuf| path.extension().is_some_and(|e| e == "geojson" || e == "json");
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_map).collect();
    files.sort();
    files
}

/// The map of an office by the code of its region: the first file that has the areas directly below it. Whoever calls
/// waits for the disk.
pub fn of_region(config: &Config, region: &str) -> Option<Drawing> {
    files(config).iter().filter_map(|file| read(file)).find_map(|map| draw::below(&map, region))
}

/// A map as it was read, and what its file was then.
type Kept = BTreeMap<PathBuf, (SystemTime, Option<Arc<Map>>)>;

/// The map in a file; none when it is none, which the log says once.
fn read(path: &Path) -> Option<Arc<Map>> {
    static KEPT: Mutex<Kept> = Mutex::new(BTreeMap::new());
    let changed = std::fs::metadata(path).and_then(|about| about.modified()).ok()?;
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, map)) = kept.get(path).filter(|(at, _)| *at == changed) {
        return map.clone();
    }
    let map = match check(path) {
        Ok(map) => Some(Arc::new(map)),
        Err(fault) => {
            tracing::warn!(file = %path.display(), fault = fault.refusal().say(crate::kernel::Lang::En), "not a map");
            None
        }
    };
    kept.insert(path.to_owned(), (changed, map.clone()));
    map
}
