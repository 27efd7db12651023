//! Public keys of devices: ECDSA over P-256 with SHA-256, as WebCrypto makes them (RFC 5480; FIPS 186-5).

use super::NOT_A_KEY;
use crate::kernel::{Result, secret};
use data_encoding::BASE64URL_NOPAD;
use ring::{agreement, rand::SystemRandom, signature};

/// What stands before the point in the SPKI of every P-256 key (RFC 5480, 2): algorithm `id-ecPublicKey`, curve
/// `secp256r1`, a string of 65 bytes.
const BEFORE: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// A public key of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The uncompressed point: `04 x y`.
    point: Vec<u8>,
}

impl Key {
    /// Reads a key as a device sends it: SPKI, base64url. Refuses what is no point of the curve.
    pub fn parse(text: &str) -> Result<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.trim_end_matches('=').as_bytes()).unwrap_or_default();
        match bytes.strip_prefix(&BEFORE) {
            Some(point) if point.len() == 65 && is_on_curve(point) => Ok(Self { point: point.to_vec() }),
            _ => NOT_A_KEY.at("key"),
        }
    }

    /// The SHA-256 of the key (SPKI), in hexadecimal.
    pub fn fingerprint(&self) -> String {
        secret::sha256(&[&BEFORE, self.point.as_slice()].concat())
    }

    /// Whether `signature` (base64url, IEEE P1363) is this key's over `message`.
    pub fn signed(&self, message: &[u8], signature: &str) -> bool {
        let Ok(signature) = BASE64URL_NOPAD.decode(signature.trim_end_matches('=').as_bytes()) else { return false };
        let key = signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, &self.point);
        key.verify(message, &signature).is_ok()
    }
}

/// The library looks at a point only when it reckons with it.
fn is_on_curve(point: &[u8]) -> bool {
    let curve = &agreement::ECDH_P256;
    let Ok(probe) = agreement::EphemeralPrivateKey::generate(curve, &SystemRandom::new()) else { return false };
    agreement::agree_ephemeral(probe, &agreement::UnparsedPublicKey::new(curve, point), |_| ()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING as SIGNING, EcdsaKeyPair, KeyPair};

    fn pair() -> EcdsaKeyPair {
        let chance = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&SIGNING, &chance).unwrap();
        EcdsaKeyPair::from_pkcs8(&SIGNING, made.as_ref(), &chance).unwrap()
    }

    fn spki(pair: &EcdsaKeyPair) -> Vec<u8> {
        [&BEFORE, pair.public_key().as_ref()].concat()
    }

    #[test]
    fn a_signature_belongs_to_its_key_and_its_message() {
        let (ours, other) = (pair(), pair());
        let key = Key::parse(&BASE64URL_NOPAD.encode(&spki(&ours))).unwrap();
        let sign = |pair: &EcdsaKeyPair, text: &[u8]| {
            BASE64URL_NOPAD.encode(pair.sign(&SystemRandom::new(), text).unwrap().as_ref())
        };
        assert!(key.signed("检查".as_bytes(), &sign(&ours, "检查".as_bytes())));
        assert!(!key.signed("检察".as_bytes(), &sign(&ours, "检查".as_bytes())), "another message");
        assert!(!key.signed("检查".as_bytes(), &sign(&other, "检查".as_bytes())), "another key");
        for nonsense in ["", "!", "AAAA"] {
            assert!(!key.signed("检查".as_bytes(), nonsense));
        }
    }

    /// Made with WebCrypto: `generateKey({name: "ECDSA", namedCurve: "P-256"})`, `exportKey("spki")`, `sign`.
    #[test]
    fn what_a_browser_makes_is_understood() {
        let key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmExcvkmYu1JaNXWE88VoCVE-ivGV9OyiUbnjNVJVCgPfClHimw_Jaweqwk458v6K0\
                   UdkG5q9-vlB7uf3SmkmXQ";
        let signature = "UzH0IZINA839UqjbZKxKixGmClDhqD5XK_9ZHbpkQ4Pro5mp0PsfwJtuWN5GjhjEzPhPzIM5TB3fcg80iVh7kw";
        let key = Key::parse(key).unwrap();
        assert!(key.signed("排查".as_bytes(), signature) && key.signed("排查".as_bytes(), &format!("{signature}==")));
    }

    #[test]
    fn what_is_no_point_of_the_curve_is_no_key() {
        let good = spki(&pair());
        let mut beside = good.clone();
        beside[60] ^= 1;
        for wrong in [beside, good[..90].to_vec(), [good.as_slice(), &[0]].concat(), vec![], vec![0x30; 91]] {
            let refused = Key::parse(&BASE64URL_NOPAD.encode(&wrong)).unwrap_err();
            assert_eq!((refused.field(), refused.refusal().code), (Some("key"), "devices.not_a_key"));
        }
        assert!(Key::parse("不是密钥").is_err());
    }
}
