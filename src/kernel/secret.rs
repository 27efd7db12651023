//! Personal identifiers at rest: encrypted with a key that is not in the database.

use super::{Error, Result};
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use data_encoding::BASE64;
use std::{path::Path, sync::Arc};

/// The key of an installation. `Clone` shares it.
#[derive(Clone)]
pub struct Keeper(Arc<XChaCha20Poly1305>);

impl Keeper {
    /// The key in the file `key` of the data folder; makes one, readable by the owner only, when there is none.
    pub fn open(data: &Path) -> Result<Self> {
        let file = data.join("key");
        match read_key(&file)? {
            Some(bytes) => Self::from_bytes(&bytes),
            None => Self::from_bytes(&make_key(&file)?),
        }
    }

    /// From 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let key: [u8; 32] =
            bytes.try_into().map_err(|_| Error::broken("the key file is damaged: 32 bytes expected"))?;
        Ok(Self(Arc::new(XChaCha20Poly1305::new(&Key::from(key)))))
    }

    /// `text` locked up; `purpose` (such as `accounts.totp`) must be given again to open it, so that a value cannot be
    /// moved to another column.
    pub fn lock(&self, purpose: &str, text: &str) -> Result<String> {
        let mut nonce = [0; 24];
        random(&mut nonce)?;
        let payload = Payload { msg: text.as_bytes(), aad: purpose.as_bytes() };
        let locked = self.0.encrypt(&XNonce::from(nonce), payload).map_err(Error::broken)?;
        Ok(BASE64.encode(&[nonce.as_slice(), &locked].concat()))
    }

    /// What was locked up for `purpose`.
    pub fn unlock(&self, purpose: &str, locked: &str) -> Result<String> {
        let damaged = || Error::broken("an encrypted value cannot be opened: wrong key or damaged");
        let bytes = BASE64.decode(locked.as_bytes()).map_err(|_| damaged())?;
        let (nonce, text) = bytes.split_first_chunk::<24>().ok_or_else(damaged)?;
        let payload = Payload { msg: text, aad: purpose.as_bytes() };
        let open = self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| damaged())?;
        String::from_utf8(open).map_err(|_| damaged())
    }

    /// A mark of `text` that only this installation can make: equal texts have equal marks, and a phone number cannot be
    /// found from its mark by trying all of them.
    pub fn mark(&self, purpose: &str, text: &str) -> Result<String> {
        use sha2::Digest;
        // the tag under a nonce that belongs to this text alone, over nothing but the text
        let digest = sha2::Sha256::new_with_prefix(purpose).chain_update([0]).chain_update(text).finalize();
        let (nonce, _) = digest.split_first_chunk::<24>().ok_or_else(|| Error::broken("a short digest"))?;
        let payload = Payload { msg: &[], aad: &digest };
        let tag = self.0.encrypt(&XNonce::from(*nonce), payload).map_err(Error::broken)?;
        Ok(data_encoding::HEXLOWER.encode(&tag))
    }
}

/// Fills `bytes` with chance.
pub fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(Error::broken)
}

/// The SHA-256 of `bytes`.
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}

/// The SHA-256 of `bytes` in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&digest(bytes))
}

/// The key in `file`, if there is one.
pub fn read_key(file: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::broken(format!("{}: {e}", file.display()))),
    }
}

/// Makes `file`, readable by its owner only, with a new key of 32 bytes.
pub fn make_key(file: &Path) -> Result<Vec<u8>> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let mut key = [0; 32];
    random(&mut key)?;
    let mut out =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(Error::broken)?;
    out.write_all(&key).and_then(|()| out.sync_all()).map_err(Error::broken)?;
    Ok(key.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_locked_opens_for_its_purpose_only() {
        let keeper = Keeper::from_bytes(&[7; 32]).unwrap();
        let locked = keeper.lock("people.id_number", "130123198801011234").unwrap();
        assert!(!locked.contains("1301"));
        assert_eq!(keeper.unlock("people.id_number", &locked).unwrap(), "130123198801011234");
        assert!(keeper.unlock("people.phone", &locked).is_err());
    }

    #[test]
    fn a_mark_belongs_to_its_text_purpose_and_key() {
        let (one, other) = (Keeper::from_bytes(&[7; 32]).unwrap(), Keeper::from_bytes(&[8; 32]).unwrap());
        let mark = one.mark("imports", "13800000000").unwrap();
        assert_eq!(mark, one.mark("imports", "13800000000").unwrap());
        for different in
            [one.mark("imports", "13800000001"), one.mark("other", "13800000000"), other.mark("imports", "13800000000")]
        {
            assert_ne!(mark, different.unwrap());
        }
    }
}
