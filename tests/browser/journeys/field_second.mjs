// Two inspectors in a cellar, each with a phone: the one who goes along confirms what the other has sealed.
import { Phone, inspect } from '../field.mjs';
import { check } from '../people.mjs';
import { beginUnplanned, conformTheRest, seal } from '../shift.mjs';

// The page draws itself anew when the line comes or goes: then the picture is taken of what stands there now.
async function still(picture) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await picture.screenshot();
    } catch (error) {
      if (tries === 5 || !error.message.includes('not attached')) throw error;
    }
  }
}

export async function a_colleague_confirms_on_a_phone_of_their_own(people) {
  const [ying, bo] = [await Phone.of(people), await Phone.of(people)];
  await ying.signIn('ying');
  await ying.received();
  await bo.signIn('bo');
  await bo.state('已同步');
  const firm = await ying.page.locator('.f-tab').nth(1).click().then(() => ying.page.locator('.f-job h3').last().textContent());
  await bo.page.waitForFunction(async () => Boolean(await caches.match('/field/scanner/zxing_reader.wasm')));
  for (const phone of [ying, bo]) await phone.offline();

  const visit = await beginUnplanned(ying, firm);
  await conformTheRest(ying);
  await ying.tap('.f-steps li:nth-child(3) a');
  await ying.tap('#credentials input');
  await ying.page.locator('#second select').selectOption({ label: '薄云' }).catch(() => ying.page.locator('#second select').selectOption({ index: 1 }));
  await ying.tap('#apart input');
  await ying.page.locator('#sign-second').waitFor({ state: 'detached' }); // nobody signs for somebody who confirms alone
  await ying.sign('me');
  await ying.sign('party', '王建军');
  const item = await seal(ying);
  const picture = ying.page.locator('#confirm-code svg.f-qr');
  await ying.state('离线 · 待发 1');
  await inspect(ying.page, 'the code for colleagues');
  const code = await still(picture);
  const text = await ying.page.locator('#confirm-code textarea').inputValue();

  await bo.page.goto('/field/#/');
  await bo.tap(bo.page.getByRole('link', { name: '同行确认' }));
  await bo.page.getByLabel('不能扫码时，粘贴确认码文字').fill('paicha:1:nonsense');
  await bo.tap(bo.page.getByRole('button', { name: '读取' }));
  await bo.page.locator('.notice.red').waitFor();
  await bo.tap(bo.page.getByRole('button', { name: '扫描确认码' }));
  await bo.page.locator('dialog[open] input[type=file]').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: code });
  await bo.page.getByRole('button', { name: '确认并封存' }).waitFor();
  check((await bo.page.locator('main h2').last().textContent()).startsWith(firm.slice(0, 6)), 'Bo sees where it was');
  await inspect(bo.page, 'what is confirmed');
  await bo.tap(bo.page.getByRole('button', { name: '确认并封存' }));
  await bo.page.waitForURL('**/#/item/*');
  const [confirmed] = await bo.kept('items');
  check(JSON.parse(confirmed.content).act.sha256 === JSON.parse((await ying.kept('items')).find((i) => i.id === item).statement).content, 'the hash of the very record');
  check(text.includes(':'), 'it can be given as text');

  // Bo has a line first: what he confirms waits until it is there
  await bo.offline(false);
  await bo.page.goto('/field/#/outbox');
  await bo.page.locator('.f-job.orange').waitFor({ timeout: 60_000 });
  await ying.offline(false);
  await ying.page.goto('/field/#/outbox');
  await ying.page.locator('.f-standing.green').waitFor({ timeout: 60_000 });
  await bo.page.getByRole('button', { name: '立即传送' }).click();
  await bo.page.locator('.f-standing.green').waitFor({ timeout: 60_000 });
  const desk = await people.as('sun');
  await desk.goto(`/inspections/${visit}/seal`);
  await desk.getByText('已用本人设备确认').waitFor();
  const proof = await desk.evaluate(async (id) => (await fetch(`/api/v1/inspections/${id}/seal`)).json(), visit);
  check(proof.holds === true && proof.colleagues[0].confirmed_at, JSON.stringify(proof).slice(0, 300));
}
