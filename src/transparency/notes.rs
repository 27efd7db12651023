//! Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature). No database.

use super::tree::Hash;
use crate::kernel::{Error, Result, secret};
use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::{fmt, path::Path};

/// Begins a line of signature.
const DASH: &str = "— ";
/// Lines of signature that are heeded.
const MOST: usize = 32;

/// How somebody signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The text of the note (0x01).
    Plain = 1,
    /// The text and when it was seen: a witness (0x04).
    Witness = 4,
}

/// A public key with the name of whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub name: String,
    pub kind: Kind,
    bytes: [u8; 32],
}

impl Key {
    /// Reads `name+id+base64(kind ‖ key)`, as witnesses publish theirs; none when it is no key that we know how to use.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '+');
        let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
        let bytes = BASE64.decode(key.as_bytes()).ok()?;
        let (kind, key) = bytes.split_first()?;
        let kind = [Kind::Plain, Kind::Witness].into_iter().find(|k| *k as u8 == *kind)?;
        let key = Self { name: name.to_owned(), kind, bytes: key.try_into().ok()? };
        let known = HEXLOWER_PERMISSIVE.decode(id.as_bytes()).ok()? == key.id();
        (known && is_name(name)).then_some(key)
    }

    /// The first four bytes of the hash of name, kind and key: what a line of signature says.
    pub fn id(&self) -> [u8; 4] {
        let of = [self.name.as_bytes(), b"\n", &[self.kind as u8], &self.bytes].concat();
        let [a, b, c, d, ..] = secret::digest(&of);
        [a, b, c, d]
    }

    /// Whether `signature` is this key's over `text`.
    fn signed(&self, text: &str, signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, &self.bytes);
        match self.kind {
            Kind::Plain => key.verify(text.as_bytes(), signature).is_ok(),
            Kind::Witness => signature.split_first_chunk::<8>().is_some_and(|(time, signature)| {
                let said = format!("cosignature/v1\ntime {}\n{text}", u64::from_be_bytes(*time));
                key.verify(said.as_bytes(), signature).is_ok()
            }),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [[self.kind as u8].as_slice(), &self.bytes].concat();
        write!(f, "{}+{}+{}", self.name, HEXLOWER.encode(&self.id()), BASE64.encode(&key))
    }
}

/// Whether keys and logs may be called so: no spaces, no plus.
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// The log's own key. It is not printed and goes into no message.
pub struct Signer {
    pair: Ed25519KeyPair,
    key: Key,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.key)
    }
}

impl Signer {
    /// From the 32 bytes of its seed.
    pub fn new(name: &str, seed: &[u8]) -> Result<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed)
            .map_err(|_| Error::broken("the key of the transparency log is damaged: 32 bytes expected"))?;
        let bytes = pair.public_key().as_ref().try_into().map_err(Error::broken)?;
        Ok(Self { pair, key: Key { name: name.to_owned(), kind: Kind::Plain, bytes } })
    }

    /// The key in the file `log.key` of the data folder, if there is one.
    pub fn open(data: &Path, name: &str) -> Result<Option<Self>> {
        let file = data.join("log.key");
        match secret::read_key(&file)? {
            Some(seed) => Self::new(name, &seed).map(Some),
            None => Ok(None),
        }
    }

    /// Makes the file, readable by its owner only, with a new key.
    pub fn make(data: &Path, name: &str) -> Result<Self> {
        Self::new(name, &secret::make_key(&data.join("log.key"))?)
    }

    /// Its public half.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// `text`, which ends in a newline, with our signature.
    pub fn sign(&self, text: &str) -> String {
        let signed = [self.key.id().as_slice(), self.pair.sign(text.as_bytes()).as_ref()].concat();
        format!("{text}\n{DASH}{} {}\n", self.key.name, BASE64.encode(&signed))
    }
}

/// A text and the lines below it that sign it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// With its last newline.
    pub text: String,
    /// As they stand, without their newlines.
    pub lines: Vec<String>,
}

impl Note {
    /// Reads a note; none when that is none.
    pub fn parse(note: &str) -> Option<Self> {
        let at = note.rfind("\n\n")?;
        let (text, lines) = (&note[..=at], note[at + 2..].strip_suffix('\n')?);
        let lines: Vec<String> = lines.split('\n').map(str::to_owned).collect();
        let clean = !note.chars().any(|c| c.is_control() && c != '\n');
        (clean && lines.len() <= MOST && lines.iter().all(|l| l.starts_with(DASH)))
            .then(|| Self { text: text.to_owned(), lines })
    }

    /// Whether `key` has signed it. A line that bears the key's name and id and is not its signature spoils the note.
    pub fn is_signed_by(&self, key: &Key) -> bool {
        let mut of_key = self.lines_of(key).peekable();
        of_key.peek().is_some() && of_key.all(|(_, signature)| key.signed(&self.text, &signature))
    }

    /// The lines that say they are of `key`, each with its signature.
    pub fn lines_of<'n>(&'n self, key: &Key) -> impl Iterator<Item = (&'n String, Vec<u8>)> {
        let (head, id) = (format!("{DASH}{} ", key.name), key.id());
        self.lines.iter().filter_map(move |line| {
            let bytes = BASE64.decode(line.strip_prefix(&head)?.as_bytes()).ok()?;
            Some((line, bytes.strip_prefix(&id)?.to_vec()))
        })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// What a log says of itself: so many leaves, this root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    pub size: u64,
    pub root: Hash,
}

impl Checkpoint {
    /// Reads the text of a note; none when that is no checkpoint.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let checkpoint = Self {
            origin: origin.to_owned(),
            size: size.parse().ok()?,
            root: BASE64.decode(root.as_bytes()).ok()?.try_into().ok()?,
        };
        // one way only to write it; further lines are none of ours
        (checkpoint.text() == text && !origin.is_empty()).then_some(checkpoint)
    }

    /// Its three lines.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(&self.root))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(name: &str) -> Signer {
        Signer::new(name, &[7; 32]).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: "log.example.gov.cn/log".into(), size: 20_852_163, root: [9; 32] }
    }

    #[test]
    fn a_note_is_signed_by_whom_it_says() {
        let ours = signer("log.example.gov.cn/log");
        let signed = ours.sign(&checkpoint().text());
        let note = Note::parse(&signed).unwrap();
        assert_eq!((note.to_string(), Checkpoint::parse(&note.text)), (signed.clone(), Some(checkpoint())));
        let key = Key::parse(&ours.key().to_string()).unwrap();
        assert!(note.is_signed_by(&key));
        assert!(!note.is_signed_by(signer("other.example/log").key()), "another name");
        let other = Note::parse(&signed.replace("20852163", "20852164")).unwrap();
        assert!(!other.is_signed_by(&key), "another text");
        let doubled = Note { lines: [note.lines.clone(), other_line(&note)].concat(), ..note };
        assert!(!doubled.is_signed_by(&key), "a false line beside the right one");
    }

    fn other_line(note: &Note) -> Vec<String> {
        let line = &note.lines[0];
        let at = line.rfind(' ').unwrap() + 20;
        let letter = if line.as_bytes()[at] == b'A' { "B" } else { "A" };
        vec![format!("{}{letter}{}", &line[..at], &line[at + 1..])]
    }

    /// From the specification of cosignatures: a checkpoint with the line of a witness.
    #[test]
    fn a_witness_signs_the_moment_too() {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[5; 32]).unwrap();
        let key = Key {
            name: "witness.example/w1".into(),
            kind: Kind::Witness,
            bytes: pair.public_key().as_ref().try_into().unwrap(),
        };
        let (text, time) = (checkpoint().text(), 1_679_315_147_u64);
        let signature = pair.sign(format!("cosignature/v1\ntime {time}\n{text}").as_bytes());
        let line = [key.id().as_slice(), &time.to_be_bytes(), signature.as_ref()].concat();
        let note = Note { text, lines: vec![format!("{DASH}witness.example/w1 {}", BASE64.encode(&line))] };
        assert!(note.is_signed_by(&Key::parse(&key.to_string()).unwrap()));
        assert!(!note.is_signed_by(&Key { kind: Kind::Plain, ..key }));
    }

    #[test]
    fn what_is_no_key_note_or_checkpoint_is_refused() {
        let key = signer("a/b").key().to_string();
        assert!(Key::parse(&key).is_some());
        for wrong in ["", "a", "a+b", "a+00000000+AAAA", &key.replace("a/b", "a/c"), &key.replace("a/b", "a b")] {
            assert_eq!(Key::parse(wrong), None, "{wrong}");
        }
        for wrong in ["", "a\n", "a\n1\nb\n", "a\n\nb\n", "a\n\n— b c", "a\u{0}\n\n— b c\n"] {
            assert_eq!(Note::parse(wrong), None, "{wrong}");
        }
        for wrong in ["", "a\n1\n", "a\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", "a\n1\nAAAA\n"] {
            assert_eq!(Checkpoint::parse(wrong), None, "{wrong}");
        }
    }
}
