//! The scanner itself, with one signature of our own, where Debian's `clamav-daemon` is installed.

use super::*;
use std::process::{Child, Command, Stdio};
use tokio::{net::UnixStream, time};

const CLAMD: &str = "/usr/sbin/clamd";
const BAD: &[u8] = b"PAICHA-TEST-SIGNATURE";

/// A running scanner; it ends with the test.
struct Clamd(Child);

impl Drop for Clamd {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a scanner in `folder` and says where it listens. None when it is not installed.
async fn clamd(folder: &std::path::Path) -> Option<(Clamd, String)> {
    if !std::path::Path::new(CLAMD).exists() {
        return None;
    }
    let (rules, socket) = (folder.join("rules"), folder.join("clamd.ctl"));
    std::fs::create_dir(&rules).unwrap();
    let signature = format!("Paicha.Test.Own:0:*:{}\n", data_encoding::HEXLOWER.encode(BAD));
    std::fs::write(rules.join("own.ndb"), signature).unwrap();
    let settings = format!(
        "DatabaseDirectory {}\nLocalSocket {}\nForeground yes\nStreamMaxLength 1M\n",
        rules.display(),
        socket.display()
    );
    let file = folder.join("clamd.conf");
    std::fs::write(&file, settings).unwrap();
    let mut command = Command::new(CLAMD);
    let mut clamd = Clamd(command.arg("-c").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let mut tick = time::interval(time::Duration::from_millis(20));
    while UnixStream::connect(&socket).await.is_err() {
        assert!(clamd.0.try_wait().unwrap().is_none(), "clamd ended at once: run it by hand with {}", file.display());
        tick.tick().await;
    }
    Some((clamd, socket.display().to_string()))
}

#[tokio::test]
async fn a_real_scanner_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let Some((_clamd, address)) = clamd(folder.path()).await else { return };
    let w = World::with(Config { clamd: Some(address), ..Config::default() }).await;
    let ying = ying();
    assert_eq!(w.put(&ying, &photo(40, 30)).await.unwrap().scanned, Scanned::Clean);
    let bad = [photo(41, 30), BAD.to_vec()].concat();
    let refusal = w.put(&ying, &bad).await.unwrap_err().refusal();
    assert_eq!(refusal.code, "files.infected");
    assert!(refusal.zh.contains("Paicha.Test.Own"), "{}", refusal.zh);
    // More than it takes in one stream: it hangs up in the middle, and nothing is let through.
    let long = [photo(42, 30), vec![0; 2 * 1024 * 1024]].concat();
    assert_eq!(code(w.put(&ying, &long).await.unwrap_err()), "files.unscanned");
    assert_eq!(w.on_disk().len(), 1);
}
