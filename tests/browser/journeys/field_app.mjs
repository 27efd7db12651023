// The field app as an app: light, there without a network, readable in the sun, usable without a finger.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Phone, figure, inspect } from '../field.mjs';
import { check } from '../people.mjs';
import { scenes } from '../scenes.mjs';
import { plan } from '../shift.mjs';

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

/** Both languages and both themes, crossed once. */
const LOOKS = [['zh-CN', ''], ['en-US', 'sunlight']];

export async function every_screen_can_be_read_and_reached(people) {
  const pictures = mkdtempSync(join(tmpdir(), 'paicha-field-'));
  const desk = await people.as('sun');
  await desk.goto('/hazards');
  await plan(desk, await desk.evaluate(async () => (await (await fetch('/api/v1/hazards?state=submitted&limit=50')).json()).items[0].enterprise));
  for (const [lang, theme] of LOOKS) {
    const phone = await Phone.of(people, { lang });
    const screen = `${lang.slice(0, 2)} ${theme || 'plain'}`;
    let seen = 0;
    for await (const name of scenes(phone)) {
      await phone.page.evaluate((to) => { document.documentElement.dataset.theme = to; }, theme);
      await inspect(phone.page, `${name} ${screen}`);
      seen += 1;
      await phone.page.screenshot({ path: join(pictures, `${screen} ${String(seen).padStart(2, '0')} ${name}.png`) });
    }
    check((await phone.page.getAttribute('html', 'lang')) === (lang === 'zh-CN' ? 'zh-CN' : 'en'), 'the page says its language');
    check(seen >= 30, `${seen} screens`);
    await phone.context.close();
  }
  console.log(`       pictures: ${pictures}`);
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
