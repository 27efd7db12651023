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

export async function on_a_bad_line_the_first_task_opens_within_a_minute(people) {
  const phone = await Phone.of(people);
  const slow = await phone.context.newCDPSession(phone.page);
  await slow.send('Network.enable');
  await slow.send('Network.emulateNetworkConditions', { offline: false, latency: 400, downloadThroughput: 32_000, uploadThroughput: 32_000 });
  phone.context.setDefaultTimeout(90_000);
  const began = Date.now();
  await phone.page.goto('/field/');
  await phone.page.fill('[name=login]', 'ying');
  await phone.page.fill('[name=password]', 'paicha-demo');
  await phone.page.click('main form button.primary');
  await phone.page.locator('.f-job .f-job-to').first().click();
  await phone.page.locator('main a.btn').first().click();
  await phone.page.locator('.f-question').first().waitFor();
  const seconds = (Date.now() - began) / 1000;
  console.log(`       first task open after ${seconds.toFixed(1)} s at 256 kbit/s and 400 ms`);
  check(seconds < 60, `the first task was open after ${seconds} s`);
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
