// A phone with the field app in somebody's hands. Taps are counted; the camera is a file that nobody has handed in before.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { check, photo } from './people.mjs';

const AXE = readFileSync(join(import.meta.dirname, 'node_modules/axe-core/axe.min.js'), 'utf8');
const SIZE = { width: 360, height: 800 };
const PLACE = { longitude: 114.5701, latitude: 38.1465 };

/** A figure that was measured: said, and with PAICHA_LONG kept for docs/performance.md (see `bench`). */
export function figure(text) {
  console.log(`       ${text}`);
  if (!process.env.PAICHA_LONG) return;
  const place = join(import.meta.dirname, '../../target/bench');
  mkdirSync(place, { recursive: true });
  const file = join(place, 'browser.md');
  const head = '\n## The field app in Chromium\n\n`PAICHA_LONG=1 tests/browser/run field`, then any part of `bench`.\n\n';
  const subject = text.split(/[:,]/)[0];
  const before = existsSync(file) ? readFileSync(file, 'utf8').slice(head.length).split('\n').filter((l) => l && !l.startsWith(`* ${subject}`)) : [];
  writeFileSync(file, `${head}${[...before, `* ${text}`].join('\n')}\n`);
}

export class Phone {
  /** @returns a phone on which nobody has signed in yet */
  static async of(people, how = {}) {
    const page = await people.nobody({ size: SIZE, ...how });
    const phone = new Phone();
    Object.assign(phone, { people, context: page.context(), page, taps: 0 });
    await phone.context.grantPermissions(['geolocation']);
    await phone.context.setGeolocation(PLACE);
    // what a broken line does to requests is part of the story
    page.expected.add(401).add(404).add(409).add(502).add(503);
    return phone;
  }

  async signIn(login) {
    await this.page.goto('/field/');
    await this.page.fill('[name=login]', login);
    await this.page.fill('[name=password]', 'paicha-demo');
    await this.page.click('main form button.primary');
    await this.page.locator('.f-tabs').waitFor();
    // the app is on the device once its worker is in charge
    await this.page.evaluate(() => navigator.serviceWorker.ready);
  }

  async received() {
    await this.state(/已同步|In step/);
    await this.page.locator('.f-job').first().waitFor();
  }

  /** Waits until the line at the top says so. */
  async state(what) {
    await this.page.locator('#state', { hasText: what }).waitFor({ timeout: 60_000 });
  }

  /** Waits until so many items are there and all of them have their receipt. */
  async delivered(n) {
    await this.page.waitForFunction(async (wanted) => {
      const items = await (await import('/field/core/db.js')).all('items');
      return items.length === wanted && items.every((i) => i.state === 'stored');
    }, n, { timeout: 60_000 });
  }

  offline(is = true) {
    return this.context.setOffline(is);
  }

  /** Closes the app and opens it again, without any help of the page. */
  async reopen(address = '/field/') {
    await this.page.close();
    this.page = await this.context.newPage();
    this.page.who = 'the field app';
    this.page.expected = new Set([401, 404, 409, 502, 503]);
    this.people.watch(this.page);
    await this.page.goto(address);
    await this.page.locator('.f-tabs, .f-steps').first().waitFor();
  }

  async tap(what) {
    this.taps += 1;
    await (typeof what === 'string' ? this.page.locator(what).first() : what).click();
  }

  /** Answers a question as it stands in the list. */
  async answer(id, code) {
    this.taps += 1;
    await this.page.locator(`#q-${id} .f-answer.${code}`).click();
  }

  /** Takes a photograph with the camera under `where`. */
  async photograph(where, what) {
    this.taps += 1;
    const taken = this.page.locator(`${where} .f-photo`);
    const before = await taken.count();
    await this.page.locator(`${where} .f-camera input[type=file]`).first().setInputFiles(await photo(this.people, what));
    await taken.nth(before).waitFor();
  }

  /** Signs on the screen: a few strokes. */
  async sign(who, name) {
    await this.tap(`#sign-${who} button.btn`);
    const pad = this.page.locator('dialog[open] canvas');
    if (name) await this.page.fill('dialog[open] .field input', name);
    const box = await pad.boundingBox();
    const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
    await this.page.mouse.move(...at(0.15, 0.6));
    await this.page.mouse.down();
    for (const [x, y] of [[0.3, 0.25], [0.4, 0.7], [0.55, 0.3], [0.7, 0.65], [0.85, 0.4]]) await this.page.mouse.move(...at(x, y), { steps: 4 });
    await this.page.mouse.up();
    await this.tap(this.page.locator('dialog[open] .btn.primary'));
    await this.page.locator(`#sign-${who} .f-signed`).waitFor();
  }

  /** The ids of the questions on the screen. */
  questions() {
    return this.page.locator('.f-question').evaluateAll((all) => all.map((q) => q.id.slice(2)));
  }

  /** What the device holds of a store of whoever is signed in. */
  kept(store) {
    return this.page.evaluate(async (name) => {
      const { all } = await import('/field/core/db.js');
      return all(name);
    }, store);
  }
}

/** Says of a screen what a reader could not see or reach: contrast below AA, targets below 44 px, fields without a name. */
export async function inspect(page, where) {
  const faults = await page.evaluate(() => {
    const said = [];
    const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const parse = (text) => { const n = text.match(/[\d.]+/g).map(Number); return n.length === 3 ? [...n, 1] : n; };
    const behind = (element) => {
      for (let el = element; el; el = el.parentElement) {
        const colour = parse(getComputedStyle(el).backgroundColor);
        if (colour[3] === 1) return colour;
      }
      return [255, 255, 255, 1];
    };
    const seen = (el) => el.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && el.getClientRects().length > 0 && !el.closest('.vh');
    for (const el of document.querySelectorAll('body *')) {
      const own = [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
      if (!own || !seen(el) || el.closest('[disabled], [aria-busy], .f-photo-off, option, select')) continue;
      const style = getComputedStyle(el);
      const [a, b] = [light(parse(style.color)), light(behind(el))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (large ? 3 : 4.5)) said.push(`contrast ${ratio.toFixed(2)} of «${el.textContent.trim().slice(0, 20)}»`);
    }
    for (const el of document.querySelectorAll('a[href], button, input, select, textarea, summary')) {
      if (!seen(el) && !(el instanceof HTMLInputElement && ['radio', 'checkbox'].includes(el.type))) continue;
      const target = el.closest('label') || el;
      const after = getComputedStyle(el, '::after');
      const spread = after.position === 'absolute' && after.content !== 'none' ? el.closest('.f-job') : null;
      const box = (spread || target).getBoundingClientRect();
      const inText = el.matches('p a, li a, .meta a, dd a') && getComputedStyle(el).display === 'inline';
      if (!inText && box.width > 0 && (box.width < 43.5 || box.height < 43.5)) said.push(`target ${Math.round(box.width)}×${Math.round(box.height)} of «${(el.getAttribute('aria-label') || el.textContent || el.getAttribute('name') || el.tagName).trim().slice(0, 20)}»`);
      const name = el.getAttribute('aria-label') || el.textContent.trim() || el.labels?.[0]?.textContent.trim() || el.title;
      if (!name) said.push(`no name: ${el.outerHTML.slice(0, 80)}`);
    }
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth) said.push('scrolls sideways');
    return [...new Set(said)];
  });
  check(faults.length === 0, `${where}: ${faults.slice(0, 5).join('; ')}`);
  await judged(page, where);
}

/** What axe-core says against a screen: WCAG 2.2 A and AA, and what is good practice. */
async function judged(page, where) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  const said = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return violations.map((v) => `${v.id}: ${v.help} (${v.nodes.slice(0, 2).map((n) => n.target.join(' ')).join('; ')})`);
  });
  check(said.length === 0, `${where}: ${said.slice(0, 4).join(' | ')}`);
}

/** A browser of its own, on a profile that outlives it; `kill` ends it and all it started as a flat battery would. */
export async function openBrowser(profile, url) {
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--lang=zh-CN', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const program = spawn(process.env.CHROMIUM || '/usr/bin/chromium', flags, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = once(program, 'exit');
  const address = await new Promise((found, fail) => {
    createInterface({ input: program.stderr }).on('line', (line) => {
      const ready = line.match(/DevTools listening on (\S+)/);
      if (ready) found(ready[1]);
    });
    gone.then(() => fail(new Error('the browser ended')));
  });
  const browser = await chromium.connectOverCDP(address);
  const [context] = browser.contexts();
  context.setDefaultTimeout(15_000);
  const page = context.pages()[0] || (await context.newPage());
  const bare = page.goto.bind(page);
  page.goto = (path) => bare(new URL(path, url).href);
  const kill = async () => {
    process.kill(-program.pid, 'SIGKILL');
    await gone;
    await browser.close().catch(() => {});
  };
  return { context, page, kill };
}
