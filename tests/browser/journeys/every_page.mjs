// Every page that a role can reach by links, each kind once: it answers, is light, fits a phone and keeps the rules of
// the browser. What is wrong is noted by whoever watches the pages (people.mjs).
import { check, PHONE } from '../people.mjs';

/** Kinds of pages that one person looks at. */
const MOST = 60;
const ELSEWHERE = /\/(files|static|api)\/|\.(csv|xlsx|pdf|zip|json|svg)(\?|$)|sign-out|#/;

/** The kind of a page: its address without the id of the thing. */
const kindOf = (address) => address.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d{5,}/g, ':id').replace(/([?&](after|before|q|enterprise|hazard|inspection|thing|product|office|county|parent|campaign|origin_id|back|lead|number|code|sort)=)[^&]*/g, '$1…');

async function wander(people, who, how) {
  const page = await people.as(who, { size: PHONE, ...how });
  const chinese = (how?.lang || 'zh').startsWith('zh');
  const seen = new Set();
  const ahead = [['/', 'the address line']];
  while (ahead.length && seen.size < MOST) {
    const [address, from] = ahead.shift();
    if (seen.has(kindOf(address))) continue;
    seen.add(kindOf(address));
    page.from = `${address} (linked from ${from})`;
    await page.goto(address, { waitUntil: 'load' });
    check((await page.locator('h1').count()) === 1, `${who} at ${address}: a page has one heading`);
    const tag = await page.getAttribute('html', 'lang');
    check(tag.startsWith('zh') === chinese, `${who} at ${address}: the page is in ${tag}`);
    check((await page.title()).length > 3, `${who} at ${address}: a page has a title`);
    const links = await page.locator('a[href]').evaluateAll((all) => all.filter((a) => !a.download).map((a) => a.getAttribute('href')));
    for (const href of links) {
      const own = href.startsWith('/') || href.startsWith('?');
      if (own && !ELSEWHERE.test(href)) ahead.push([href.startsWith('?') ? new URL(href, page.url()).pathname + href : href, address]);
    }
  }
  check(seen.size > 4, `${who} found only ${seen.size} pages`);
}

const chinese = (who) => (people) => wander(people, who);
const english = (who) => (people) => wander(people, who, { lang: 'en-US' });

export const every_page_of_the_national_coordinator = chinese('lin');
export const every_page_of_the_supervisor = chinese('sun');
export const every_page_of_the_inspector = chinese('ying');
export const every_page_of_the_enterprise = chinese('wei');
export const every_page_of_the_village_store = chinese('mei');
export const every_page_of_the_administrator = chinese('gu');
export const every_page_of_the_auditor = chinese('auditor');
export const every_page_of_the_laboratory = async (people) => {
  const page = await people.as('min', { size: PHONE });
  await page.goto('/');
  await page.locator('h1').waitFor();
};
export const every_page_in_English_of_the_city = english('qian');
export const every_page_in_English_of_the_inspector = english('ying');
export const every_page_in_English_of_the_enterprise = english('wei');
export const every_page_in_English_of_the_administrator = english('gu');
