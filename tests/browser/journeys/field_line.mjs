// The line of the field: a week without any, then one that breaks again and again.
import { figure } from '../field.mjs';
import { openLine } from '../line.mjs';
import { check } from '../people.mjs';
import { allSent, hurry, phoneOn, work } from '../work.mjs';

/** What a week brings; with PAICHA_LONG=1 as much as the goal says, else a tenth of it for every day's tests. */
const WEEK = process.env.PAICHA_LONG ? { visits: 35, photos: 400 } : { visits: 6, photos: 36 };

/** Photographs of two megabytes, whose originals are kept. */
const ORIGINALS = { visits: 1, photos: 10, noise: 2_000_000 };
const CUTS = 10;

/** What looks like chance and is always the same for n. */
const chance = (/** @type {number} */ n) => {
  const mixed = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  return (Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) ^ (mixed >>> 7)) >>> 0;
};

const inAll = (photos) => photos.reduce((sum, p) => sum + p.bytes, 0);

export async function a_week_without_network_arrives_whole(people) {
  const line = await openLine(people.house.url);
  try {
    const phone = await phoneOn(people, line, 'bo');
    await phone.offline();
    const visits = await work(phone.page, WEEK);
    const before = inAll(await phone.kept('photos'));
    // about every third request is lost on its way, or its reply, or cut in the middle; by a seed, not by counting: a line
    // that breaks in step with the app breaks the same request for ever
    let n = 0;
    line.faults = (asked) => {
      if (!/\/api\/v1\/(sync|files)/.test(asked.url)) return '';
      n += 1;
      return ['lose the reply', 'refuse', 'cut', '', '', '', '', '', ''][chance(n) % 9];
    };
    line.bytes = 0;
    const began = Date.now();
    await phone.offline(false);
    const items = await hurry(phone.page, 100, allSent(phone, 600));
    figure(`a week without network: ${visits.length} visits with ${WEEK.photos} photographs, ${(before / 1e6).toFixed(1)} MB, sent in ${Math.round((Date.now() - began) / 1000)} s over a line that breaks at every third request; ${(line.bytes / before).toFixed(2)} of it went along the line, in ${n} requests`);
    check(items.length === visits.length, 'each visit is one item');
    const there = await phone.page.evaluate(async (ids) => {
      const { request, json } = await import('/field/core/http.js');
      const all = [];
      for (const id of ids) all.push(await json(await request('GET', `/api/v1/inspections/${id}`)));
      return all.map((v) => v.state);
    }, visits);
    check(there.length === visits.length && there.every((s) => s === 'done'), `all are there: ${there}`);
  } finally {
    line.close();
  }
}

export async function ten_cuts_cost_little(people) {
  const line = await openLine(people.house.url);
  try {
    const phone = await phoneOn(people, line, 'bo');
    await phone.offline();
    await work(phone.page, ORIGINALS);
    const bytes = inAll(await phone.kept('photos'));
    let [pieces, cuts] = [0, 0];
    line.faults = (asked) => {
      if (asked.method !== 'PATCH') return '';
      pieces += 1;
      if (pieces % 14 !== 7 || cuts === CUTS) return '';
      cuts += 1;
      return ['cut', 'lose the reply', 'late'][cuts % 3];
    };
    line.uploaded = 0;
    await phone.offline(false);
    await hurry(phone.page, 500, allSent(phone, 300));
    const again = line.uploaded / bytes - 1;
    figure(`ten cuts of the line: of ${(bytes / 1e6).toFixed(1)} MB of photographs ${(again * 100).toFixed(1)} % were sent again`);
    check(cuts === CUTS && again < 0.05, `${cuts} cuts, ${(again * 100).toFixed(1)} % sent again`);
    // what a phone believes to have sent and the server lacks is sent anew
    const stands = await phone.page.evaluate(async () => {
      const [store, { upload }, db, { request }] = await Promise.all(['core/photos.js', 'core/upload.js', 'core/db.js', 'core/http.js'].map((path) => import(`/field/${path}`)));
      const canvas = Object.assign(document.createElement('canvas'), { width: 80, height: 40 });
      const sha = await store.keep(await store.blobOf(canvas, 'image/jpeg'), null);
      const photo = await db.get('photos', sha);
      await db.put('photos', { ...photo, sent: photo.bytes });
      await upload(sha);
      return (await request('HEAD', `/api/v1/files/${sha}`)).status;
    });
    check(stands === 200, 'it is there now');
  } finally {
    line.close();
  }
}
