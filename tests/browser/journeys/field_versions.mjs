// What changes while somebody is out: the app, and the questions of the campaign. What was begun is finished as it was begun.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { openLine } from '../line.mjs';
import { Phone } from '../field.mjs';
import { check } from '../people.mjs';
import { begin, beginUnplanned, conformTheRest, plan, seal, sign } from '../shift.mjs';
import { phoneOn } from '../work.mjs';
import { zipped } from '../zip.mjs';

const PACK = join(import.meta.dirname, '../../../packs/key-industrial-products-2023');
/** What every question says in the next version. */
const REVISED = '（修订）';

/** The next version of the pack: the same questions in other words. */
function revised(name, bytes) {
  if (name === 'pack.toml') return bytes.toString().replace('version = 1', 'version = 2');
  if (name.startsWith('checklists/')) return bytes.toString().replace(/^([^,]+),([^",]+),/gm, (line, id, zh) => (id === 'id' ? line : `${id},${zh}${REVISED},`));
  return bytes;
}

/** The nation adds a version of the pack, and its campaign goes over to it. */
async function adopt(people) {
  const desk = await people.as('lin');
  await desk.goto('/campaigns');
  const said = await desk.evaluate(async (bytes) => {
    const body = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
    const added = await fetch('/api/v1/packs', { method: 'POST', headers: { 'content-type': 'application/zip' }, body });
    if (!added.ok) return added.text();
    const { items } = await (await fetch('/api/v1/campaigns')).json();
    const act = { verb: 'adopt', pack_version: 2, why: '修订检查表' };
    const adopted = await fetch(`/api/v1/campaigns/${items[0].id}/acts`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(act) });
    return adopted.ok ? '' : adopted.text();
  }, zipped(PACK, revised).toString('base64'));
  check(!said, said);
}

/** Sun plans visits of Ying for today at so many producers, whatever visits others have made before; their names. */
async function plannedForYing(people, many) {
  const [sun, ying] = [await people.as('sun'), await people.as('ying')];
  const read = (page, path) => page.goto('/').then(() => page.evaluate(async (asked) => (await fetch(asked)).json(), path));
  const { id } = await read(ying, '/api/v1/accounts/me');
  const { items } = await read(sun, '/api/v1/enterprises?limit=50');
  const producers = items.filter((e) => e.kind === 'producer' && e.state === 'active').slice(0, many);
  for (const { id: enterprise } of producers) await plan(sun, enterprise, id);
  return producers.map((e) => e.name);
}

export async function a_visit_that_was_begun_finishes_on_its_questions(people) {
  const [here, firm] = await plannedForYing(people, 2);
  const phone = await Phone.of(people);
  await phone.signIn('ying');
  await phone.received();
  const visit = await begin(phone, here);
  await phone.answer((await phone.questions())[0], 'conforms');
  await adopt(people);
  await phone.page.goto('/field/#/outbox');
  await phone.page.getByRole('button', { name: '立即传送' }).click();
  await phone.page.waitForFunction(async () => (await (await import('/field/core/db.js')).keys('packs')).some((key) => String(key).endsWith('@2')));

  await phone.reopen(`/field/#/visit/${visit}`);
  const asked = () => phone.page.locator('.f-q-text').allTextContents();
  check((await asked()).every((text) => !text.includes(REVISED)), 'the old questions, in a new window too');
  await conformTheRest(phone);
  await sign(phone, '李秀英');
  await seal(phone);
  await phone.delivered(1);
  await beginUnplanned(phone, firm);
  check((await asked()).some((text) => text.includes(REVISED)), 'who begins now is asked the new ones');
  const versions = await phone.page.evaluate(async (id) => {
    const { request, json } = await import('/field/core/http.js');
    const { packOf } = await import('/field/core/pack.js');
    const { all, keys } = await import('/field/core/db.js');
    const [campaign] = await all('campaigns');
    return [(await json(await request('GET', `/api/v1/inspections/${id}`))).pack_version, (await packOf(campaign.id)).about.version, (await keys('packs')).length];
  }, visit);
  check(versions.slice(0, 2).join() === '1,2', `the record names the version that was asked: ${versions}`);
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
