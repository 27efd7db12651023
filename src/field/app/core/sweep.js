// What nobody needs any more goes: photographs that were taken and thrown away, and after some weeks what the server has
// long received. What has no receipt is never touched.
import { all, write } from './db.js';

const DAYS = 86_400_000;
/** How long a photograph without owner stays, in case its draft is being written at this moment. */
const LOOSE = 1 * DAYS;
/** How long the device remembers what was received. */
const RECEIVED = 30 * DAYS;

/** Tidies up the device of whoever is at work. */
export async function sweep() {
  const [items, drafts, photos] = await Promise.all([/** @type {Promise<Item[]>} */ (all('items')), all('drafts'), /** @type {Promise<Photo[]>} */ (all('photos'))]);
  const before = (/** @type {string | null} */ at, /** @type {number} */ age) => Boolean(at) && Date.now() - Date.parse(at || '') > age;
  const old = items.filter((i) => i.state === 'stored' && before(i.done_at, RECEIVED));
  const kept = JSON.stringify([drafts, items.filter((i) => !old.includes(i)).map((i) => [i.files, i.form])]);
  const loose = photos.filter((p) => !kept.includes(p.sha256) && before(p.at, LOOSE));
  if (!old.length && !loose.length) return;
  await write(['items', 'photos'], (out) => {
    old.forEach((item) => out.drop('items', item.id));
    loose.forEach((photo) => out.drop('photos', photo.sha256));
  });
}
