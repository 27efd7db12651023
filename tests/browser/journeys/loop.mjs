// The closed loop, by the hands that it takes.
import { act, check, inDays, photo } from '../people.mjs';

export async function the_closed_loop_of_a_hazard(people) {
  const ying = await people.as('ying');
  // what the county may close out itself, whatever else has been found in the meantime
  await ying.goto('/hazards?state=registered&severity=general');
  await ying.locator('tr', { hasText: '恒达水泥' }).locator('a').first().click();
  await ying.locator('ol.steps').waitFor();
  const address = new URL(ying.url()).pathname;

  await act(ying, 'order', { due: inDays(10), demand: '请于期限内整改并提交照片。' }, '责令整改');
  const wei = await people.as('wei', { size: { width: 360, height: 740 } });
  await wei.goto(address);
  const files = [await photo(people, 'before'), await photo(people, 'after')];
  await act(wei, 'submit', { measure: '已补齐记录并培训人员。', 'evidence[]': files }, '待复查');
  check((await wei.locator('ul.evidence li').count()) === 3, 'the finding and both photographs are evidence');

  const bo = await people.as('bo');
  await bo.goto(address);
  await bo.locator('ul.evidence img').last().waitFor();
  await act(bo, 'verify', { note: '现场复查合格。' }, '待销号');
  const sun = await people.as('sun');
  await sun.goto(address);
  await act(sun, 'close', { handling: 'no_case', note: '同意销号。' }, '已销号');
  const qian = await people.as('qian');
  await qian.goto(address);
  await act(qian, 'draw_look_back', { due: inDays(20) }, '回头看中');
  const hua = await people.as('hua');
  await hua.goto(address);
  await act(hua, 'pass_look_back', { note: '未发现反弹。' }, '回头看通过');

  const told = await hua.locator('ol.timeline li').count();
  check(told >= 7, `the page tells all of it: ${told} moments`);
  const stranger = await people.as('stranger');
  stranger.expected.add(404);
  const answer = await stranger.goto(address);
  check(answer.status() === 404, 'whoever works elsewhere does not see it');
}

export async function a_refusal_stands_beside_its_field_and_loses_nothing(people) {
  const page = await people.as('ying');
  page.expected.add(422);
  await page.goto('/hazards?state=registered');
  await page.locator('main table.rows tbody a').first().click();
  const fold = page.locator('details.act').filter({ has: page.locator('input[value=order]') });
  await fold.locator('[name=due]').fill(inDays(-3));
  await fold.locator('[name=demand]').fill('立即停止使用并送检。');
  await fold.locator('form button.btn').last().click();
  await page.locator('[name=due][aria-invalid]').waitFor();
  check((await page.locator('[name=demand]').first().inputValue()) === '立即停止使用并送检。', 'what was typed is kept');
}

export async function what_was_typed_survives_a_dead_line(people) {
  const page = await people.as('bo');
  await page.goto('/hazards?state=submitted');
  await page.locator('main table.rows tbody a').first().click();
  const note = () => page.locator('form').filter({ has: page.locator('input[value=verify]') }).locator('[name=note]');
  await note().fill('看了库房，没有旧包装。');
  await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.startsWith('kept:')));
  await page.reload();
  check((await note().inputValue()) === '看了库房，没有旧包装。', 'it is there again');
}
