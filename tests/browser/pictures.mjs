// Pictures: of the main pages for whoever looks after their beauty, and the two of the README.
import { join } from 'node:path';
import { DESK, PHONE } from './people.mjs';

/** Who looks at what; `*` follows the first link of the list. */
const PAGES = [
  ['nobody', '/sign-in'],
  ['ying', '/'],
  ['sun', '/'],
  ['wei', '/'],
  ['sun', '/hazards'],
  ['ying', '/hazards?state=submitted*'],
  ['wei', '/hazards?state=rectifying*'],
  ['sun', '/hazards?state=verified*'],
  ['qian', '/board'],
  ['lin', '/board'],
  ['qian', '/assessments'],
  ['sun', '/look-backs'],
  ['sun', '/tasks'],
  ['sun', '/tasks?kind=visit*'],
  ['sun', '/assignments/new'],
  ['sun', '/assignments*'],
  ['qian', '/meetings*'],
  ['sun', '/task-forces*'],
  ['ying', '/inspections'],
  ['ying', '/inspections?state=done*'],
  ['ying', '/inspections?state=planned*'],
  ['sun', '/enterprises'],
  ['sun', '/enterprises*'],
  ['gu', '/imports'],
  ['sun', '/documents'],
  ['lin', '/targets'],
  ['qian', '/targets*'],
  ['lin', '/campaigns*'],
  ['gu', '/offices'],
  ['sun', '/search?q=hdsn'],
];

/** The address of the first thing in the list on the page. */
async function first(page) {
  return page.locator('main table.rows tbody a[href], main ul.work a[href], main .card a[href]').first().getAttribute('href');
}

export async function open(page, address) {
  await page.goto(address.replace('*', ''));
  if (address.endsWith('*')) await page.goto(await first(page));
}

const nameOf = (address) => address.replace(/[^a-z=-]+/gi, ' ').trim().replaceAll(' ', '-') || 'work';

export async function takePictures(people, folder) {
  for (const lang of ['zh-CN', 'en-US']) {
    for (const size of [PHONE, DESK]) {
      const pages = new Map([['nobody', await people.nobody({ size, lang })]]);
      for (const [who, address] of PAGES) {
        if (!pages.has(who)) pages.set(who, await people.as(who, { size, lang }));
        const page = pages.get(who);
        await open(page, address);
        const name = `${nameOf(address)}-${who}-${size.width}-${lang.slice(0, 2)}.jpg`;
        await page.screenshot({ path: join(folder, name), fullPage: true, type: 'jpeg', quality: 80 });
      }
      await Promise.all([...pages.values()].map((page) => page.context().close()));
    }
  }
}

/** The board on a desk and a hazard on a phone. */
export async function portraits(people, folder) {
  const desk = await people.as('qian', { size: { width: 1280, height: 800 } });
  await open(desk, '/board');
  await desk.screenshot({ path: join(folder, 'board.png') });
  const phone = await people.as('sun', { size: { width: 390, height: 844 } });
  await open(phone, '/hazards?state=verified&severity=general*');
  const top = await phone.screenshot();
  await phone.locator('ul.evidence').evaluate((list) => scrollTo(0, list.parentElement.offsetTop - 72));
  await phone.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
  const below = await phone.screenshot();
  await sideBySide(people, [top, below], join(folder, 'hazard-phone.png'));
}

/** Two screens of a phone in one picture. */
async function sideBySide(people, screens, path) {
  const context = await people.browser.newContext({ viewport: { width: 848, height: 892 } });
  const page = await context.newPage();
  const shown = screens.map((png) => `<img src="data:image/png;base64,${png.toString('base64')}">`);
  await page.setContent(`<style>body{margin:0;padding:24px;display:flex;gap:20px;background:#dfe3ea}img{border-radius:14px}</style>${shown.join('')}`);
  await page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
  await page.screenshot({ path });
  await context.close();
}
