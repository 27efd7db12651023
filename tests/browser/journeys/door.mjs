// At the door: signing in, the language, the search box.
import { check, signIn } from '../people.mjs';

export async function a_wrong_password_opens_nothing(people) {
  const page = await people.nobody();
  page.expected.add(401).add(422);
  await signIn(page, 'auditor', 'not-the-password');
  await page.locator('main .notice.red, main .errors, main [role=alert], main [aria-invalid]').first().waitFor();
  check((await page.inputValue('[name=login]')) === 'auditor', 'the login that was typed is kept');
  check((await page.inputValue('[name=password]')) === '', 'the password is not');
  await page.goto('/hazards');
  check(page.url().includes('/sign-in'), 'nobody sees the ledger');
}

export async function after_signing_in_one_stands_where_one_wanted_to_go(people) {
  const page = await people.nobody();
  await page.goto('/hazards?state=closed');
  await page.fill('[name=login]', 'sun');
  await page.fill('[name=password]', 'paicha-demo');
  await page.click('main button.primary');
  await page.waitForURL('**/hazards?state=closed');
}

export async function the_language_is_switched_on_the_spot(people) {
  const page = await people.as('sun');
  await page.goto('/hazards');
  check((await page.locator('h1').textContent()) === '隐患台账', 'Chinese first');
  await page.click('form[action="/language"] button');
  await page.locator('h1', { hasText: 'Hazard ledger' }).waitFor();
  check((await page.getAttribute('html', 'lang')) === 'en', 'the page says its language');
  check(page.url().endsWith('/hazards'), 'one stays where one was');
  await page.click('form[action="/language"] button');
  await page.locator('h1', { hasText: '隐患台账' }).waitFor();
}

export async function initials_find_an_enterprise(people) {
  const page = await people.as('sun');
  await page.goto('/');
  await page.fill('form.find input[name=q]', 'hdsn');
  await page.press('form.find input[name=q]', 'Enter');
  await page.locator('main a', { hasText: '恒达水泥' }).first().waitFor();
  const other = await people.as('tang');
  await other.goto('/search?q=hdsn');
  check((await other.locator('main a', { hasText: '恒达水泥' }).count()) === 0, 'another county does not find it');
}

export async function signing_out_closes_the_door(people) {
  const page = await people.nobody();
  await signIn(page, 'hua');
  await page.click('details.menu summary');
  await page.click('form[action="/sign-out"] button');
  await page.waitForURL('**/sign-in*');
  await page.goto('/');
  check(page.url().includes('/sign-in'), 'the session has ended');
}
