// What goes out. An item is sealed, then sent as often as it takes; it is done when the server's receipt carries the hash
// of what it stored. Nothing here knows what is in an item.
import { all, by, get, write } from './db.js';
import { tell } from './dom.js';
import { end } from './drafts.js';
import { moment, sha256 } from './ids.js';

/** Puts sealed items into the queue and takes their draft away, in one step. @param {Item[]} items @param {string | null} draft */
export async function enqueue(items, draft) {
  const back = draft ? end(draft) : undefined;
  try {
    await write(['items', 'drafts'], (tx) => {
      for (const item of items) {
        tx.objectStore('items').put(item);
        if (item.replaces) replace(tx, item.replaces, item.id);
      }
      if (draft) tx.objectStore('drafts').delete(draft);
    }, 'strict');
  } catch (error) {
    // The disk is full: the draft lives on.
    back?.();
    tell('full');
    throw error;
  }
  tell('queue');
  tell('drafts');
}

/** What was mended is kept as it was and never sent again; what waits for it waits for the new one. @param {IDBTransaction} tx @param {string} id @param {string} by */
function replace(tx, id, by) {
  const store = tx.objectStore('items');
  store.openCursor().onsuccess = (event) => {
    const cursor = /** @type {IDBRequest<IDBCursorWithValue | null>} */ (event.target).result;
    if (!cursor) return;
    const item = /** @type {Item} */ (cursor.value);
    if (item.id === id && item.state !== 'stored') cursor.update({ ...item, state: 'replaced' });
    else if (item.after.includes(id)) cursor.update({ ...item, after: item.after.map((before) => (before === id ? by : before)) });
    cursor.continue();
  };
}

/** Every item, the newest first. @returns {Promise<Item[]>} */
export async function items() {
  const found = /** @type {Item[]} */ (await all('items'));
  return found.sort((a, b) => b.id.localeCompare(a.id));
}

/** What has to be sent, the oldest first. @returns {Promise<Item[]>} */
export async function outgoing() {
  const open = await Promise.all([by('items', 'state', 'waiting'), by('items', 'state', 'held')]);
  return /** @type {Item[]} */ (open.flat()).sort((a, b) => a.id.localeCompare(b.id));
}

/** @param {string} id @returns {Promise<Item | undefined>} */
export function item(id) {
  return get('items', id);
}

/** What the server does not have yet. «All sent» is said when all of it is nothing. */
export async function unsent() {
  const [found, drafts, photos] = await Promise.all([items(), all('drafts'), all('photos')]);
  const open = found.filter((i) => i.state !== 'stored' && i.state !== 'replaced');
  const wanted = new Set(open.flatMap((i) => i.files));
  const waiting = /** @type {Photo[]} */ (photos).filter((p) => !p.freed && wanted.has(p.sha256));
  const bytes = waiting.reduce((sum, p) => sum + p.bytes - p.sent, 0);
  return { items: open.length, refused: open.filter((i) => i.state === 'refused').length, drafts: drafts.length, photos: waiting.length, bytes };
}

/**
 * Takes a receipt in. Only when it says that the very bytes are stored, the device frees its copies of the files.
 * @param {Item} before @param {Receipt} receipt @returns {Promise<boolean>} whether the item is done
 */
export async function receive(before, receipt) {
  const done = receipt.outcome === 'stored' || receipt.outcome === 'known';
  const same = !done || receipt.sha256 === (await sha256(before.content));
  const state = /** @type {Item['state']} */ (done && same ? 'stored' : receipt.outcome === 'refused' ? 'refused' : receipt.outcome === 'held' ? 'held' : 'waiting');
  const code = same ? receipt.code : 'field.other_bytes';
  const after = { ...before, state, receipt: { ...receipt, code }, tries: before.tries + 1, done_at: state === 'stored' ? moment() : null };
  await write(['items'], (tx) => tx.objectStore('items').put(after), 'strict');
  if (state === 'stored') await free(after);
  tell('queue');
  return state === 'stored';
}

/** Frees the files of an item that no other item and no draft still needs. @param {Item} stored */
async function free(stored) {
  const [others, drafts] = await Promise.all([items(), all('drafts')]);
  const open = others.filter((i) => i.state !== 'stored' && i.state !== 'replaced').flatMap((i) => i.files);
  const written = JSON.stringify(drafts);
  const files = stored.files.filter((sha) => !open.includes(sha) && !written.includes(sha));
  await write(['photos'], (tx) => {
    for (const sha of files) {
      const store = tx.objectStore('photos');
      store.get(sha).onsuccess = (event) => {
        const photo = /** @type {IDBRequest<Photo | undefined>} */ (event.target).result;
        if (photo) store.put({ ...photo, blob: null, freed: true, sent: photo.bytes });
      };
    }
  });
}
