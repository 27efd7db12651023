// IndexedDB: one small database of the device, and one for each account that uses it. What one colleague downloaded or
// wrote is never in another's reach.

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
  account = await open(`paicha-field-${id}`, 1, (db) => {
    for (const [name, keyPath, indexes] of STORES) {
      const store = db.createObjectStore(name, keyPath ? { keyPath } : undefined);
      for (const index of indexes) store.createIndex(index, index);
    }
    db.createObjectStore('log', { keyPath: 'n', autoIncrement: true });
  });
}

/** Removes everything of an account from the device. @param {string} id */
export async function removeAccount(id) {
  account?.close();
  account = null;
  await answer(indexedDB.deleteDatabase(`paicha-field-${id}`));
}

function current() {
  if (!account) throw new Error('no account is open');
  return account;
}

/** @template T @param {Store} store @param {IDBValidKey} key @returns {Promise<T | undefined>} */
export function get(store, key) {
  return answer(current().transaction(store).objectStore(store).get(key));
}

/** @template T @param {Store} store @returns {Promise<T[]>} */
export function all(store) {
  return answer(current().transaction(store).objectStore(store).getAll());
}

/** @param {Store} store @returns {Promise<IDBValidKey[]>} */
export function keys(store) {
  return answer(current().transaction(store).objectStore(store).getAllKeys());
}

/** @template T @param {Store} store @param {string} index @param {IDBValidKey} key @returns {Promise<T[]>} */
export function by(store, index, key) {
  return answer(current().transaction(store).objectStore(store).index(index).getAll(key));
}

/** @param {Store} store @param {string} index @param {IDBValidKey} key */
export function count(store, index, key) {
  return answer(current().transaction(store).objectStore(store).index(index).count(key));
}

/** @param {Store} store @param {unknown} value @param {IDBValidKey} [key] */
export function put(store, value, key) {
  return write([store], (tx) => tx.objectStore(store).put(value, key));
}

/**
 * All of it or nothing. `strict` waits until the disk has it: for what must survive a flat battery.
 * @param {Store[]} stores @param {(tx: IDBTransaction) => void} work @param {'strict' | 'relaxed'} [durability]
 * @returns {Promise<void>}
 */
export function write(stores, work, durability = 'relaxed') {
  return new Promise((resolve, reject) => {
    const tx = current().transaction(stores, 'readwrite', { durability });
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error || new Error('the write was aborted'));
    work(tx);
  });
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
