// The pack (工作包): what is within my scope, the most urgent first, usable from the first part on; afterwards only what
// has changed. A cut costs one part.
import { all, get, keys, write } from './db.js';
import { tell } from './dom.js';
import { Trouble, json, request } from './http.js';
import { moment } from './ids.js';

/** How far we are: `since` is the last complete answer, `after` the part that comes next. @typedef {{since: string, after: string, whole: boolean, seen: string[]}} Mark */

/** @type {import('./db.js').Store[]} */
const STORES = ['meta', 'campaigns', 'packs', 'colleagues', 'enterprises', 'certificates', 'visits', 'hazards'];
/** What a whole pack replaces, unlike a delta. */
const REPLACED = /** @type {const} */ (['enterprises', 'certificates', 'visits', 'hazards']);

/** @returns {Promise<Mark>} */
async function mark() {
  return (await get('meta', 'mark')) || { since: '', after: '', whole: false, seen: [] };
}

/** Takes in everything that is new; answers how many things came. @param {string} device what it sent itself is not sent back @param {(things: number) => void} show */
export async function receive(device, show) {
  let at = await mark();
  let came = 0;
  for (;;) {
    const query = new URLSearchParams(Object.entries({ since: at.since, after: at.after, device }).filter(([, value]) => value));
    const part = await ask(query, Boolean(at.since || at.after));
    if (!part) {
      // The server does not know our place any more: from the beginning, keeping what is here until all has come.
      at = { since: '', after: '', whole: false, seen: [] };
      await write(['meta'], (out) => out.put('meta', at, 'mark'));
      continue;
    }
    const things = size(part);
    came += things;
    at = await keep(at, part);
    show(came);
    tell('pack');
    if (!part.after) return came;
  }
}

/** @param {URLSearchParams} query @param {boolean} placed whether we claim a place @returns {Promise<PackAnswer | null>} */
async function ask(query, placed) {
  try {
    return await json(await request('GET', `/api/v1/sync/pack?${query}`, { seconds: 120 }));
  } catch (error) {
    const lost = error instanceof Trouble && [400, 409, 410, 422].includes(error.status) && placed;
    if (lost) return null;
    throw error;
  }
}

/** @param {PackAnswer} part */
function size(part) {
  return part.enterprises.length + part.certificates.length + part.visits.length + part.hazards.length + part.gone.length;
}

/** Keeps one part and our place in the same step. @param {Mark} at @param {PackAnswer} part @returns {Promise<Mark>} */
async function keep(at, part) {
  const whole = at.after ? at.whole : part.whole || !at.since;
  const lists = { enterprises: part.enterprises, certificates: part.certificates, visits: part.visits, hazards: part.hazards };
  const seen = whole ? [...(at.after ? at.seen : []), ...Object.values(lists).flat().map((thing) => thing.id)] : [];
  const next = part.after ? { since: at.since, after: part.after, whole, seen } : { since: part.next, after: '', whole: false, seen: [] };
  const stale = whole && !part.after ? await unseen(new Set(seen)) : [];
  const unused = await unusedPacks(part.campaigns);
  const needed = part.gone.length ? await begunAt() : new Set();
  const gone = part.gone.map((one) => (typeof one === 'string' ? one : one.id)).filter((id) => !needed.has(id));
  await write(STORES, (out) => {
    if (part.me) {
      out.put('meta', part.me, 'me');
      out.clear('colleagues');
      part.colleagues.forEach((colleague) => out.put('colleagues', colleague));
    }
    if (!part.after) out.put('meta', moment(), 'received');
    for (const campaign of part.campaigns) keepCampaign(out, campaign);
    for (const [name, things] of Object.entries(lists)) things.forEach((thing) => out.put(name, thing));
    for (const id of gone) for (const name of REPLACED) out.drop(name, id);
    for (const [name, key] of stale) out.drop(name, key);
    for (const key of unused) out.drop('packs', key);
    out.put('meta', next, 'mark');
  });
  return next;
}

/** The pack beside the campaign, under its version: a visit that was begun finishes on the questions it began with. @param {import('./db.js').Out} out @param {Campaign} campaign */
function keepCampaign(out, campaign) {
  const { pack, cited, ...rest } = campaign;
  out.put('campaigns', rest);
  if (pack) out.put('packs', { ...pack, cited }, `${campaign.id}@${campaign.pack_version}`);
}

/** What a whole pack did not name is not within my scope any more. @param {Set<string>} seen @returns {Promise<[string, IDBValidKey][]>} */
async function unseen(seen) {
  const found = await Promise.all(REPLACED.map(async (name) => (await keys(name)).map((key) => /** @type {[string, IDBValidKey]} */ ([name, key]))));
  const needed = await begunAt();
  return found.flat().filter(([, key]) => !seen.has(String(key)) && !needed.has(String(key)));
}

/** The enterprises of what was begun here and has not arrived: they stay until it has. */
async function begunAt() {
  const [drafts, items] = await Promise.all([all('drafts'), all('items')]);
  const open = /** @type {Item[]} */ (items).filter((i) => i.state !== 'stored' && i.state !== 'replaced');
  return new Set([...drafts, ...open].flatMap((thing) => [/** @type {any} */ (thing).form?.enterprise, /** @type {any} */ (thing).about, /** @type {any} */ (thing).form?.hazard]));
}

/** Earlier versions of a pack that nothing here was begun with. @param {Campaign[]} coming @returns {Promise<IDBValidKey[]>} */
async function unusedPacks(coming) {
  const replaced = coming.filter((c) => c.pack);
  if (!replaced.length) return [];
  const [kept, drafts, items] = await Promise.all([keys('packs'), all('drafts'), all('items')]);
  const begun = JSON.stringify([drafts, /** @type {Item[]} */ (items).map((i) => i.form)]);
  return kept.filter((key) => {
    const [campaign, version] = String(key).split('@');
    const now = replaced.find((c) => c.id === campaign);
    return now && String(now.pack_version) !== version && !begun.includes(`"pack_version":${version}`);
  });
}

/** The pack of a campaign in this version, or the one in use. @param {string} campaign @param {number} [version] @returns {Promise<Pack | undefined>} */
export async function packOf(campaign, version) {
  const known = /** @type {Campaign | undefined} */ (await get('campaigns', campaign));
  return get('packs', `${campaign}@${version || known?.pack_version}`);
}
