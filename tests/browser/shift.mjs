// What an inspector does with the app on a visit, tap by tap.
import { check } from './people.mjs';

/** Opens the card of an enterprise on my day and begins the visit that is planned there. */
export async function begin(phone, name = '') {
  await phone.tap(phone.page.locator('.f-job .f-job-to', { hasText: name }).first());
  await phone.tap('main a.btn.primary');
  await phone.page.locator('.f-question').first().waitFor();
  return phone.page.url().match(/visit\/([0-9a-f-]{36})/)[1];
}

/** Begins a visit that nobody planned at the enterprise with this name. */
export async function beginUnplanned(phone, name) {
  await phone.page.goto('/field/#/firms');
  await phone.page.fill('.f-search input', name);
  await phone.page.locator('.f-job', { hasText: name }).first().click();
  await phone.page.getByRole('button', { name: '开始临时检查' }).click();
  await phone.page.locator('.f-question').first().waitFor();
  return phone.page.url().match(/visit\/([0-9a-f-]{36})/)[1];
}

/** Sun plans a visit at this enterprise for today: of `lead`, or of whoever has one today already. */
export async function plan(desk, enterprise, lead = '') {
  await desk.evaluate(async ([site, who]) => {
    const known = async (query) => (await (await fetch(`/api/v1/inspections?${query}`)).json()).items;
    const today = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10);
    const [{ campaign }] = await known('limit=1');
    const planned = who ? [] : await known('state=planned&limit=50');
    const due = planned.find((v) => v.planned_for <= today) || planned[0];
    const body = JSON.stringify({ campaign, enterprise: site, lead: who || due.lead, planned_for: today });
    const { newId } = await import('/field/core/ids.js');
    const answer = await fetch(`/api/v1/inspections/${newId()}/plan`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body });
    if (!answer.ok) throw new Error(await answer.text());
  }, [enterprise, lead]);
}

/** Confirms the sections, then answers what is left with «conforms», one by one. */
export async function conformTheRest(phone) {
  for (;;) {
    const rest = phone.page.locator('.f-rest');
    const before = await rest.count();
    if (!before) break;
    await phone.tap(rest.first());
    check((await phone.page.locator('dialog[open] .f-confirm li').count()) > 1, 'what is confirmed together is listed');
    await phone.tap(phone.page.locator('dialog[open] .btn.primary'));
    await phone.page.locator('dialog[open]').waitFor({ state: 'detached' });
    await phone.page.waitForFunction((n) => document.querySelectorAll('.f-rest').length < n, before);
  }
  const open = await phone.page.locator('.f-question').evaluateAll((all) => all.filter((q) => !q.querySelector('input[type=radio]:checked')).map((q) => q.id.slice(2)));
  for (const id of open) await phone.answer(id, 'conforms');
}

/** One question does not conform: photographed, described, and ordered to be corrected. */
export async function find(phone, id, what, photographs = 1) {
  await phone.answer(id, 'fails');
  const problem = phone.page.locator(`#q-${id} .f-finding > .field select`);
  if ((await problem.count()) && !(await problem.inputValue())) {
    phone.taps += 2;
    await problem.selectOption({ index: 1 });
  }
  for (let i = 0; i < photographs; i += 1) await phone.photograph(`#q-${id}`, what);
  phone.taps += 1;
  await phone.page.locator(`#q-${id} .f-finding textarea`).first().fill(what);
}

export async function sign(phone, party) {
  await phone.tap('.f-steps li:nth-child(3) a');
  await phone.tap('#credentials input');
  const second = phone.page.locator('#second select');
  if (!(await second.inputValue())) {
    phone.taps += 2;
    await second.selectOption({ index: 1 });
    await phone.page.locator('#sign-second').waitFor();
  }
  await phone.sign('me');
  await phone.sign('second');
  await phone.sign('party', party);
}

/** Seals; answers the id of the item. */
export async function seal(phone) {
  await phone.tap('.f-steps li:nth-child(4) a');
  await phone.tap('.f-seal');
  await phone.tap('dialog[open] .btn.primary');
  await phone.page.waitForURL('**/#/item/*');
  await phone.page.locator('.f-head').waitFor();
  return phone.page.url().split('/').pop();
}
