// The exchange (数据交换): what waits goes out, then what is new comes in. Records go before their photographs, so that on a
// bad line the server has the sealed record first. May be begun at any time and as often as one likes.
import { lapsed, who } from './account.js';
import { bus, tell } from './dom.js';
import { Trouble, json, request } from './http.js';
import { note } from './log.js';
import { receive as receivePack } from './pack.js';
import { outgoing, receive } from './queue.js';
import { keysOf, register, unregister } from './seal.js';
import { upload } from './upload.js';
import { say } from './words.js';

const MOST_ITEMS = 50;
const MOST_BYTES = 512 * 1024;

/** How it stands, for whoever shows it. */
export const progress = { busy: false, what: /** @type {'' | 'sending' | 'photos' | 'receiving'} */ (''), done: 0, total: 0, trouble: /** @type {Trouble | null} */ (null) };

/** @param {Partial<typeof progress>} change */
function show(change) {
  Object.assign(progress, change);
  tell('progress');
}

let wait = 5;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let again;

/** Whether the last exchange was cut: said once, not at every try. */
let cut = false;

/** Runs one exchange, unless one is under way here or in another window. @param {boolean} [asked] somebody pressed the button: tried even when the browser believes there is no network */
export async function exchange(asked = false) {
  if (!who() || lapsed || !(navigator.onLine || asked)) return;
  clearTimeout(again);
  await navigator.locks.request('paicha-exchange', { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    show({ busy: true, trouble: null });
    try {
      await send();
      await take();
      cut = false;
      tell('in step');
      if (!(await outgoing()).length) wait = 5;
    } catch (error) {
      await failed(error instanceof Trouble ? error : new Trouble(-1, 'field.broken', String(error)));
    } finally {
      show({ busy: false, what: '' });
    }
  });
}

/** @param {Trouble} trouble */
async function failed(trouble) {
  show({ trouble });
  if (trouble.status === 401) return tell('lapsed');
  const again = trouble.status === 0 && cut;
  cut = trouble.status === 0;
  if (!again) await note(false, say(cut ? 'log_cut' : 'log_failed'), cut ? '' : trouble.message);
  if (!trouble.passes) return;
  later(Number(trouble.headers?.get('retry-after')) || wait);
}

/** Tries again, each time later than the last. @param {number} seconds */
function later(seconds) {
  clearTimeout(again);
  wait = Math.min(wait * 2, 300);
  again = setTimeout(exchange, seconds * 1000);
}

/** Everything that waits. What is held is asked for again once the files that it lacks have gone. */
async function send() {
  const me = who();
  let waiting = await outgoing();
  if (!me || !waiting.length) return;
  await register(me.id);
  const before = waiting.length;
  for (let round = 0; waiting.length && round < 20; round += 1) {
    show({ what: 'sending', done: before - waiting.length, total: before });
    const missing = await post(waiting);
    if (missing.length) await uploadAll(missing);
    const left = await outgoing();
    // Nothing moved and no file was asked for: what is held waits for something that is not in our hands.
    const stuck = !missing.length && left.length === waiting.length;
    waiting = left;
    if (stuck) break;
  }
  const sent = before - waiting.length;
  if (sent) await note(true, say('log_sent', { n: sent }));
  if (waiting.length) later(wait);
}

/** Posts items in batches; answers the files that the server asks for. @param {Item[]} waiting */
async function post(waiting) {
  /** @type {Set<string>} */
  const missing = new Set();
  for (const batch of batches(waiting)) {
    const sent = batch.map(({ id, kind, about, after, content, files, statement, signature }) => ({ id, kind, about, after, content, files, statement, signature }));
    const { receipts } = await json(await request('POST', '/api/v1/sync', { json: { device: batch[0].device, items: sent }, seconds: 120 }));
    for (const receipt of /** @type {Receipt[]} */ (receipts)) {
      const item = batch.find((i) => i.id === receipt.id);
      if (!item) continue;
      if (receipt.code === 'sync.unknown_device') {
        // The server was set back to an earlier day: the device makes itself known again, the item waits.
        await unregister(item.account);
        receipt.outcome = 'failed';
      }
      await receive(item, receipt);
      if (receipt.outcome === 'refused') await note(false, say('log_refused', { title: item.title }), receipt.detail || receipt.code || '');
      if (receipt.outcome === 'held') (receipt.missing || []).forEach((sha) => missing.add(sha));
    }
  }
  return [...missing];
}

/** By device, because each device has its own seal, at most so many and so large. @param {Item[]} items */
function* batches(items) {
  /** @type {Item[]} */
  let batch = [];
  let bytes = 0;
  for (const item of items) {
    const full = batch.length >= MOST_ITEMS || bytes + item.content.length > MOST_BYTES;
    if (batch.length && (full || batch[0].device !== item.device)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(item);
    bytes += item.content.length;
  }
  if (batch.length) yield batch;
}

/** @param {string[]} files */
async function uploadAll(files) {
  for (const [i, sha] of files.entries()) {
    show({ what: 'photos', done: i, total: files.length });
    await upload(sha);
  }
}

async function take() {
  show({ what: 'receiving', done: 0, total: 0 });
  const me = who();
  if (!me) return;
  const { device } = await keysOf(me.id);
  const came = await receivePack(device, (done) => show({ what: 'receiving', done }));
  if (came) await note(true, say('log_received', { n: came }));
}

/** Begins an exchange when there is reason to hope. */
export function keepExchanging() {
  addEventListener('online', () => { wait = 5; exchange(); });
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') exchange(); });
  bus.addEventListener('sealed', () => exchange());
  bus.addEventListener('account', () => exchange());
  setInterval(() => { if (navigator.onLine && !progress.busy) exchange(); }, 300_000);
  exchange();
}
