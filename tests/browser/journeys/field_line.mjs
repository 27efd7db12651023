// The line of the field: slow, cut, and silent at the wrong moment; a week without any; a newer version of the app.
import { createHash } from 'node:crypto';
import { Phone, figure } from '../field.mjs';
import { openLine } from '../line.mjs';
import { check } from '../people.mjs';

/** What a week brings; with PAICHA_LONG=1 as much as the goal says, else a tenth of it for every day's tests. */
const WEEK = process.env.PAICHA_LONG ? { visits: 35, photos: 400 } : { visits: 6, photos: 36 };

async function phoneOn(people, line, login) {
  const phone = await Phone.of(people, { baseURL: line.url });
  await phone.signIn(login);
  await phone.state('已同步');
  return phone;
}

/** Makes visits through the app's own modules, without its screens: answers, photographs, signatures, seals. */
function work(phone, { visits, photos }) {
  return phone.page.evaluate(async ({ visits: n, photos: m }) => {
    const load = (path) => import(`/field/${path}`);
    const [db, form, submission, account, store] = await Promise.all(['core/db.js', 'visit/form.js', 'visit/submission.js', 'core/account.js', 'core/photos.js'].map(load));
    const [sites, campaigns, colleagues] = await Promise.all(['enterprises', 'campaigns', 'colleagues'].map((name) => db.all(name)));
    const me = account.who().id;
    const second = colleagues.find((c) => c.id !== me);
    const canvas = Object.assign(document.createElement('canvas'), { width: 1200, height: 900 });
    const pen = canvas.getContext('2d');
    let taken = 0;
    const photograph = async () => {
      taken += 1;
      for (let i = 0; i < 60; i += 1) {
        pen.fillStyle = `hsl(${Math.random() * 360} 60% 50%)`;
        pen.fillRect(Math.random() * 1200, Math.random() * 900, 200, 150);
      }
      return store.take(await store.blobOf(canvas, 'image/jpeg', 0.9), false);
    };
    const made = [];
    for (let v = 0; v < n; v += 1) {
      const site = sites[v % sites.length];
      const id = await form.beginUnplanned(site, campaigns[0].id);
      const visit = await form.openVisit(id);
      for (const q of visit.questions) form.answerTo(visit.form, q.id).answer = 'conforms';
      while (taken < Math.round(((v + 1) * m) / n)) form.answerTo(visit.form, visit.questions[taken % visit.questions.length].id).photos.push(await photograph());
      const signature = await store.keep(await store.blobOf(canvas, 'image/png'), null);
      Object.assign(visit.form, { second: second.id, credentials: true, withdrawal: true });
      for (const who of ['me', 'second', 'party']) visit.form.signatures[who] = { name: '测试', sha256: signature, typed: false, at: '', of: form.stamp(visit) };
      const lacks = form.missing(visit);
      if (lacks.length) throw new Error(JSON.stringify(lacks));
      await submission.seal(visit, me);
      made.push(id);
    }
    return made;
  }, { visits, photos });
}

/** Waits until everything has its receipt. */
async function allSent(phone, seconds) {
  await phone.page.goto('/field/#/outbox');
  await phone.page.locator('.f-standing.green', { hasText: '全部送达' }).waitFor({ timeout: seconds * 1000 });
  const items = await phone.kept('items');
  check(items.every((i) => i.state === 'stored'), 'all have their receipt');
  const photos = await phone.kept('photos');
  check(photos.every((p) => p.freed && !p.blob), 'all copies are freed');
  return items;
}

export async function a_week_without_network_arrives_whole(people) {
  const line = await openLine(people.house.url);
  try {
    const phone = await phoneOn(people, line, 'bo');
    await phone.offline();
    const visits = await work(phone, WEEK);
    const before = (await phone.kept('photos')).reduce((sum, p) => sum + p.bytes, 0);
    // every seventh request is lost on its way, its reply too, or cut in the middle
    let n = 0;
    line.faults = (asked) => {
      if (!/\/api\/v1\/(sync|files)/.test(asked.url)) return '';
      n += 1;
      return n % 7 === 3 ? 'lose the reply' : n % 7 === 5 ? 'refuse' : n % 11 === 6 ? 'cut' : '';
    };
    line.bytes = 0;
    const began = Date.now();
    await phone.offline(false);
    const hurry = setInterval(() => phone.page.evaluate(async () => (await import('/field/core/exchange.js')).exchange(true)).catch(() => {}), 1500);
    const items = await allSent(phone, 600).finally(() => clearInterval(hurry));
    figure(`a week without network: ${visits.length} visits with ${WEEK.photos} photographs, ${(before / 1e6).toFixed(1)} MB, in ${Math.round((Date.now() - began) / 1000)} s; ${(line.bytes / before).toFixed(2)} of it sent, ${n} requests`);
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

/** What an inspector of a large county has; made by those who plan, before the phone is first used. */
const COUNTY = process.env.PAICHA_LONG ? { firms: 2000, mine: 300 } : { firms: 0, mine: 0 };

/** Registers enterprises with two or three products each, and plans a visit to each. */
async function fill(people, { firms, mine }) {
  const desk = await people.as('sun');
  desk.setDefaultTimeout(1_200_000);
  await desk.goto('/inspections');
  return desk.evaluate(async ({ n: most, mine: first }) => {
    const { newId } = await import('/field/core/ids.js');
    const json = async (method, path, body) => {
      const answer = await fetch(path, { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    };
    const visits = (await json('GET', '/api/v1/inspections?state=planned&limit=100')).items;
    const { campaign } = visits[0];
    const people = (await json('GET', '/api/v1/sync/pack')).colleagues;
    const [ying, bo] = ['应红', '薄云'].map((name) => people.find((p) => p.name === name).id);
    const codes = ['0301', '0401', '0501', '0601'];
    const one = async (n) => {
      const id = newId();
      const made = [codes[0], codes[1 + (n % 3)], ...(n % 2 ? [codes[1 + ((n + 1) % 3)]] : [])];
      await json('PUT', `/api/v1/enterprises/${id}`, { name: `正定县第${n}号制造有限公司`, kind: 'producer', person: '马二', address: `正定县工业园区${n}号`, made });
      const planned_for = new Date(Date.now() + 8 * 3600e3 + (n < first ? 0 : n % 28) * 86400e3).toISOString().slice(0, 10);
      await json('PUT', `/api/v1/inspections/${newId()}/plan`, { campaign, enterprise: id, lead: n < first ? ying : bo, planned_for });
    };
    for (let n = 0; n < most; n += 8) await Promise.all(Array.from({ length: Math.min(8, most - n) }, (_, i) => one(n + i)));
    return { campaign, ying };
  }, { n: firms, mine });
}

export async function on_a_bad_line_the_first_task_opens_within_a_minute(people) {
  await fill(people, COUNTY);
  const line = await openLine(people.house.url);
  line.slow = { rate: 32_000, delay: 400, loss: 0.05 };
  try {
    const phone = await Phone.of(people, { baseURL: line.url });
    phone.context.setDefaultTimeout(120_000);
    phone.page.setDefaultTimeout(120_000);
    const began = Date.now();
    const since = () => (Date.now() - began) / 1000;
    await phone.page.goto('/field/');
    await phone.page.fill('[name=login]', 'ying');
    await phone.page.fill('[name=password]', 'paicha-demo');
    await phone.page.click('main form button.primary');
    await phone.page.locator('.f-job .f-job-to').first().click();
    await phone.page.locator('main a.btn').first().click();
    await phone.page.locator('.f-question').first().waitFor();
    const first = since();
    check(first < 60, `the first task was open after ${first} s`);
    await phone.page.goto('/field/#/');
    await phone.page.locator('#state', { hasText: '已同步' }).waitFor({ timeout: 900_000 });
    const whole = since();
    const kept = (await phone.kept('enterprises')).length;
    check(kept >= COUNTY.firms, `${kept} enterprises have come`);
    // something new at the desk: how long until it is here
    const before = line.down;
    await fill(people, { firms: 1, mine: 1 });
    const asked = Date.now();
    await phone.page.goto('/field/#/outbox');
    await phone.page.getByRole('button', { name: '立即传送' }).click();
    await phone.page.waitForFunction(async (n) => (await (await import('/field/core/db.js')).all('enterprises')).length > n, kept);
    await phone.state('已同步');
    const delta = (Date.now() - asked) / 1000;
    figure(`256 kbit/s, 400 ms, 5 % loss (emulated by what TCP makes of it), ${kept} enterprises: first task open after ${first.toFixed(1)} s, everything there after ${whole.toFixed(0)} s (${(before / 1e6).toFixed(2)} MB), a delta after ${delta.toFixed(1)} s; ${line.slow.lost} packets lost`);
    check(delta < 10, `the delta took ${delta} s`);
  } finally {
    line.close();
  }
}

export async function ten_cuts_cost_little(people) {
  const line = await openLine(people.house.url);
  try {
    const phone = await phoneOn(people, line, 'bo');
    await phone.offline();
    // photographs whose originals are kept: noise does not compress
    const [bytes] = await phone.page.evaluate(async ({ each, n }) => {
      const load = (path) => import(`/field/${path}`);
      const [db, form, submission, account, store] = await Promise.all(['core/db.js', 'visit/form.js', 'visit/submission.js', 'core/account.js', 'core/photos.js'].map(load));
      const [sites, campaigns, colleagues] = await Promise.all(['enterprises', 'campaigns', 'colleagues'].map((name) => db.all(name)));
      const me = account.who().id;
      const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
      const small = new Uint8Array(await (await store.blobOf(canvas, 'image/jpeg')).arrayBuffer());
      const id = await form.beginUnplanned(sites[0], campaigns[0].id);
      const visit = await form.openVisit(id);
      for (const q of visit.questions) form.answerTo(visit.form, q.id).answer = 'conforms';
      for (let i = 0; i < n; i += 1) {
        const noise = new Uint8Array(each);
        for (let at = 0; at < each; at += 65536) crypto.getRandomValues(noise.subarray(at, Math.min(each, at + 65536)));
        visit.form.photos.push(await store.keep(new Blob([small, noise], { type: 'image/jpeg' }), null));
      }
      const signature = await store.keep(await store.blobOf(canvas, 'image/png'), null);
      Object.assign(visit.form, { second: colleagues.find((c) => c.id !== me).id, credentials: true, withdrawal: true });
      for (const who of ['me', 'second', 'party']) visit.form.signatures[who] = { name: '测试', sha256: signature, typed: false, at: '', of: form.stamp(visit) };
      await submission.seal(visit, me);
      return [(await db.all('photos')).reduce((sum, p) => sum + p.bytes, 0)];
    }, { each: 2_000_000, n: 10 });
    let [pieces, cuts] = [0, 0];
    line.faults = (asked) => {
      if (asked.method !== 'PATCH') return '';
      pieces += 1;
      if (pieces % 14 !== 7 || cuts === 10) return '';
      cuts += 1;
      return 'cut';
    };
    line.uploaded = 0;
    await phone.offline(false);
    const hurry = setInterval(() => phone.page.evaluate(async () => (await import('/field/core/exchange.js')).exchange(true)).catch(() => {}), 500);
    await allSent(phone, 300).finally(() => clearInterval(hurry));
    const again = line.uploaded / bytes - 1;
    figure(`${(bytes / 1e6).toFixed(1)} MB of photographs through ${cuts} cuts: ${(again * 100).toFixed(1)} % sent again`);
    check(cuts === 10 && again < 0.05, `${cuts} cuts, ${(again * 100).toFixed(1)} % sent again`);
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

export async function a_newer_version_waits_until_it_is_wanted(people) {
  const line = await openLine(people.house.url);
  try {
    const phone = await phoneOn(people, line, 'ying');
    await phone.tap('.f-job .f-job-to');
    await phone.tap('main a.btn.primary');
    await phone.page.locator('.f-answer.not_applicable').first().click();
    const before = await phone.page.getAttribute('html', 'data-version');
    // the house has a newer version: other words on the page, under another hash
    const sha = (body) => createHash('sha256').update(body).digest('hex');
    const newer = (text) => text.replaceAll(before, '0123456789ab');
    let shell = '';
    line.change = (path, body) => {
      if (path === '/field/' || path === '/field/shell') return newer(body.toString());
      if (path !== '/field/sw.js') return body;
      return newer(body.toString()).replace(/(\["\/field\/shell",")[0-9a-f]+/, `$1${shell}`);
    };
    shell = sha(newer(await (await phone.context.request.get(`${people.house.url}/field/shell`)).text()));
    await phone.page.evaluate(async () => (await navigator.serviceWorker.getRegistration('/field/')).update());
    await phone.page.locator('#newer:not([hidden])').waitFor();
    check((await phone.page.getAttribute('html', 'data-version')) === before, 'nothing changes under the hands');
    await phone.page.locator('#newer button').click();
    await phone.page.waitForFunction(() => document.documentElement.dataset.version === '0123456789ab');
    await phone.page.locator('.f-question').first().waitFor();
    check(await phone.page.locator('.f-answer.not_applicable input').first().isChecked(), 'the draft has survived the update');
  } finally {
    line.close();
  }
}
