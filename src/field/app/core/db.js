// IndexedDB: one small database of the device, and one for each account that uses it. What one colleague downloaded or
// wrote is never in another's reach; what is about people and the work lies sealed (rest.js).
import { closed, closedFile, isBox, newKey, opened, openedFile } from './rest.js';

/** @typedef {'meta' | 'campaigns' | 'packs' | 'colleagues' | 'enterprises' | 'certificates' | 'visits' | 'hazards' | 'drafts' | 'items' | 'photos' | 'log'} Store */

/** Stores with their key and indexes. */
const STORES = /** @type {const} */ ([
  ['meta', null, []],
  ['campaigns', 'id', []],
  ['packs', null, []],
  ['colleagues', 'id', []],
  ['enterprises', 'id', []],
  ['certificates', 'id', ['enterprise']],
  ['visits', 'id', ['enterprise']],
  ['hazards', 'id', ['enterprise']],
  ['drafts', 'id', []],
  ['items', 'id', ['state', 'about']],
  ['photos', 'sha256', []],
]);

/** @type {IDBDatabase | null} */
let device = null;
/** @type {IDBDatabase | null} */
let account = null;

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {string} name @param {number} version @param {(db: IDBDatabase) => void} build @returns {Promise<IDBDatabase>} */
async function open(name, version, build) {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => build(request.result);
  const db = await answer(request);
  // a newer version of the app in another window may change the shape
  db.onversionchange = () => db.close();
  return db;
}

/** The device's own database: who uses it, their keys, how it looks. */
async function ofDevice() {
  device ||= await open('paicha-field', 1, (db) => {
    db.createObjectStore('settings');
    db.createObjectStore('accounts', { keyPath: 'id' });
    db.createObjectStore('keys', { keyPath: 'account' });
  });
  return device;
}

/** Opens the database of an account; what follows is about it. @param {string} id */
export async function openAccount(id) {
  account?.close();
  cached.clear();
  account = await open(`paicha-field-${id}`, 1, (db) => {
    for (const [name, keyPath, indexes] of STORES) {
      const store = db.createObjectStore(name, keyPath ? { keyPath } : undefined);
      for (const index of indexes) store.createIndex(index, index);
    }
    db.createObjectStore('log', { keyPath: 'n', autoIncrement: true });
  });
  key = await restKey(id);
  await sealWhatIsOpen();
}

/** The key under which an account's data lie here, made when it is first needed. @param {string} id @returns {Promise<CryptoKey>} */
export function restKey(id) {
  return navigator.locks.request('paicha-rest', async () => {
    const known = /** @type {CryptoKey | undefined} */ (await recall('settings', `rest-${id}`));
    if (known) return known;
    const made = await newKey();
    await remember('settings', made, `rest-${id}`);
    return made;
  });
}

/** Removes everything of an account from the device; the key too, so that what a disk may still hold of it is noise. @param {string} id */
export async function removeAccount(id) {
  account?.close();
  account = null;
  key = null;
  cached.clear();
  await forget('settings', `rest-${id}`);
  await answer(indexedDB.deleteDatabase(`paicha-field-${id}`));
}

/** What an earlier version of the app has left open is sealed, once. */
async function sealWhatIsOpen() {
  const done = await answer(current().transaction('meta').objectStore('meta').getKey('at rest'));
  if (done !== undefined) return;
  for (const name of [...SEALED, /** @type {const} */ ('photos')]) {
    const [values, ids] = await Promise.all([answer(current().transaction(name).objectStore(name).getAll()), keys(name)]);
    await write([name], (out) => values.forEach((value, i) => { if (!value.box) out.put(name, value, name === 'meta' ? ids[i] : undefined); }), 'strict');
  }
  await put('meta', true, 'at rest');
}

/** @type {CryptoKey | null} */
let key = null;

function current() {
  if (!account) throw new Error('no account is open');
  return account;
}

function currentKey() {
  if (!key) throw new Error('no account is open');
  return key;
}

/** What is about people, enterprises and the work; the questions of a campaign are public. @type {Set<Store>} */
const SEALED = /** @type {any} */ (new Set(['meta', 'colleagues', 'enterprises', 'certificates', 'visits', 'hazards', 'drafts', 'items', 'log']));
/** Fields by which a store is looked through; they are ids and states, and stay as they are. @type {Record<string, readonly string[]>} */
const INDEXES = { ...Object.fromEntries(STORES.map(([name, , indexes]) => [name, indexes])), log: [] };

/** As it lies on the disk. @param {string} store @param {any} value */
async function toRest(store, value) {
  if (store === 'photos') {
    const file = (/** @type {Blob | Box | null} */ part) => (part instanceof Blob ? closedFile(currentKey(), part) : part);
    const [blob, thumb] = await Promise.all([file(value.blob), file(value.thumb)]);
    return { ...value, blob, thumb };
  }
  if (!SEALED.has(/** @type {Store} */ (store))) return value;
  const path = store === 'log' ? 'n' : 'id';
  const plain = value instanceof Object ? Object.fromEntries([path, ...INDEXES[store]].filter((name) => name in value).map((name) => [name, value[name]])) : {};
  return { ...plain, box: await closed(currentKey(), value) };
}

/** Opens what lies on the disk, as the app knows it. The key is taken now: whoever signs out meanwhile disturbs nobody. */
function opener() {
  const mine = currentKey();
  return (/** @type {any} */ value) => fromRest(mine, value);
}

/** @param {CryptoKey} mine @param {any} value */
async function fromRest(mine, value) {
  if (!value?.box) return value;
  const open = await opened(mine, value.box);
  return open instanceof Object && !Array.isArray(open) && 'n' in value ? { ...open, n: value.n } : open;
}

/** The file of a photograph, or its small picture. @param {Blob | Box | null | undefined} part @returns {Promise<Blob | null>} */
export async function fileOf(part) {
  return isBox(part) ? openedFile(currentKey(), part) : part || null;
}

/** What was downloaded is opened once and kept at hand until it changes. @type {Set<string>} */
const AT_HAND = new Set(['colleagues', 'enterprises', 'certificates', 'visits', 'hazards']);
/** @type {Map<string, Promise<any[]>>} */
const cached = new Map();
/** Other windows are told which stores have changed. */
const others = new BroadcastChannel('paicha-db');
others.onmessage = (/** @type {MessageEvent<string[]>} */ event) => event.data.forEach((name) => cached.delete(name));

/** @template T @param {Store} store @param {IDBValidKey} id @returns {Promise<T | undefined>} */
export async function get(store, id) {
  const open = opener();
  return open(await answer(current().transaction(store).objectStore(store).get(id)));
}

/** @template T @param {Store} store @returns {Promise<T[]>} */
export async function all(store) {
  const open = opener();
  const read = async () => Promise.all((await answer(current().transaction(store).objectStore(store).getAll())).map(open));
  if (!AT_HAND.has(store)) return read();
  const known = cached.get(store) || read();
  cached.set(store, known);
  known.catch(() => cached.delete(store));
  return [...(await known)];
}

/** @param {Store} store @returns {Promise<IDBValidKey[]>} */
export function keys(store) {
  return answer(current().transaction(store).objectStore(store).getAllKeys());
}

/** @template T @param {Store} store @param {string} index @param {IDBValidKey} id @returns {Promise<T[]>} */
export async function by(store, index, id) {
  const open = opener();
  return Promise.all((await answer(current().transaction(store).objectStore(store).index(index).getAll(id))).map(open));
}

/** @param {Store} store @param {string} index @param {IDBValidKey} id */
export function count(store, index, id) {
  return answer(current().transaction(store).objectStore(store).index(index).count(id));
}

/** @param {Store} store @param {unknown} value @param {IDBValidKey} [id] */
export function put(store, value, id) {
  return write([store], (out) => out.put(store, value, id));
}

/** What is to be written: nothing of it has happened yet. @typedef {{put: (store: string, value: unknown, id?: IDBValidKey) => void, drop: (store: string, id: IDBValidKey) => void, clear: (store: string) => void}} Out */

/**
 * All of it or nothing. It is sealed first, because a transaction waits for nobody. `strict` waits until the disk has it:
 * for what must survive a flat battery.
 * @param {Store[]} stores @param {(out: Out) => void} work @param {'strict' | 'relaxed'} [durability]
 * @returns {Promise<void>}
 */
export async function write(stores, work, durability = 'relaxed') {
  /** @type {(Promise<(tx: IDBTransaction) => void>)[]} */
  const steps = [];
  const step = (/** @type {Promise<(tx: IDBTransaction) => void>} */ one) => { steps.push(one); };
  work({
    put: (store, value, id) => step(toRest(store, value).then((box) => (tx) => { tx.objectStore(store).put(box, id); })),
    drop: (store, id) => step(Promise.resolve((tx) => { tx.objectStore(store).delete(id); })),
    clear: (store) => step(Promise.resolve((tx) => { tx.objectStore(store).clear(); })),
  });
  const ready = await Promise.all(steps);
  await new Promise((resolve, reject) => {
    const tx = current().transaction(stores, 'readwrite', { durability });
    tx.oncomplete = () => resolve(undefined);
    tx.onabort = () => reject(tx.error || new Error('the write was aborted'));
    ready.forEach((one) => one(tx));
  });
  const changed = stores.filter((store) => cached.delete(store) || AT_HAND.has(store));
  if (changed.length) others.postMessage(changed);
}

/** @typedef {'settings' | 'accounts' | 'keys'} DeviceStore */

/** @template T @param {DeviceStore} store @param {string} key @returns {Promise<T | undefined>} */
export async function recall(store, key) {
  return answer((await ofDevice()).transaction(store).objectStore(store).get(key));
}

/** @template T @param {DeviceStore} store @returns {Promise<T[]>} */
export async function recallAll(store) {
  return answer((await ofDevice()).transaction(store).objectStore(store).getAll());
}

/** @param {DeviceStore} store @param {unknown} value @param {string} [key] */
export async function remember(store, value, key) {
  const tx = (await ofDevice()).transaction(store, 'readwrite', { durability: 'strict' });
  await answer(tx.objectStore(store).put(value, key));
}

/** @param {DeviceStore} store @param {string} key */
export async function forget(store, key) {
  const tx = (await ofDevice()).transaction(store, 'readwrite');
  await answer(tx.objectStore(store).delete(key));
}
