// The app on a line of 256 kbit/s with 400 ms and losses: how long until somebody can begin, and until news arrive.
import { Phone, figure } from '../field.mjs';
import { openLine } from '../line.mjs';
import { check } from '../people.mjs';

/** 256 kbit/s, 400 ms there and back, every twentieth packet lost. */
const SLOW = { rate: 32_000, delay: 400, loss: 0.05 };
/** Seconds. */
const FIRST = 60;
const DELTA = 10;
/** What an inspector of a large county has, with two or three products each; made by those who plan, before the phone is
 * first used. Every day's tests do with what the demonstration has. */
const COUNTY = process.env.PAICHA_LONG ? { firms: 2000, mine: 300 } : { firms: 0, mine: 0 };

/** Registers enterprises, and plans a visit to each; the first `mine` are Ying's and due today. */
async function fill(people, { firms, mine }) {
  const desk = await people.as('sun');
  desk.setDefaultTimeout(1_800_000);
  await desk.goto('/inspections');
  await desk.evaluate(async ({ firms, mine }) => {
    const { newId } = await import('/field/core/ids.js');
    const json = async (method, path, body) => {
      const answer = await fetch(path, { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    };
    const { campaign } = (await json('GET', '/api/v1/inspections?state=planned&limit=1')).items[0];
    const { colleagues } = await json('GET', '/api/v1/sync/pack');
    const [ying, bo] = ['应红', '薄云'].map((name) => colleagues.find((c) => c.name === name).id);
    const codes = ['0401', '0501', '0601'];
    // names that nobody takes for one another
    const name = () => `正定${String.fromCharCode(...Array.from({ length: 6 }, () => 0x4e00 + Math.floor(Math.random() * 5000)))}制造有限公司`;
    const one = async (n) => {
      const [id, visit] = [newId(), newId()];
      const made = ['0301', codes[n % 3], ...(n % 2 ? [codes[(n + 1) % 3]] : [])];
      await json('PUT', `/api/v1/enterprises/${id}`, { name: name(), kind: 'producer', person: '马二', address: `河北省石家庄市正定县工业园区${n}号`, made });
      const planned_for = new Date(Date.now() + 8 * 3600e3 + (n < mine ? 0 : n % 28) * 86400e3).toISOString().slice(0, 10);
      await json('PUT', `/api/v1/inspections/${visit}/plan`, { campaign, enterprise: id, lead: n < mine ? ying : bo, planned_for });
    };
    for (let n = 0; n < firms; n += 8) await Promise.all(Array.from({ length: Math.min(8, firms - n) }, (_, i) => one(n + i)));
  }, { firms, mine });
}

export async function on_a_bad_line_the_first_task_opens_within_a_minute(people) {
  await fill(people, COUNTY);
  const line = await openLine(people.house.url);
  line.slow = { ...SLOW };
  try {
    const phone = await Phone.of(people, { baseURL: line.url });
    phone.context.setDefaultTimeout(120_000);
    const since = (moment) => (Date.now() - moment) / 1000;
    const opened = Date.now();
    await phone.page.goto('/field/');
    await phone.page.fill('[name=login]', 'ying');
    await phone.page.fill('[name=password]', 'paicha-demo');
    const signed = Date.now();
    await phone.page.click('main form button.primary');
    await phone.page.locator('.f-job .f-job-to').first().click();
    await phone.page.locator('main a.btn').first().click();
    await phone.page.locator('.f-question').first().waitFor();
    const [first, app] = [since(signed), (signed - opened) / 1000];
    await phone.page.goto('/field/#/');
    await phone.page.locator('#state', { hasText: '已同步' }).waitFor({ timeout: 900_000 });
    const [all, down] = [since(signed), line.down];
    const firms = (await phone.kept('enterprises')).length;
    check(firms >= COUNTY.firms, `${firms} enterprises have come`);

    // something new at the desk: how long until it is here
    await fill(people, { firms: 1, mine: 1 });
    const asked = Date.now();
    await phone.page.goto('/field/#/outbox');
    await phone.page.getByRole('button', { name: '立即传送' }).click();
    await phone.page.waitForFunction(async (n) => (await (await import('/field/core/db.js')).all('enterprises')).length > n, firms);
    const delta = since(asked);
    await phone.state('已同步');
    figure(`a slow line: 256 kbit/s, 400 ms, 5 % of the packets lost, ${firms} enterprises: the app there after ${app.toFixed(1)} s, the first task open ${first.toFixed(1)} s after signing in, everything on the phone after ${all.toFixed(0)} s (${(down / 1e6).toFixed(2)} MB, ${line.lost} packets lost), news after ${delta.toFixed(1)} s`);
    check(first < FIRST, `the first task was open after ${first} s`);
    check(delta < DELTA, `the news took ${delta} s`);
  } finally {
    line.close();
  }
}
