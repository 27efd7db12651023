// The app without a finger: a whole visit by keyboard, from signing in to the receipt. Nothing is clicked, and the focus goes
// where Tab takes it.
import { Phone } from '../field.mjs';
import { check, photo } from '../people.mjs';

/** Steps of Tab from one thing to the next at the most. */
const FAR = 40;

/** What has the focus: whether it is what is looked for, whether it can be seen, whether it has a name. */
function focused(page, where) {
  return page.evaluate((selector) => {
    const el = document.activeElement;
    if (!el || el === document.body) return { is: false, fault: '' };
    const shown = el.closest('label') || el;
    const box = shown.getBoundingClientRect();
    const [x, y] = [box.left + Math.min(box.width / 2, 160), box.top + Math.min(box.height / 2, 20)];
    const over = document.elementFromPoint(x, y);
    const seen = over && (shown.contains(over) || over.contains(shown));
    const name = el.getAttribute('aria-label') || el.getAttribute('aria-labelledby') || el.textContent.trim() || el.labels?.[0]?.textContent.trim();
    const what = `<${el.tagName.toLowerCase()} ${el.id || el.name || el.className}>`;
    const fault = !seen ? `${what} has the focus and is hidden at ${Math.round(x)},${Math.round(y)}` : name ? '' : `${what} has no name`;
    return { is: el.matches(selector), fault };
  }, where);
}

/** Goes on with Tab until the focus is on `where`. Whatever it passes can be seen and has a name. */
async function tabTo(page, where, most = FAR) {
  await page.locator(where).first().waitFor({ state: 'attached' });
  for (let n = 0; n <= most; n += 1) {
    const { is, fault } = await focused(page, where);
    check(!fault, fault);
    if (is) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`after ${most} steps of Tab ${where} has not been reached`);
}

async function press(page, where, key = 'Enter', most = FAR) {
  await tabTo(page, where, most);
  await page.keyboard.press(key);
}

/** Signs by typing the name: the drawing is for fingers. */
async function sign(page, who, name) {
  await press(page, `#sign-${who} button.btn`);
  await page.locator('dialog[open]').waitFor();
  if (name) {
    await tabTo(page, 'dialog[open] .field input');
    await page.keyboard.type(name);
  }
  await press(page, 'dialog[open] input[type=checkbox]', 'Space');
  await press(page, 'dialog[open] .btn.primary');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await page.locator(`#sign-${who} .f-signed`).waitFor();
  const { is } = await focused(page, `#sign-${who} button.btn`);
  check(is, `after signing the focus is back where it was: ${who}`);
}

export async function a_whole_visit_is_made_by_keyboard_alone(people) {
  const phone = await Phone.of(people);
  const { page } = phone;
  await page.goto('/field/');
  await tabTo(page, '[name=login]');
  await page.keyboard.type('ying');
  await page.keyboard.press('Tab');
  await page.keyboard.type('paicha-demo');
  await page.keyboard.press('Enter');
  await phone.received();
  await press(page, '.f-job-to');
  await page.locator('.f-head').waitFor();
  await press(page, 'main a.btn.primary');
  await page.locator('.f-question').first().waitFor();

  // the first does not conform: photographed, described, ordered to be corrected
  const [first, ...rest] = await phone.questions();
  await press(page, `#q-${first} input[type=radio]`, 'Space');
  await page.keyboard.press('ArrowRight');
  check(await page.locator(`#q-${first} input[value=fails]`).isChecked(), 'arrows choose an answer');
  const problem = page.locator(`#q-${first} .f-finding > .field select`);
  if (await problem.count()) await press(page, `#q-${first} .f-finding > .field select`, 'ArrowDown');
  await tabTo(page, `#q-${first} .f-camera input`);
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')]);
  await chooser.setFiles(await photo(people, 'keyboard'));
  await page.locator(`#q-${first} .f-photo`).waitFor();
  await tabTo(page, `#q-${first} .f-finding > .field textarea`);
  await page.keyboard.type('包装袋未标注许可证编号');
  await press(page, `#q-${first} .f-finding div > .check:last-of-type input`, 'Space');
  check(await page.locator(`#q-${first} input[type=date]`).last().isVisible(), 'the order asks for its day');

  for (const id of rest) await press(page, `#q-${id} input[type=radio]`, 'Space');
  check((await page.locator('.f-question input[value=conforms]:checked').count()) === rest.length, 'all others conform');
  await press(page, '.f-next a');
  await page.locator('.f-steps li:nth-child(2).now').waitFor();
  await press(page, '.f-next a');
  await press(page, '#credentials input', 'Space');
  await sign(page, 'me');
  const second = page.locator('#second select');
  if (!(await second.inputValue())) {
    await press(page, '#second select', 'ArrowDown');
    await page.locator('#sign-second').waitFor();
  }
  await sign(page, 'second');
  await sign(page, 'party', '李秀英');
  await press(page, '.f-next a');
  await press(page, '.f-seal');
  await page.locator('dialog[open]').waitFor();
  await press(page, 'dialog[open] .btn.primary');
  await page.waitForURL('**/#/item/*');
  await phone.state('已同步');
  const items = await phone.kept('items');
  check(items.length === 2 && items.every((i) => i.state === 'stored'), `the record and its order are there: ${items.map((i) => i.state)}`);
}
