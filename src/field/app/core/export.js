// The queue in a file: when a phone breaks, what it holds goes to another one. Only whoever knows the password reads it
// (PBKDF2, AES-GCM); the seals in it are those of the first device and stay as they are.
import { all, fileOf, get, write } from './db.js';
import { tell } from './dom.js';
import { Trouble } from './http.js';

const MAGIC = 'PAICHA-FIELD-1\n';
const ROUNDS = 600_000;

/** @param {string} password @param {Uint8Array<ArrayBuffer>} salt */
async function keyOf(password, salt) {
  const secret = await crypto.subtle.importKey('raw', new TextEncoder().encode(password), 'PBKDF2', false, ['deriveKey']);
  return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS }, secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** Each part has a number of its own, in its vector and in what is authenticated: none can be left out or exchanged. @param {Uint8Array<ArrayBuffer>} start @param {number} n @param {boolean} last */
function manner(start, n, last) {
  const iv = new Uint8Array(12);
  iv.set(start);
  new DataView(iv.buffer).setUint32(8, n);
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(`${n}${last ? ' last' : ''}`) };
}

/** Everything that the server does not have yet, in a file. @param {string} account @param {string} password */
export async function packed(account, password) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const start = crypto.getRandomValues(new Uint8Array(8));
  const key = await keyOf(password, salt);
  const items = /** @type {Item[]} */ (await all('items')).filter((i) => i.state !== 'stored' && i.state !== 'replaced');
  const drafts = /** @type {Draft[]} */ (await all('drafts'));
  const text = JSON.stringify({ account, items, drafts });
  const photos = /** @type {Photo[]} */ (await all('photos')).filter((p) => !p.freed && p.blob && text.includes(p.sha256));
  const parts = [new TextEncoder().encode(text), ...photos];
  /** @type {BlobPart[]} */
  const out = [MAGIC, salt, start];
  for (const [n, part] of parts.entries()) {
    const plain = part instanceof Uint8Array ? part : await framed(part);
    const cipher = await crypto.subtle.encrypt(manner(start, n, n === parts.length - 1), key, plain);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, cipher.byteLength);
    out.push(length, cipher);
  }
  return { file: new Blob(out, { type: 'application/octet-stream' }), items: items.length, drafts: drafts.length, photos: photos.length };
}

/** A photograph with a line before it that says what it is. @param {Photo} photo */
async function framed(photo) {
  const { blob: whole, thumb: small, ...head } = photo;
  const [blob, thumb] = [await fileOf(whole), await fileOf(small)];
  const line = new TextEncoder().encode(`${JSON.stringify({ ...head, thumb: thumb?.size || 0 })}\n`);
  return new Uint8Array(await new Blob([line, ...(thumb ? [thumb] : []), ...(blob ? [blob] : [])]).arrayBuffer());
}

/** Takes such a file in. What is here already stays as it is. @param {string} account @param {Blob} file @param {string} password */
export async function unpacked(account, file, password) {
  const head = MAGIC.length + 24;
  if ((await file.slice(0, MAGIC.length).text()) !== MAGIC) throw new Trouble(422, 'field.not_a_queue', '');
  const bytes = new Uint8Array(await file.slice(MAGIC.length, head).arrayBuffer());
  const [salt, start] = [bytes.slice(0, 16), bytes.slice(16)];
  const key = await keyOf(password, salt);
  const parts = await cut(file, head);
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const plain = [];
  for (const [n, part] of parts.entries()) {
    const way = manner(start, n, n === parts.length - 1);
    const open = crypto.subtle.decrypt(way, key, await part.arrayBuffer());
    plain.push(new Uint8Array(await open.catch(() => { throw new Trouble(422, 'field.not_the_password', ''); })));
  }
  const queue = JSON.parse(new TextDecoder().decode(plain[0]));
  if (queue.account !== account) throw new Trouble(403, 'field.other_account', '');
  await takeIn(queue.items, queue.drafts, plain.slice(1).map(photoOf));
  tell('queue');
  tell('drafts');
  return { items: queue.items.length, drafts: queue.drafts.length, photos: plain.length - 1 };
}

/** @param {Blob} file @param {number} at */
async function cut(file, at) {
  const parts = [];
  while (at < file.size) {
    const length = new DataView(await file.slice(at, at + 4).arrayBuffer()).getUint32(0);
    parts.push(file.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts;
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {Photo} */
function photoOf(bytes) {
  const end = bytes.indexOf(10);
  const head = JSON.parse(new TextDecoder().decode(bytes.slice(0, end)));
  const from = end + 1 + head.thumb;
  const thumb = head.thumb ? new Blob([bytes.slice(end + 1, from)], { type: 'image/jpeg' }) : null;
  return { ...head, thumb, blob: new Blob([bytes.slice(from)], { type: head.type }) };
}

/** @param {Item[]} items @param {Draft[]} drafts @param {Photo[]} photos */
async function takeIn(items, drafts, photos) {
  const known = async (/** @type {'items' | 'drafts' | 'photos'} */ store, /** @type {string} */ key) => Boolean(await get(store, key));
  const fresh = async (/** @type {any[]} */ list, /** @type {'items' | 'drafts' | 'photos'} */ store, /** @type {string} */ key) => {
    const here = await Promise.all(list.map((thing) => known(store, thing[key])));
    return list.filter((_, i) => !here[i]);
  };
  const news = { items: await fresh(items, 'items', 'id'), drafts: await fresh(drafts, 'drafts', 'id'), photos: await fresh(photos, 'photos', 'sha256') };
  await write(['items', 'drafts', 'photos'], (out) => {
    for (const [store, things] of Object.entries(news)) things.forEach((thing) => out.put(store, thing));
  }, 'strict');
}
