//! Printing: once, outside the transaction, the same for ever.

use super::*;
use crate::files::{self, FileHash};
use bytes::Bytes;
use futures_util::stream;

impl World {
    async fn system(&self) -> By {
        accounts::system(&self.app).await.unwrap()
    }

    /// Loses everything in the vault, as a bad restore does.
    fn lose_files(&self) {
        std::fs::remove_dir_all(self.folder.path().join("files")).unwrap();
    }

    /// Some other PDF, kept as the print of a document.
    async fn print_otherwise(&self, id: DocumentId) -> Vec<u8> {
        let mut other = print(&self.app, &self.ying(), self.order().await.id).await.unwrap().pdf;
        other.extend_from_slice(b"\n% otherwise\n");
        let (by, hash) = (self.system().await, secret::sha256(&other));
        let body = stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from(other.clone()))]);
        files::put(&self.app, &by, &FileHash::parse(&hash).unwrap(), None, body).await.unwrap();
        self.app.act(&by, move |tx, by| printed(tx, by, id, &hash)).await.unwrap();
        other
    }
}

#[tokio::test]
async fn the_first_print_is_kept_and_every_other_is_the_same_file() {
    let w = World::new().await;
    let order = w.order().await;
    assert_eq!(order.sha256, None);
    let first = print(&w.app, &w.wei(), order.id).await.unwrap();
    assert!(first.pdf.starts_with(b"%PDF-"));
    assert_eq!(first.document.sha256, Some(secret::sha256(&first.pdf)));
    assert_eq!(print(&w.app, &w.sun(), order.id).await.unwrap().pdf, first.pdf);
    assert_eq!(w.events(order.id).await, [("issue".into(), "应晓岚".into()), ("print".into(), "系统".into())]);
    // without the file it is printed anew, and is the same
    w.lose_files();
    assert_eq!(print(&w.app, &w.sun(), order.id).await.unwrap().pdf, first.pdf);
    let saved = w.act(&w.sun(), order.id, Act::Void { why: "重复制发".into() }).await.unwrap();
    assert_eq!(saved.sha256, first.document.sha256);
}

#[tokio::test]
async fn what_was_printed_first_wins() {
    let w = World::new().await;
    let order = w.order().await;
    let other = w.print_otherwise(order.id).await;
    assert_eq!(print(&w.app, &w.ying(), order.id).await.unwrap().pdf, other);
    let (system, hash) = (w.system().await, "0".repeat(64));
    let kept = w.app.act(&system, move |tx, by| printed(tx, by, order.id, &hash)).await.unwrap();
    assert_eq!(kept.sha256, Some(secret::sha256(&other)), "the hash is kept once");
    w.lose_files();
    let lost = print(&w.app, &w.ying(), order.id).await.unwrap_err();
    assert_eq!(code(lost), "documents.not_as_printed");
}

#[tokio::test]
async fn only_the_system_keeps_a_print_and_only_who_sees_a_document_gets_one() {
    let w = World::new().await;
    let order = w.order().await;
    let internal = w.issue(&w.sun(), w.new_of(Form::CloseOutApproval)).await.unwrap();
    let by_hand = w.app.act(&w.ying(), move |tx, by| printed(tx, by, order.id, &"0".repeat(64))).await;
    assert!(matches!(by_hand, Err(Error::Forbidden)));
    assert!(matches!(print(&w.app, &w.wei(), internal.id).await, Err(Error::NotFound)));
    let kept = print(&w.app, &w.sun(), internal.id).await.unwrap().document.sha256.unwrap();
    let hash = FileHash::parse(&kept).unwrap();
    assert!(matches!(files::describe(&w.app, &w.wei().actor, &hash).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn what_waits_is_printed_without_being_asked_for() {
    let w = World::new().await;
    for form in Form::ALL {
        w.issue(&w.sun(), w.new_of(*form)).await.unwrap();
    }
    assert_eq!(print_waiting(&w.app, 100).await.unwrap(), Form::ALL.len());
    assert_eq!(print_waiting(&w.app, 100).await.unwrap(), 0);
}

#[tokio::test]
async fn the_foot_says_what_the_record_says() {
    let w = World::new().await;
    let order = w.order().await;
    let data = w.app.db.read(move |tx| store::data(tx, order.id)).await.unwrap();
    let paper: paper::Document = serde_json::from_str(&data).unwrap();
    let foot = paper.header().verification.clone().unwrap();
    assert_eq!((foot.id, foot.hash), (order.id.to_string(), order.check_value()));
    assert_eq!(paper.header().number, order.number);
}

#[tokio::test]
async fn what_cannot_be_set_is_put_off_and_holds_nobody_up() {
    let w = World::new().await;
    let no_picture = |header| {
        let signature = paper::Signature { png: b"not a picture".to_vec(), ..paper::Signature::default() };
        let record = paper::OnSiteRecord { header, signed_by_party: signature, ..paper::OnSiteRecord::default() };
        paper::Document::OnSiteRecord(record)
    };
    let new = w.new_of(Form::OnSiteRecord);
    w.app.act(&w.ying(), move |tx, by| issue(tx, by, new.clone(), no_picture)).await.unwrap();
    w.order().await;
    assert_eq!(print_waiting(&w.app, 1).await.unwrap(), 0);
    assert_eq!(print_waiting(&w.app, 1).await.unwrap(), 1, "the next one is looked at");
    assert_eq!(print_waiting(&w.app, 1).await.unwrap(), 0);
}
