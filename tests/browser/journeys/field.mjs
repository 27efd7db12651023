// A shift without network: inspected, signed and sealed in a cellar, sent when there is a line again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Phone, figure, inspect, openBrowser } from '../field.mjs';
import { check, photo } from '../people.mjs';
import { begin, beginUnplanned, conformTheRest, find, plan, seal, sign } from '../shift.mjs';

const TAPS = 40;
const MINUTES = 3;

/** The page of the visit at the desk, and the hazards found there with these words. */
async function atTheDesk(people, visit, what) {
  const desk = await people.as('sun');
  await desk.goto(`/inspections/${visit}`);
  await desk.locator('header.head .chip', { hasText: '已检查' }).waitFor();
  const seal = await people.as('sun');
  await seal.goto(`/inspections/${visit}/seal`);
  const found = await desk.evaluate(async (id) => {
    const hazards = await (await fetch('/api/v1/hazards?limit=100')).json();
    const one = await (await fetch(`/api/v1/inspections/${id}`)).json();
    const sealed = await (await fetch(`/api/v1/inspections/${id}/seal`)).json();
    return { hazards: (hazards.items || hazards.rows || hazards).filter((h) => h.origin_id === id), one, sealed };
  }, visit);
  if (what) check(found.hazards.filter((h) => h.what === what).length === 1, `the hazard stands on the ledger once: ${JSON.stringify(found.hazards.map((h) => h.what))}`);
  check(found.sealed.holds === true, `the seal holds: ${JSON.stringify(found.sealed).slice(0, 300)}`);
  return { ...found, desk };
}

export async function a_shift_without_network_loses_nothing(people) {
  const desk = await people.as('sun');
  await desk.goto('/enterprises?q=hdsn');
  await plan(desk, await desk.evaluate(async () => (await (await fetch('/api/v1/enterprises?q=hdsn')).json()).items[0].id));
  const phone = await Phone.of(people);
  await phone.signIn('ying');
  await phone.received();
  await phone.offline();
  await phone.reopen();
  const clock = Date.now();
  const visit = await begin(phone, '恒达水泥');
  const asked = (await phone.questions()).length;
  const what = `抽查的产品未附质量检验合格证明 ${visit.slice(-6)}`;
  const [, , id] = await phone.questions();
  await find(phone, id, what, 3);
  phone.taps += 1;
  await phone.page.locator(`#q-${id} .f-finding .check`, { hasText: '当场责令改正' }).click();

  // the app is closed in the middle, and everything is there again
  await phone.reopen(`/field/#/visit/${visit}`);
  check((await phone.page.locator(`#q-${id} .f-photo`).count()) === 3, 'three photographs survived');
  check((await phone.page.locator(`#q-${id} .f-finding textarea`).first().inputValue()) === what, 'the words survived');
  await conformTheRest(phone);
  await sign(phone, '张建国（负责人）');
  const item = await seal(phone);
  const seconds = (Date.now() - clock) / 1000;
  figure(`a check of ${asked} questions, 3 photographs, signatures and seal: ${phone.taps} taps, ${Math.round(seconds)} s`);
  // the longest checklist has fewer than the twenty of the goal: each that is lacking counts as a tap
  check(asked >= 15 && phone.taps + Math.max(0, 20 - asked) <= TAPS, `${phone.taps} taps for ${asked} questions are more than ${TAPS}`);
  check(seconds < MINUTES * 60, `${seconds} s are more than ${MINUTES} minutes`);

  await phone.state('离线 · 待发 2');
  await phone.page.goto('/field/#/settings');
  check(await phone.page.getByRole('button', { name: '退出登录' }).isDisabled(), 'nobody signs out with unsent work');

  // the server falls over at the first photograph
  let cuts = 0;
  await phone.context.route('**/api/v1/files/*', async (route) => {
    if (route.request().method() !== 'PATCH' || cuts > 0) return route.continue();
    cuts += 1;
    await people.house.crash();
    return route.abort();
  });
  await phone.offline(false);
  await phone.state(/稍后重试|待发/);
  const before = (await phone.kept('items')).map((i) => i.state);
  check(!before.every((s) => s === 'stored'), 'nothing is called sent that was not');
  await people.house.revive();
  await phone.page.goto('/field/#/outbox');
  await phone.page.getByRole('button', { name: '立即传送' }).click().catch(() => {});
  await phone.page.locator('.f-standing.green', { hasText: '全部送达' }).waitFor({ timeout: 60_000 });
  check(cuts === 1, 'the server fell over in the middle');

  const items = await phone.kept('items');
  check(items.length === 2 && items.every((i) => i.state === 'stored'), `all have their receipt: ${items.map((i) => i.state)}`);
  const photos = await phone.kept('photos');
  check(photos.every((p) => p.freed), 'what was received is freed');
  const { hazards, one } = await atTheDesk(people, visit, what);
  check(one.state === 'done' && one.hazards === 1, 'one visit with one hazard');
  check(hazards.length === 1 && hazards[0].state === 'ordered', `it was ordered to be corrected on the spot: ${hazards.map((h) => h.state)}`);
  check(items.some((i) => i.id === item), 'the item is the one that was sealed');
}

export async function a_store_that_nobody_knew_is_registered_and_visited(people) {
  const phone = await Phone.of(people);
  await phone.signIn('ying');
  await phone.received();
  await phone.offline();
  await phone.page.goto('/field/#/firms');
  await phone.page.getByRole('button', { name: '登记现场新发现的主体' }).click();
  const name = `正定合欢皮五金店${Date.now() % 10000}`;
  await phone.page.getByLabel('名称', { exact: true }).fill(name);
  await phone.page.getByLabel('经营者（负责人）').fill('何欢');
  await phone.page.getByLabel('地址').fill('河北省石家庄市正定县正定镇常山路19号');
  await phone.page.getByRole('button', { name: '封存登记并开始检查' }).click();
  await phone.page.locator('.f-question').first().waitFor();
  const visit = phone.page.url().match(/visit\/([0-9a-f-]{36})/)[1];
  // it sells nothing of the list yet: the product is chosen here
  await phone.page.locator('#choose summary').click();
  await phone.page.locator('#choose select').first().selectOption({ index: 3 });
  await phone.page.locator('.f-question').first().waitFor();
  await conformTheRest(phone);
  await sign(phone, '何欢');
  await seal(phone);
  await phone.offline(false);
  await phone.page.goto('/field/#/outbox');
  await phone.page.locator('.f-standing.green').waitFor({ timeout: 60_000 });
  const { desk, one } = await atTheDesk(people, visit);
  check(one.party === name, 'the visit stands at the new enterprise');
  await desk.goto(`/enterprises/${one.enterprise}`);
  check((await desk.locator('h1').textContent()).includes(name), 'it is on the register');
}

export async function what_is_refused_says_why_and_is_mended(people) {
  const phone = await Phone.of(people);
  await phone.signIn('ying');
  await phone.received();
  const firm = await phone.page.locator('.f-tab').nth(1).click().then(() => phone.page.locator('.f-job h3').last().textContent());
  await phone.offline();
  const visit = await beginUnplanned(phone, firm);
  const [id] = await phone.questions();
  const what = `进货查验记录缺失 ${visit.slice(-6)}`;
  await find(phone, id, what);
  await phone.page.locator(`#q-${id} .f-finding .check`, { hasText: '当场责令改正' }).click();
  await phone.page.locator(`#q-${id} .f-finding input[type=date]`).last().fill('2031-12-31');
  await conformTheRest(phone);
  await sign(phone, '李秀英');
  await seal(phone);
  await phone.offline(false);
  await phone.state('退回 1');
  await phone.page.goto('/field/#/outbox');
  const refused = phone.page.locator('.f-job.red');
  check(/整改期限/.test(await refused.textContent()), `the sentence says what to do: ${await refused.textContent()}`);
  await refused.click();
  await phone.page.getByRole('button', { name: '修改后重新封存' }).click();
  await phone.page.locator('input[type=date]').fill(await phone.page.evaluate(async () => (await import('/field/core/ids.js')).day(3)));
  await phone.page.locator('main .btn.primary').click();
  await phone.page.locator('dialog[open] .btn.primary').click();
  await phone.page.locator('.f-standing.green').waitFor({ timeout: 60_000 });
  const states = (await phone.kept('items')).map((i) => i.state).sort();
  check(states.join() === 'replaced,stored,stored', `the refused one is kept and replaced: ${states}`);
  const { hazards } = await atTheDesk(people, visit, what);
  check(hazards[0].state === 'ordered' && hazards[0].orders === 1, 'ordered once');
}

export async function the_queue_of_a_broken_phone_is_sent_by_another(people) {
  const phone = await Phone.of(people);
  await phone.signIn('bo');
  await phone.received().catch(() => {});
  const firm = await phone.page.locator('.f-tab').nth(1).click().then(() => phone.page.locator('.f-job h3').first().textContent());
  await phone.offline();
  const visit = await beginUnplanned(phone, firm);
  await conformTheRest(phone);
  await sign(phone, '王建军');
  await seal(phone);
  await phone.page.goto('/field/#/settings');
  await phone.page.locator('#export input').fill('shi-jia-zhuang');
  const [file] = await Promise.all([phone.page.waitForEvent('download'), phone.page.getByRole('button', { name: '导出', exact: true }).click()]);
  const path = join(mkdtempSync(join(tmpdir(), 'paicha-queue-')), 'queue.paicha');
  await file.saveAs(path);

  const other = await Phone.of(people);
  await other.signIn('bo');
  await other.page.goto('/field/#/settings');
  await other.page.locator('#export input').fill('not-the-password');
  await other.page.locator('input[type=file]').setInputFiles(path);
  await other.page.locator('.notice.red', { hasText: '密码不正确' }).waitFor();
  await other.page.locator('#export input').fill('shi-jia-zhuang');
  await other.page.locator('input[type=file]').setInputFiles(path);
  await other.page.locator('.notice.green', { hasText: '已导入 1 件' }).waitFor();
  await other.page.goto('/field/#/outbox');
  await other.page.getByRole('button', { name: '立即传送' }).click();
  await other.page.locator('.f-standing.green').waitFor({ timeout: 60_000 });

  // the first phone works again: it sends the same, and it is there once
  await phone.offline(false);
  await phone.page.goto('/field/#/outbox');
  await phone.page.locator('.f-standing.green').waitFor({ timeout: 60_000 });
  const [item] = await phone.kept('items');
  check(item.receipt.outcome === 'known', `the server had it: ${item.receipt.outcome}`);
  await atTheDesk(people, visit);
}

export async function two_who_share_a_phone_do_not_see_each_others_work(people) {
  const phone = await Phone.of(people);
  await phone.signIn('ying');
  await phone.received();
  await begin(phone);
  await phone.page.locator('.f-answer.conforms').first().click();
  await phone.page.goto('/field/#/settings');
  check(await phone.page.getByRole('button', { name: '退出登录' }).isDisabled(), 'a draft is work as well');
  await phone.page.getByRole('button', { name: '换人使用' }).click();
  await phone.page.locator('[name=login]').waitFor();
  await phone.page.fill('[name=login]', 'bo');
  await phone.page.fill('[name=password]', 'paicha-demo');
  await phone.page.click('main form button.primary');
  await phone.page.locator('.f-tabs').waitFor();
  await phone.state('已同步');
  check((await phone.kept('drafts')).length === 0, 'Bo has no draft');
  await phone.page.goto('/field/#/settings');
  await phone.page.getByRole('button', { name: '退出登录' }).click();
  await phone.page.locator('button', { hasText: '应红' }).click();
  await phone.page.locator('.f-tabs').waitFor();
  check((await phone.kept('drafts')).length === 1, 'Ying goes on with hers');
}

export async function a_session_that_ends_loses_nothing(people) {
  const phone = await Phone.of(people);
  await phone.signIn('ying');
  await phone.received();
  const firm = await phone.page.locator('.f-tab').nth(1).click().then(() => phone.page.locator('.f-job h3').first().textContent());
  await phone.page.evaluate(async () => (await import('/field/core/http.js')).request('DELETE', '/api/v1/sessions/current'));
  const visit = await beginUnplanned(phone, firm);
  await conformTheRest(phone);
  await sign(phone, '赵丽华');
  await seal(phone);
  await phone.state('请登录');
  await phone.page.goto('/field/#/sign-in');
  await phone.page.fill('[name=password]', 'paicha-demo');
  await phone.page.click('main form button.primary');
  await phone.state('已同步');
  check((await phone.kept('items')).every((i) => i.state === 'stored'), 'it was sent after signing in again');
  await atTheDesk(people, visit);
}

export async function a_browser_that_is_killed_loses_nothing(people) {
  const profile = mkdtempSync(join(tmpdir(), 'paicha-profile-'));
  const first = await openBrowser(profile, people.house.url);
  const page = first.page;
  await page.goto('/field/');
  await page.fill('[name=login]', 'ying');
  await page.fill('[name=password]', 'paicha-demo');
  await page.click('main form button.primary');
  await page.locator('.f-job .f-job-to').first().click();
  await page.locator('main a.btn').first().click();
  await page.locator('.f-question').first().waitFor();
  const visit = page.url().match(/visit\/([0-9a-f-]{36})/)[1];
  await page.locator('.f-answer.conforms').first().click();
  await page.locator('.f-answer.fails').nth(1).click();
  await page.locator('.f-finding .f-camera input').first().setInputFiles(await photo(people, 'killed'));
  await page.locator('.f-finding .f-photo').first().waitFor();
  await page.locator('.f-finding textarea').first().pressSequentially('写到一半', { delay: 150 });
  await first.kill();

  const second = await openBrowser(profile, people.house.url);
  try {
    await second.context.setOffline(true);
    await second.page.goto(`/field/#/visit/${visit}`);
    await second.page.locator('.f-question').first().waitFor();
    check(await second.page.locator('.f-answer.conforms input').first().isChecked(), 'the answer is there');
    check((await second.page.locator('.f-finding .f-photo').count()) === 1, 'the photograph is there');
    const words = await second.page.locator('.f-finding textarea').first().inputValue();
    check('写到一半'.startsWith(words) && words.length >= 3, `at most the last letter is lost: ${words}`);
  } finally {
    await second.kill();
    rmSync(profile, { recursive: true, force: true });
  }
}

export async function a_hazard_is_checked_again_on_site(people) {
  const desk = await people.as('sun');
  await desk.goto('/hazards');
  const hazard = await desk.evaluate(async () => (await (await fetch('/api/v1/hazards?state=submitted&limit=50')).json()).items[0]);
  await plan(desk, hazard.enterprise);
  const phone = await Phone.of(people);
  await phone.signIn('ying');
  await phone.state('已同步');
  await phone.offline();
  await phone.page.goto(`/field/#/firm/${hazard.enterprise}`);
  await inspect(phone.page, 'card with hazards');
  await phone.page.locator(`#z-${hazard.id} .btn`, { hasText: '复查通过' }).click();
  await phone.page.locator('main textarea').fill('现场复核，已按要求整改。');
  await phone.photograph('main', '复查');
  await phone.page.getByRole('button', { name: '封存', exact: true }).click();
  await phone.page.locator('dialog[open] .btn.primary').click();
  await phone.page.locator('.f-standing.orange').waitFor();
  await phone.page.goto(`/field/#/firm/${hazard.enterprise}`);
  check((await phone.page.locator(`#z-${hazard.id} .btn`).count()) === 0, 'what is under way is not done twice');
  await phone.offline(false);
  await phone.page.goto('/field/#/outbox');
  await phone.page.locator('.f-standing.green').waitFor({ timeout: 60_000 });
  await desk.goto(`/hazards/${hazard.id}`);
  await desk.locator('header.head .chip', { hasText: '待销号' }).waitFor();
  check((await desk.locator('ul.evidence li').count()) > 0, 'with its photograph');
}
