// A storm: a phone whose browser is killed at random, a line that fails every second request, a server that is killed at
// random. Nothing is lost, doubled or silently overwritten; every conflict is listed. tests/it/storm.rs is the same with
// more phones and far more visits, without a browser.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { figure, openBrowser } from '../field.mjs';
import { FAULTS, openLine } from '../line.mjs';
import { check } from '../people.mjs';
import { work } from '../work.mjs';

/** Visits of every day's tests; of PAICHA_LONG=1; PAICHA_LONG=2000 makes 2000. A phone makes so many, then another one does. */
const LONG = Number(process.env.PAICHA_LONG || 0);
const VISITS = LONG > 1 ? LONG : LONG ? 200 : 20;
const EACH = 100;
/** Every so many visits, the desk sends another record of the same one. */
const CONTESTED = 10;
/** How long a browser lives once the app is open, in milliseconds. */
const LIFE = [1500, 8000];

const below = (n) => Math.floor(Math.random() * n);

/** Another record of the same visit, sent from the desk at the same time. */
async function contest(desk, id, content) {
  const other = { ...JSON.parse(content), evidence: [], statement: '另一份记录' };
  other.answers = other.answers.map((answer) => ({ ...answer, evidence: [] }));
  const status = await desk.evaluate(async ([visit, body]) => (await fetch(`/api/v1/inspections/${visit}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body })).status, [id, JSON.stringify(other)]);
  check([200, 409].includes(status), `the desk's record: ${status}`);
}

/** The app is open and has something to work with. */
async function wake({ page }) {
  await page.goto('/field/');
  await page.locator('.f-tabs, [name=login]').first().waitFor();
  if (await page.locator('[name=login]').count()) {
    await page.fill('[name=login]', 'ying');
    await page.fill('[name=password]', 'paicha-demo');
    await page.click('main form button.primary');
    await page.locator('.f-tabs').waitFor({ timeout: 60_000 });
  }
  const packed = () => page.evaluate(async () => {
    await (await import('/field/core/exchange.js')).exchange(true);
    return (await (await import('/field/core/db.js')).all('campaigns')).length;
  });
  while (!(await packed()));
}

/** What is sealed goes out while more is made; answers what the phone holds when all has its receipt. */
async function live({ page }, story, count) {
  await page.exposeFunction('sealed', (id, content) => story.sealed(id, content));
  const making = count > 0 ? work(page, { visits: count, photos: count * 2, side: 320, second: '薄云' }) : Promise.resolve();
  let made = false;
  const done = making.then(() => { made = true; });
  done.catch(() => {}); // whoever waits for it is told below
  for (;;) {
    const open = await page.evaluate(async () => {
      await (await import('/field/core/exchange.js')).exchange(true);
      return (await import('/field/core/queue.js')).unsent();
    });
    await Promise.race([done, setTimeout(20)]);
    if (made && open.items === open.refused) return page.evaluate(async () => (await import('/field/core/db.js')).all('items'));
  }
}

/** One life of a browser: the items that its phone ends with, or nothing when it was killed. */
async function life(browser, story, count) {
  try {
    await wake(browser);
    return await Promise.race([live(browser, story, count), setTimeout(story.killed ? LIFE[0] + below(LIFE[1] - LIFE[0]) : LIFE[0])]);
  } catch (error) {
    return check(/closed|Timeout|navigat|network|ERR_/i.test(error.message), error.message);
  } finally {
    await browser.kill();
  }
}

/** A phone that makes so many visits and dies again and again; answers the items that it ends with. */
async function shift(people, line, story, count) {
  const profile = mkdtempSync(join(tmpdir(), 'paicha-storm-'));
  const until = story.made.size + count;
  try {
    for (;;) {
      const items = await life(await openBrowser(profile, line.url), story, until - story.made.size);
      if (items) return items;
      story.killed += 1;
      if (below(3)) continue;
      await people.house.crash();
      await people.house.revive();
      story.fallen += 1;
    }
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
}

/** Everything of a list of the house, page by page. */
function listed(desk, path) {
  return desk.evaluate(async (from) => {
    const found = [];
    for (let after = ''; ;) {
      const page = await (await fetch(`${from}limit=200${after && `&after=${encodeURIComponent(after)}`}`)).json();
      found.push(...page.items);
      if (!page.next) return found;
      after = page.next;
    }
  }, path);
}

export async function a_storm_that_kills_browser_and_server_loses_nothing(people) {
  const [desk, office, line] = [await people.as('bo'), await people.as('sun'), await openLine(people.house.url)];
  desk.expected.add(409);
  for (const page of [desk, office]) await page.goto('/inspections');
  const before = new Set((await listed(desk, '/api/v1/inspections?state=done&')).map((v) => v.id));
  const story = { made: new Set(), contested: new Set(), tries: [], killed: 0, fallen: 0 };
  story.sealed = async (id, content) => {
    story.made.add(id);
    if (story.made.size % CONTESTED) return;
    story.contested.add(id);
    // when the server has just fallen over, the desk tries again later
    await contest(desk, id, content).catch(() => story.tries.push(() => contest(desk, id, content)));
  };
  let faults = 0;
  line.faults = (asked) => {
    const fault = asked.url.startsWith('/api/v1/') ? FAULTS[below(FAULTS.length * 2)] || '' : '';
    if (fault) faults += 1;
    return fault;
  };
  const began = Date.now();
  const items = [];
  try {
    while (story.made.size < VISITS) {
      items.push(...(await shift(people, line, story, Math.min(EACH, VISITS - story.made.size))));
      for (const tell of story.tries.splice(0)) await tell();
    }
  } finally {
    line.close();
  }
  check(story.killed > 0, 'the browser was never killed');
  const seconds = Math.round((Date.now() - began) / 1000);
  const visits = (await listed(desk, '/api/v1/inspections?state=done&')).filter((v) => !before.has(v.id)).map((v) => v.id);
  const there = new Set(visits);
  check([...story.made].every((id) => there.has(id)), 'nothing that was sealed is lost');
  check(there.size === visits.length && there.size === items.length, `nothing is doubled: ${visits.length} visits of ${items.length} items`);
  const refused = new Set((await listed(office, '/api/v1/refused?')).filter((r) => r.code === 'inspections.other_content').map((r) => r.thing));
  check([...story.contested].every((id) => refused.has(id)), 'every conflict is listed');
  for (const id of visits) {
    const proof = await desk.evaluate(async (visit) => (await fetch(`/api/v1/inspections/${visit}/seal`)).json(), id);
    check(proof.holds === true || (proof.holds === null && story.contested.has(id)), `what stands is what was sealed: ${JSON.stringify(proof).slice(0, 300)}`);
  }
  figure(`a storm in a browser: ${visits.length} visits with ${visits.length * 2} photographs, browser killed ${story.killed} times, server ${story.fallen} times, ${line.requests} requests, ${faults} of them with a fault, ${seconds} s: 0 lost, 0 doubled, 0 overwritten, ${story.contested.size} conflicts listed`);
}
