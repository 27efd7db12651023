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
    await alone(async () => {
      const known = /** @type {Item[]} */ (await all('items'));
      const before = items.flatMap((item) => (item.replaces ? replaced(known, item.replaces, item.id) : []));
      await write(['items', 'drafts'], (out) => {
        [...before, ...items].forEach((item) => out.put('items', item));
        if (draft) out.drop('drafts', draft);
      }, 'strict');
    });
  } catch (error) {
    // The disk is full: the draft lives on.
    back?.();
    tell('full');
    throw error;
  }
  tell('queue');
  tell('drafts');
}

/** One at a time, in all windows: what is read is still so when it is written. @param {() => Promise<void>} work */
function alone(work) {
  return navigator.locks.request('paicha-queue', work);
}

/** What was mended is kept as it was and never sent again; what waits for it waits for the new one. @param {Item[]} known @param {string} id @param {string} by @returns {Item[]} */
function replaced(known, id, by) {
  const changed = known.filter((item) => (item.id === id && item.state !== 'stored') || item.after.includes(id));
  return changed.map((item) => {
    if (item.id === id) Object.assign(item, { state: 'replaced' });
    else item.after = item.after.map((before) => (before === id ? by : before));
    return item;
  });
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
  await alone(async () => {
    const now = (await item(before.id)) || before;
    const after = { ...now, state, receipt: { ...receipt, code }, tries: now.tries + 1, done_at: state === 'stored' ? moment() : null };
    await write(['items'], (out) => out.put('items', after), 'strict');
    if (state === 'stored') await free(after);
  });
  tell('queue');
  return state === 'stored';
}

/** Frees the files of an item that no other item and no draft still needs. @param {Item} stored */
async function free(stored) {
  const [others, drafts] = await Promise.all([items(), all('drafts')]);
  const open = others.filter((i) => i.state !== 'stored' && i.state !== 'replaced').flatMap((i) => i.files);
  const written = JSON.stringify(drafts);
  const files = stored.files.filter((sha) => !open.includes(sha) && !written.includes(sha));
  const photos = await Promise.all(files.map((sha) => /** @type {Promise<Photo | undefined>} */ (get('photos', sha))));
  await write(['photos'], (out) => {
    for (const photo of photos) if (photo) out.put('photos', { ...photo, blob: null, freed: true, sent: photo.bytes });
  });
}
