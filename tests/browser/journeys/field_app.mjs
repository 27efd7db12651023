// The field app as an app: light, there without a network, readable in the sun, usable without a finger.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Phone, figure, inspect } from '../field.mjs';
import { check } from '../people.mjs';

const VIEWS = ['', 'firms', 'outbox', 'settings'];

export async function the_shell_is_light_and_whole(people) {
  const phone = await Phone.of(people);
  await phone.page.goto('/field/');
  await phone.page.locator('[name=login]').waitFor();
  await phone.page.evaluate(() => navigator.serviceWorker.ready);
  const worker = await (await phone.context.request.get('/field/sw.js')).text();
  const shell = JSON.parse(worker.slice('const SHELL = '.length, worker.indexOf(';\n')));
  let bytes = gzipSync(worker).length;
  for (const [path] of shell.files) bytes += gzipSync(await (await phone.context.request.get(path)).body()).length;
  figure(`the shell has ${(bytes / 1000).toFixed(0)} KB compressed in ${shell.files.length} files`);
  check(bytes < 300_000, `the shell has ${bytes} bytes compressed`);
  const headers = (await phone.context.request.get('/field/')).headers();
  check(!/unsafe-inline|unsafe-eval[^-]*$/.test(headers['content-security-policy'].replace('wasm-unsafe-eval', '')), 'no script but its own');
}

export async function without_a_network_it_is_there_within_a_second(people) {
  const phone = await Phone.of(people);
  await phone.signIn('ying');
  await phone.received();
  await phone.offline();
  await phone.page.close();
  phone.page = await phone.context.newPage();
  const slow = await phone.context.newCDPSession(phone.page);
  await slow.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  await phone.page.goto('/field/');
  await phone.page.locator('.f-job').first().waitFor();
  const paint = await phone.page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
  figure(`first paint offline at a sixth of the speed: ${Math.round(paint)} ms`);
  check(paint < 1000, `the first paint took ${paint} ms`);
}

export async function every_view_can_be_read_and_reached(people) {
  const pictures = mkdtempSync(join(tmpdir(), 'paicha-field-'));
  for (const lang of ['zh-CN', 'en-US']) {
    const phone = await Phone.of(people, { lang, scale: 2 });
    await phone.page.goto('/field/');
    await phone.page.locator('[name=login]').waitFor();
    await inspect(phone.page, `sign-in ${lang}`);
    await phone.signIn('ying');
    await phone.received();
    check((await phone.page.getAttribute('html', 'lang')) === (lang === 'zh-CN' ? 'zh-CN' : 'en'), 'the page says its language');
    for (const theme of ['', 'sunlight']) {
      await phone.page.evaluate((name) => { document.documentElement.dataset.theme = name; }, theme);
      for (const view of VIEWS) {
        await phone.page.evaluate((to) => { location.hash = `#/${to}`; }, view);
        await phone.page.locator(`.f-tabs a[href="#/${view}"][aria-current]`).waitFor();
        await inspect(phone.page, `${view || 'day'} ${lang} ${theme}`);
        await phone.page.screenshot({ path: join(pictures, `${view || 'day'}-${lang.slice(0, 2)}-${theme || 'plain'}.png`) });
      }
    }
    await phone.page.goto('/field/#/');
    await phone.page.locator('.f-job .f-job-to').first().click();
    await phone.page.locator('.f-head').waitFor();
    await inspect(phone.page, `card ${lang}`);
    await phone.page.locator('main a.btn').first().click();
    for (const step of [1, 2, 3, 4]) {
      await phone.page.locator(`.f-steps li:nth-child(${step}) a`).click();
      await phone.page.locator(`.f-steps li:nth-child(${step}).now`).waitFor();
      if (step === 1) await phone.page.locator('.f-answer.fails').first().click();
      await inspect(phone.page, `step ${step} ${lang}`);
      await phone.page.screenshot({ path: join(pictures, `step-${step}-${lang.slice(0, 2)}.png`) });
    }
    await phone.context.close();
  }
  console.log(`       pictures: ${pictures}`);
}

export async function it_works_by_keyboard_alone(people) {
  const phone = await Phone.of(people);
  await phone.page.goto('/field/');
  await phone.page.locator('[name=login]').focus();
  await phone.page.keyboard.type('ying');
  await phone.page.keyboard.press('Tab');
  await phone.page.keyboard.type('paicha-demo');
  await phone.page.keyboard.press('Enter');
  await phone.received();
  await phone.page.locator('.f-job-to').first().focus();
  await phone.page.keyboard.press('Enter');
  await phone.page.locator('.f-head').waitFor();
  await phone.page.locator('main a.btn').first().focus();
  await phone.page.keyboard.press('Enter');
  await phone.page.locator('.f-question').first().waitFor();
  await phone.page.locator('.f-question input[type=radio]').first().focus();
  await phone.page.keyboard.press('Space');
  await phone.page.keyboard.press('ArrowRight');
  check(await phone.page.locator('.f-question').first().locator('input[value=fails]').isChecked(), 'arrows choose an answer');
  await phone.page.keyboard.press('ArrowLeft');
  await phone.page.locator('.f-steps li:nth-child(3) a').focus();
  await phone.page.keyboard.press('Enter');
  await phone.page.locator('#sign-me button').focus();
  await phone.page.keyboard.press('Enter');
  await phone.page.locator('dialog[open] input[type=checkbox]').focus();
  await phone.page.keyboard.press('Space');
  await phone.page.locator('dialog[open] .btn.primary').focus();
  await phone.page.keyboard.press('Enter');
  await phone.page.locator('#sign-me .f-signed').waitFor();
}

export async function codes_are_read_without_the_browsers_help(people) {
  const phone = await Phone.of(people);
  await phone.signIn('ying');
  await phone.received();
  const native = await phone.page.evaluate(async () => (await import('/field/core/scan.js')).isNative());
  // the worker fetches the reader while there is network
  if (!native) await phone.page.waitForFunction(async () => Boolean(await caches.match('/field/scanner/zxing_reader.wasm')));
  await phone.offline();
  await phone.page.goto('/field/#/firms');
  await phone.page.getByRole('button', { name: '扫码' }).click();
  await phone.page.locator('dialog[open] input[type=file]').setInputFiles({ name: 'qr.png', mimeType: 'image/png', buffer: await code(people) });
  await phone.page.locator('dialog[open]').waitFor({ state: 'detached' });
  check((await phone.page.locator('.f-search input').inputValue()) === 'XK08-001-00321', 'the code was read');
}

/** A QR code of version 1 that says XK08-001-00321, row by row. */
const ROWS = [
  '#######.#####.#######',
  '#.....#.##.##.#.....#',
  '#.###.#..###..#.###.#',
  '#.###.#..#.##.#.###.#',
  '#.###.#.#...#.#.###.#',
  '#.....#.#.#...#.....#',
  '#######.#.#.#.#######',
  '........####.........',
  '###..##.#########..##',
  '#..#...#.##........#.',
  '..#.######...########',
  '##..#...#.#.##.#....#',
  '#####.###....#..#.#..',
  '........#.##...##..#.',
  '#######..####.###.#.#',
  '#.....#.####.#.######',
  '#.###.#..#####...##.#',
  '#.###.#......##..##..',
  '#.###.#.##...####.###',
  '#.....#.#.#.#....#..#',
  '#######.#.#..########',
];

async function code(people) {
  const context = await people.browser.newContext({ viewport: { width: 400, height: 400 } });
  const page = await context.newPage();
  await page.setContent('<body style="margin:0"><canvas width="400" height="400"></canvas>');
  await page.evaluate((rows) => {
    const side = 400 / (rows.length + 8);
    const pen = document.querySelector('canvas').getContext('2d');
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, 400, 400);
    pen.fillStyle = '#000';
    rows.forEach((row, y) => [...row].forEach((cell, x) => { if (cell === '#') pen.fillRect((x + 4) * side, (y + 4) * side, side + 0.5, side + 0.5); }));
  }, ROWS);
  const buffer = await page.screenshot();
  await context.close();
  return buffer;
}
