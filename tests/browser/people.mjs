// People with a browser each. Whatever a page does wrong is noted down while they work.
import { chromium } from 'playwright-core';

const PASSWORD = 'paicha-demo';
/** Largest page, without pictures, styles and scripts. */
const LARGEST = 100_000;
const FLAGS = ['--no-sandbox', '--lang=zh-CN', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1440, height: 900 };

/** Runs in every page: says what a reader would have to scroll sideways for. */
function measure() {
  addEventListener('load', () => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return;
    const wide = [...document.querySelectorAll('body *')].filter((el) => el.getBoundingClientRect().right > root.clientWidth + 1);
    const names = wide.slice(0, 4).map((el) => `${el.tagName.toLowerCase()}.${el.className}`);
    console.error(`scrolls sideways: ${root.scrollWidth} px of ${root.clientWidth}: ${names.join(', ')}`);
  });
}

export class People {
  constructor(house, browser) {
    Object.assign(this, { house, browser, known: new Map(), problems: [], open: [], pages: 0 });
  }

  static async gather(house) {
    const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
    return new People(house, await chromium.launch({ executablePath, args: FLAGS }));
  }

  /** Somebody signed in, on a page of their own. */
  async as(login, how = {}) {
    const name = `${login} ${how.lang || ''}`; // the cookie with the language comes with the session
    const page = await this.nobody({ ...how, storageState: this.known.get(name) });
    page.who = login;
    if (!this.known.has(name)) {
      await signIn(page, login);
      if (how.lang) await page.context().addCookies([{ name: 'lang', value: how.lang.slice(0, 2), url: this.house.url }]);
      this.known.set(name, await page.context().storageState());
    }
    return page;
  }

  /** Somebody who has not signed in. */
  async nobody({ size = DESK, lang = 'zh-CN', scripts = true, storageState, scale = 1, baseURL = this.house.url } = {}) {
    const context = await this.browser.newContext({
      baseURL, viewport: size, locale: lang, javaScriptEnabled: scripts, storageState,
      deviceScaleFactor: scale, timezoneId: 'Asia/Shanghai',
    });
    context.setDefaultTimeout(15_000);
    this.open.push(context);
    await context.addInitScript(measure);
    const page = await context.newPage();
    page.who = 'nobody';
    page.expected = new Set();
    this.watch(page);
    return page;
  }

  watch(page) {
    const from = () => page.from || page.url().replace(this.house.url, '');
    const note = (what) => this.problems.push(`${page.who} at ${from()}: ${what}`);
    page.on('console', (message) => {
      const text = message.text();
      // what a status means is judged below
      if (message.type() === 'error' && !text.startsWith('Failed to load resource')) note(text);
    });
    page.on('pageerror', (error) => note(`script: ${error.message}`));
    page.on('response', (response) => {
      const status = response.status();
      const address = response.url().replace(this.house.url, '');
      if (status >= 400 && !page.expected.has(status)) note(`${response.request().method()} ${address} answered ${status}`);
      if (status >= 300 && status < 400) return;
      if ((response.headers()['content-type'] || '').startsWith('text/html')) this.weigh(response, address, note);
    });
  }

  /** Notes a page that is too heavy for a bad line. */
  weigh(response, address, note) {
    this.pages += 1;
    const weighed = response.body().then(
      (body) => { if (body.length >= LARGEST) note(`${address} has ${body.length} bytes`); },
      () => {}, // the person has gone on before it arrived
    );
    (this.weighing ||= []).push(weighed);
  }

  /** What went wrong since last asked; closes every page. */
  async leave() {
    await Promise.all(this.weighing || []);
    await Promise.all(this.open.map((context) => context.close()));
    const problems = [...new Set(this.problems)];
    Object.assign(this, { problems: [], open: [], weighing: [] });
    return problems;
  }
}

export async function signIn(page, login, password = PASSWORD) {
  await page.goto('/sign-in');
  await page.fill('[name=login]', login);
  await page.fill('[name=password]', password);
  await page.click('main button.primary');
  if (password === PASSWORD) await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

/** Does one of the acts that a page offers; fields by name. Waits until the thing stands where it should. */
export async function act(page, verb, fields, state) {
  const fold = page.locator('details.act').filter({ has: page.locator(`input[name=verb][value=${verb}]`) });
  if (!(await fold.evaluate((el) => el.open))) await fold.locator('summary').click();
  for (const [name, value] of Object.entries(fields)) await fill(fold.locator(`[name="${name}"]`), value);
  await fold.locator('form button.btn').last().click();
  await page.locator('header.head .chip', { hasText: state }).first().waitFor();
}

async function fill(field, value) {
  const tag = await field.evaluate((el) => (el.tagName === 'SELECT' ? 'select' : el.type));
  if (tag === 'select') return field.selectOption(value);
  if (tag === 'file') return field.setInputFiles(value);
  return field.fill(value);
}

/** A photograph: a JPEG that nobody has handed in before. */
let taken = 0;
export async function photo(people, what) {
  const context = await people.browser.newContext({ viewport: { width: 640, height: 480 } });
  const page = await context.newPage();
  taken += 1;
  await page.setContent(`<body style="margin:0;background:linear-gradient(${taken * 37}deg,#567,#cba)"><h1 style="padding:60px;color:#fff">${what} ${taken}</h1>`);
  const buffer = await page.screenshot({ type: 'jpeg', quality: 70 });
  await context.close();
  return { name: `${what}.jpg`, mimeType: 'image/jpeg', buffer };
}

/** The day so many days from today, as date fields want it. */
export function inDays(days) {
  const day = new Date(Date.now() + days * 86_400_000);
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(day);
}

export function check(holds, what) {
  if (!holds) throw new Error(what);
}
