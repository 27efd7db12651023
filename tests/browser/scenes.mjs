// Every screen of the field app, one after another, as somebody meets them on a day with one visit: whoever looks at them
// says what they want of each.
import { conformTheRest, find, seal, sign } from './shift.mjs';

/** Goes from screen to screen on a phone on which nobody has signed in; gives the name of each. */
export async function* scenes(phone) {
  const { page } = phone;
  const at = async (hash, what) => {
    await page.evaluate((to) => { location.hash = to; }, `#/${hash}`);
    await page.locator(what).first().waitFor();
  };
  const closed = () => page.locator('dialog[open]').waitFor({ state: 'detached' });
  await page.goto('/field/');
  await page.locator('[name=login]').waitFor();
  yield 'sign-in';
  await phone.signIn('ying');
  await phone.received();
  yield 'day';
  await page.locator('.f-tab').nth(1).click();
  await page.locator('.f-tab:nth-child(2)[aria-pressed=true]').waitFor();
  yield 'day-all';
  await page.locator('.f-tab').first().click();
  yield* register(phone, at, closed);
  yield* hazard(phone, at);
  yield* visit(phone, at, closed);
  yield* queue(phone, at);
}

async function* register({ page }, at, closed) {
  await at('firms', '.f-search');
  yield 'firms';
  await page.fill('.f-search input', '没有这样的企业');
  await page.locator('.f-empty').waitFor();
  yield 'firms-none';
  await page.locator('.f-bar .btn').click();
  await page.locator('dialog[open] .notice').waitFor();
  yield 'scanner';
  await page.keyboard.press('Escape');
  await closed();
  await page.locator('main > .btn.f-wide').click();
  await page.locator('.f-with').waitFor();
  yield 'newcomer';
  await page.locator('main > .btn.primary').click();
  await page.locator('main > div .notice').waitFor();
  yield 'newcomer-missing';
  await page.evaluate(async () => {
    const { drop, list } = await import('/field/core/drafts.js');
    for (const draft of await list()) await drop(draft.id);
  });
}

async function* hazard({ page }, at) {
  const found = await page.evaluate(async () => (await (await import('/field/core/db.js')).all('hazards')).find((z) => ['submitted', 'registered', 'reopened'].includes(z.state)));
  if (!found) return;
  await at(`firm/${found.enterprise}`, `#z-${found.id}`);
  yield 'card-hazards';
  for (const verb of found.state === 'submitted' ? ['verify', 'reject'] : ['order', 'correct_on_spot']) {
    await at(`hazard/${found.id}/${verb}`, 'main textarea');
    yield `hazard-${verb}`;
    await page.locator('main .btn.link').click();
    await page.locator('.f-head').waitFor();
  }
}

async function* visit(phone, at, closed) {
  const { page } = phone;
  await at('', '.f-job .f-job-to');
  await page.locator('.f-job .f-job-to').first().click();
  await page.locator('.f-head').waitFor();
  yield 'card';
  await page.locator('main > .stack button.f-wide').last().click();
  await page.locator('.f-question').first().waitFor();
  const [id] = page.url().match(/[0-9a-f-]{36}/);
  yield 'check';
  const [first, second, third] = await phone.questions();
  await page.locator('#choose summary').click();
  yield 'check-choose';
  await page.locator('#choose summary').click();
  await page.locator(`#q-${second} .f-how summary`).click();
  yield 'check-help';
  await phone.answer(third, 'not_checked');
  await phone.answer(second, 'not_applicable');
  await find(phone, first, '包装袋未标注生产许可证编号，现场清点12袋');
  await page.locator(`#q-${first} .f-finding > div:last-child input[type=checkbox]`).last().check();
  await page.locator(`#q-${first} input[type=date]`).last().fill('2031-12-31');
  yield 'check-finding';
  await page.locator(`#q-${third} textarea`).fill('设备正在检修');
  await page.locator('.f-rest').first().click();
  await page.locator('dialog[open]').waitFor();
  yield 'check-section';
  await page.keyboard.press('Escape');
  await closed();
  await page.locator('.f-sticky .f-tab').nth(1).click();
  await page.locator('.f-single').waitFor();
  yield 'check-single';
  await page.locator('.f-sticky .f-tab').first().click();
  await at(`visit/${id}/seal`, '.f-missing');
  yield 'seal-missing';
  await at(`visit/${id}/check`, '.f-question');
  await conformTheRest(phone);
  await at(`visit/${id}/findings`, '.f-steps li:nth-child(2).now');
  yield 'findings';
  await page.locator('main .f-wide:not(.primary)').click();
  await page.locator('main li .f-finding').waitFor();
  yield 'findings-beside';
  await page.locator('main li > .btn.link').click();
  await page.locator('main li .f-finding').waitFor({ state: 'detached' });
  await at(`visit/${id}/sign`, '#sign-party');
  yield 'sign';
  await page.locator('#sign-party button').click();
  await page.locator('dialog[open] canvas').waitFor();
  yield 'sign-pad';
  await page.keyboard.press('Escape');
  await closed();
  await sign(phone, '李秀英');
  yield 'signed';
  await at(`visit/${id}/seal`, '.f-seal');
  yield 'seal';
  await page.locator('.f-seal').click();
  await page.locator('dialog[open]').waitFor();
  yield 'seal-sure';
  await page.keyboard.press('Escape');
  await closed();
  await phone.offline();
  await seal(phone);
  yield 'item-waiting';
  await page.locator('#confirm-code summary').click();
  yield 'item-code';
}

async function* queue(phone, at) {
  const { page } = phone;
  await at('outbox', '.f-standing.orange');
  yield 'outbox-waiting';
  await phone.offline(false);
  await page.locator('.f-standing.red').waitFor({ timeout: 60_000 });
  yield 'outbox-refused';
  await page.locator('.f-job.red .f-job-to').click();
  await page.locator('.notice.red').waitFor();
  yield 'item-refused';
  await at('outbox', '.f-job.green');
  await page.locator('.f-job.green .f-job-to').first().click();
  await page.locator('.notice.green').waitFor();
  yield 'item-stored';
  await at('confirm', 'main textarea');
  yield 'confirm';
  await at('settings', '#export');
  yield 'settings';
}
