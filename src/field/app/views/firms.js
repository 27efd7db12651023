// Enterprises (企业): those of my scope that are on this device, and the way to a new one.
import { all } from '../core/db.js';
import { fill, h, icon } from '../core/dom.js';
import { newId } from '../core/ids.js';
import { say } from '../core/words.js';
import { button, empty } from './parts.js';
import { scanning } from './scanner.js';

const MOST = 60;

/** @param {import('../main.js').Context} _context */
export async function view(_context) {
  const [sites, certificates] = await Promise.all([/** @type {Promise<Enterprise[]>} */ (all('enterprises')), /** @type {Promise<Certificate[]>} */ (all('certificates'))]);
  sites.sort((a, b) => a.name.localeCompare(b.name, 'zh'));
  const [list, none] = [h('ul', { class: 'f-list' }), h('div', {})];
  /** @type {Map<string, string[]>} */
  const numbers = new Map();
  for (const c of certificates) numbers.set(c.enterprise, [...(numbers.get(c.enterprise) || []), c.number.toLowerCase()]);
  const said = h('h2', { class: 'f-group', 'aria-live': 'polite' });
  const search = h('input', { class: 'input', type: 'search', placeholder: say('firms_search_short'), 'aria-label': say('firms_search'), oninput: () => draw() });
  const draw = () => {
    const found = sites.filter((site) => fits(site, search.value, numbers.get(site.id) || []));
    fill(said, say('firms_n', { n: found.length }));
    fill(list, found.slice(0, MOST).map((site) => h('li', { class: 'f-job' }, h('a', { class: 'f-job-to', href: `#/firm/${site.id}` }, h('h3', {}, site.name), h('p', { class: 'meta' }, site.uscc || site.person), h('p', { class: 'meta' }, site.address)))));
    fill(none, found.length ? null : empty('enterprise', say('firms_none')));
  };
  const scan = async () => {
    const code = await scanning();
    if (!code) return;
    search.value = code;
    draw();
  };
  draw();
  return {
    title: say('firms'), tabs: true, body: [
      h('div', { class: 'f-bar' }, h('div', { class: 'f-search' }, icon('search'), search), button(say('scan'), scan, { symbol: 'camera' })),
      button(say('newcomer_begin'), () => { location.hash = `#/newcomer/${newId()}`; }, { symbol: 'plus', kind: 'f-wide' }), said, list, none,
    ],
  };
}

/** By name, code, address, product or the number of a certificate; a scanned code may hold the number among other things. @param {Enterprise} site @param {string} typed @param {string[]} own the numbers of its certificates, in small letters */
function fits(site, typed, own) {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return true;
  const texts = [site.name, site.name_en, site.uscc, site.person, site.address].filter((t) => t).map((t) => String(t).toLowerCase());
  const inside = wanted.length > 14 && [...own, site.uscc?.toLowerCase()].some((code) => code && wanted.includes(code));
  return inside || [...texts, ...own].some((text) => text.includes(wanted));
}
