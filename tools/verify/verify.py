#!/usr/bin/env python3
"""Verifies a bundle of the sealed record without any part of Paicha.

    verify.py BUNDLE.json [--key NAME+ID+KEY]

Needs Python 3.8 and the command `openssl` (3.0 or later), which checks the Ed25519 signatures. Give --key with the public
key that you know from elsewhere: a bundle brings its own key, and whoever forges one forges both.
"""
import base64, hashlib, json, subprocess, sys, tempfile

PEM = "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
b64, sha = base64.b64decode, lambda *parts: hashlib.sha256(b"".join(parts)).digest()
leaf_hash, node = lambda leaf: sha(b"\0", leaf.encode()), lambda left, right: sha(b"\1", left, right)

def check(holds, what):
    print(("ok    " if holds else "WRONG ") + what)
    if not holds:
        sys.exit(1)

def signed(key, text, signature):  # RFC 8032, by openssl; the prefix is the SPKI of an Ed25519 key (RFC 8410)
    with tempfile.TemporaryDirectory() as folder:
        spki = base64.b64encode(bytes.fromhex("302a300506032b6570032100") + key).decode()
        for name, content in (("key", (PEM % spki).encode()), ("text", text), ("signature", signature)):
            open(f"{folder}/{name}", "wb").write(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin", "-in", "text", "-sigfile", "signature"]
        return subprocess.run(command, cwd=folder, capture_output=True).returncode == 0

def checkpoint(note, vkey):  # C2SP signed-note and tlog-checkpoint
    name, key_id, key = vkey.split("+", 2)
    text, lines = note.rsplit("\n\n", 1)
    text, key = text + "\n", b64(key)
    check(sha(name.encode(), b"\n", key)[:4].hex() == key_id and key[0] == 1, f"the key is well formed: {vkey}")
    ours = [b64(line.rsplit(" ", 1)[1]) for line in lines.splitlines() if line.startswith(f"— {name} ")]
    ours = [line[4:] for line in ours if line[:4].hex() == key_id]
    origin, size, root = text.split("\n")[:3]
    check(origin == name and ours and all(signed(key[1:], text.encode(), one) for one in ours), f"checkpoint of {size} leaves is signed")
    return int(size), b64(root)

def root_of(hashes):  # RFC 6962, 2.1
    stack = []
    for i, node_ in enumerate(hashes):
        while i & 1:
            node_, i = node(stack.pop(), node_), i >> 1
        stack.append(node_)
    while len(stack) > 1:
        right = stack.pop()
        stack.append(node(stack.pop(), right))
    return stack[0] if stack else sha(b"")

def climb(at, last, hashes, first):  # RFC 9162, 2.1.3.2 and 2.1.4.2: the roots of the old and of the new tree
    old = new = first
    for proof in hashes:
        if last == 0:
            return None, None
        if at & 1 or at == last:
            old, new = node(proof, old), node(proof, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node(new, proof)
        at, last = at >> 1, last >> 1
    return (old, new) if last == 0 else (None, None)

def consistent(old, old_root, new, new_root, proof):
    if old == new or old == 0:
        return not proof and (old == 0 or old_root == new_root)
    at, last, whole = old - 1, new - 1, old & (old - 1) == 0
    while at & 1:
        at, last = at >> 1, last >> 1
    if not whole and not proof or old > new:
        return False
    return climb(at, last, proof if whole else proof[1:], old_root if whole else proof[0]) == (old_root, new_root)

bundle = json.load(open(sys.argv[1], encoding="utf-8"))
vkey = sys.argv[sys.argv.index("--key") + 1] if "--key" in sys.argv else bundle["key"]
size, root = checkpoint(bundle["checkpoint"], vkey)
if bundle["leaves"]:
    check(len(bundle["leaves"]) == size and root_of(map(leaf_hash, bundle["leaves"])) == root, f"all {size} leaves make up the root")
for before in bundle["earlier"]:
    old, old_root = checkpoint(before["checkpoint"], vkey)
    check(consistent(old, old_root, size, root, list(map(b64, before["proof"]))), f"the log of {size} leaves goes on where {old} ended")
for entry in bundle["entries"]:
    index, leaf = entry["index"], json.loads(entry["leaf"])
    path = climb(index, size - 1, list(map(b64, entry["proof"])), leaf_hash(entry["leaf"]))[1]
    check(index < size and path == root, f"leaf {index} is in the log: {leaf['kind']} {leaf['verb']} at {leaf['at']}, event {leaf['event']}")
    for field, opened in entry["opened"].items():
        said = sha("\n".join((field, opened["salt"], opened["value"])).encode())
        check(base64.urlsafe_b64encode(said).decode().rstrip("=") == leaf[field], f"  {field} is what was sealed")
print("All is as it was sealed." if "--key" in sys.argv else "All is as it was sealed, by the key that the bundle brings; compare it with the one you know.")
