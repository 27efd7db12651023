// Without scripts everything works; it is only less comfortable.
import { check, photo, signIn } from '../people.mjs';

export async function without_scripts_a_hazard_is_verified(people) {
  const page = await people.nobody({ scripts: false, size: { width: 360, height: 740 } });
  await signIn(page, 'bo');
  await page.goto('/hazards?state=submitted&sort=due');
  await page.locator('main table.rows tbody a').first().click();
  const form = page.locator('form').filter({ has: page.locator('input[value=verify]') });
  if (!(await form.isVisible())) await page.locator('details.act summary').first().click();
  await form.locator('[name=note]').fill('现场复查，整改到位。');
  await form.locator('[type=file]').setInputFiles(await photo(people, 'verified'));
  await form.locator('button.btn').last().click();
  await page.locator('header.head .chip', { hasText: '待销号' }).waitFor();
  check((await page.locator('ul.evidence img').count()) > 1, 'the photograph is among the evidence');

  await page.goto('/hazards');
  await page.locator('label[for=filters-fold]').click();
  await page.locator('form.filters select[name=state]').selectOption('verified');
  await page.locator('form.filters button.primary').click();
  await page.waitForURL(/state=verified/);
  check((await page.locator('main table.rows tbody tr').count()) > 0, 'the ledger is filtered');
  await page.locator('a[href="#menu"]').click();
  await page.locator('#menu a[href="/inspections"]').click();
  await page.locator('h1', { hasText: '现场检查' }).waitFor();
  await page.locator('form[action="/language"] button').click();
  await page.locator('h1', { hasText: 'Inspections' }).waitFor();
}
