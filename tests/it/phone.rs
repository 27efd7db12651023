//! A phone in the field: it has a key of its own, seals what is recorded on it and sends it.

use crate::world::{Person, Reply, World, new_id};
use data_encoding::BASE64URL_NOPAD;
use paicha::kernel::secret::sha256;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING as SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};

/// What stands before the point of every P-256 key in its SPKI.
const BEFORE: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";

pub struct Phone<'w> {
    pub person: Person<'w>,
    seal: Seal,
}

/// Whose phone it is, and the key that it seals with.
pub struct Seal {
    pub account: String,
    pub device: String,
    /// When it seals.
    pub at: String,
    key: EcdsaKeyPair,
}

impl std::ops::Deref for Phone<'_> {
    type Target = Seal;
    fn deref(&self) -> &Seal {
        &self.seal
    }
}

impl<'w> Phone<'w> {
    /// A new phone in the hands of `login`, its key registered.
    pub async fn of(w: &'w World, login: &str) -> Self {
        let phone = Self::unregistered(w, login).await;
        phone.register().await.is(200, "fingerprint");
        phone
    }

    pub async fn unregistered(w: &'w World, login: &str) -> Self {
        Self { person: w.person(login).await, seal: Seal::of(w.account(login).await) }
    }

    pub async fn register(&self) -> Reply {
        let path = format!("/api/v1/devices/{}", self.device);
        self.person.put(&path, json!({"name": "华为 nova 9", "key": self.spki()})).await
    }

    /// Sends items; the receipts.
    pub async fn sync(&self, items: &[&Value]) -> Vec<Value> {
        let reply = self.person.post("/api/v1/sync", json!({"device": self.device, "items": items})).await;
        let receipts = reply.is(200, "receipts").json()["receipts"].as_array().unwrap().clone();
        assert_eq!(receipts.len(), items.len());
        for (receipt, item) in receipts.iter().zip(items) {
            assert_eq!(receipt["id"], item["id"], "in the same order");
            assert_eq!(receipt["sha256"], sha256(item["content"].as_str().unwrap().as_bytes()));
        }
        receipts
    }

    /// Sends one item; what became of it.
    pub async fn send(&self, item: &Value) -> Answer {
        Answer(self.sync(&[item]).await.remove(0))
    }
}

impl Seal {
    /// A new key of this account on a new device.
    pub fn of(account: String) -> Self {
        let chance = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&SIGNING, &chance).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&SIGNING, made.as_ref(), &chance).unwrap();
        Self { account, device: new_id(), at: "2023-06-14T08:55:00.000+08:00".to_owned(), key }
    }

    /// The public key as WebCrypto exports it.
    pub fn spki(&self) -> String {
        BASE64URL_NOPAD.encode(&[BEFORE, self.key.public_key().as_ref()].concat())
    }

    /// A sealed item; `about` is what it is about, `more` may name `files` and `after`.
    pub fn item(&self, kind: &str, about: &str, content: &Value, more: Value) -> Value {
        let (id, content) = (new_id(), content.to_string());
        let files = more.get("files").cloned().unwrap_or(json!([]));
        let statement = json!({
            "item": id, "content": sha256(content.as_bytes()), "files": files, "account": self.account,
            "device": self.device, "at": self.at, "place": "114.570100,38.146500",
        });
        let mut item = json!({"id": id, "kind": kind, "about": about, "content": content, "files": files});
        item["after"] = more.get("after").cloned().unwrap_or(json!([]));
        self.sign(&mut item, &statement.to_string());
        item
    }

    /// Puts this statement and the signature of it into an item.
    pub fn sign(&self, item: &mut Value, statement: &str) {
        let signature = self.key.sign(&SystemRandom::new(), statement.as_bytes()).unwrap();
        item["statement"] = statement.into();
        item["signature"] = BASE64URL_NOPAD.encode(signature.as_ref()).into();
    }
}

/// The receipt of one item.
pub struct Answer(pub Value);

impl Answer {
    /// Asserts the outcome, and a piece of the receipt.
    #[track_caller]
    pub fn is(&self, outcome: &str, piece: &str) -> &Self {
        assert_eq!(self.0["outcome"], outcome, "{}", self.0);
        assert!(self.0.to_string().contains(piece), "no «{piece}» in {}", self.0);
        self
    }
}
