// Which checklist fits a site, and which of its questions are asked: the same rule as src/campaigns/fit.rs, which decides.

/** @type {Record<string, number>} */
const ORDER = { worked: 0, product: 1, regime: 2, seller: 3 };

/** @param {string} field */
export const sideOf = (field) => (field === 'production' ? 'production' : 'circulation');

/** @param {Term} term @param {string} date */
const holds = (term, date) => (!term.from || term.from <= date) && (!term.to || date <= term.to);

/** The product, its class and whatever stands above. @param {Pack} pack @param {string} code @returns {Product[]} */
function lineOf(pack, code) {
  /** @type {Product[]} */
  const line = [];
  let next = pack.products.find((p) => p.code === code);
  while (next && !line.includes(next)) {
    line.push(next);
    const { parent } = next;
    next = pack.products.find((p) => p.code === parent);
  }
  return line;
}

/** Whether `code` is `above` or stands below it. @param {Pack} pack @param {string} code @param {string} above */
const isWithin = (pack, code, above) => lineOf(pack, code).some((p) => p.code === above);

/** @param {Pack} pack @param {string} product @param {string} date */
export function regimesOf(pack, product, date) {
  const of = (/** @type {string} */ code) => pack.product_regimes.filter((r) => r.product === code);
  const own = lineOf(pack, product).map((p) => of(p.code)).find((rows) => rows.length);
  const rows = own || pack.products.filter((p) => p.parent === product).flatMap((p) => of(p.code));
  return rows.filter((r) => holds(r, date)).map((r) => r.regime);
}

/** @param {Checklist} list @param {string} field */
function serves(list, field) {
  if (!list.side) return true;
  return list.side === 'circulation' ? sideOf(field) === 'circulation' : list.side === field;
}

/** The checklists that fit, the best first. @param {Pack} pack @param {string[]} products @param {string} field @param {string} date */
export function checklistsFor(pack, products, field, date) {
  const regimes = new Set(products.flatMap((p) => regimesOf(pack, p, date)));
  const about = (/** @type {Checklist} */ list, /** @type {string} */ product) => !list.products.length || list.products.some((wanted) => isWithin(pack, product, wanted));
  const fitting = pack.checklists.filter((list) => {
    const products_fit = !list.products.length || products.some((p) => about(list, p));
    return serves(list, field) && products_fit && (!list.regime || regimes.has(list.regime));
  });
  const worked = fitting.filter((list) => list.scope === 'worked');
  const covered = (/** @type {Checklist} */ list) => {
    if (list.scope === 'seller') return worked.length > 0;
    if (list.scope !== 'regime' || !worked.length) return false;
    const stands = products.filter((p) => {
      const rows = regimesOf(pack, p, date);
      return !rows.length || rows.includes(list.regime || '');
    });
    return stands.every((p) => worked.some((w) => w.regime === list.regime && about(w, p)));
  };
  const rank = (/** @type {Checklist} */ list) => (ORDER[list.scope] ?? 9) * 2 + (list.side === field ? 0 : 1);
  return fitting.filter((list) => !covered(list)).sort((a, b) => rank(a) - rank(b));
}

/** The questions of a list that are asked at such a site. @param {Pack} pack @param {Checklist} list @param {string[]} products @param {string} field @param {string} date */
export function questionsOf(pack, list, products, field, date) {
  const side = sideOf(field);
  const aboutProducts = (/** @type {Question} */ q) => !q.products.length || !products.length
    || q.products.some((wanted) => products.some((p) => isWithin(pack, p, wanted) || isWithin(pack, wanted, p)));
  const aboutSide = (/** @type {Question} */ q) => Boolean(list.side) || !q.problems.length || problemsOf(pack, q, field).length > 0;
  return list.items.filter((q) => holds(q, date) && aboutProducts(q) && aboutSide(q) && side);
}

/** Of these questions, in their order, those that the answers to the earlier ones ask: the rule of src/campaigns/branch.rs.
 * @param {Question[]} questions @param {Record<string, {answer: string}>} answers */
export function askedBy(questions, answers) {
  /** @type {Map<string, string>} */
  const given = new Map();
  return questions.filter((q) => {
    const wanted = (q.asked_if || []).map((one) => one.split('='));
    const asked = wanted.every(([id]) => wanted.some(([other, answer]) => other === id && given.get(id) === answer));
    if (asked) given.set(q.id, answers[q.id]?.answer || '');
    return asked;
  });
}

/** What a question may bring to light on this side of trade. @param {Pack} pack @param {Question | null} question @param {string} field */
export function problemsOf(pack, question, field) {
  const mine = pack.problems.filter((p) => p.side === sideOf(field));
  if (!question) return mine;
  return question.problems.map((code) => mine.find((p) => p.code === code)).filter((p) => p !== undefined);
}

/** Where the products of such an enterprise are met. @param {Enterprise} site */
export function fieldOf(site) {
  if (site.kind === 'online_shop' || site.kind === 'platform') return 'online';
  if (site.kind === 'producer' || site.kind === 'both') return 'production';
  return site.kind === 'seller' && site.tags.includes('urban_rural_fringe') ? 'rural' : 'circulation';
}

/** Every product of a site, once. @param {Enterprise} site */
export function productsOf(site) {
  return [...new Set([...site.made, ...site.sold])].sort();
}

/** Its name with that of its class: 水泥—通用硅酸盐水泥. @param {Pack} pack @param {string} code @param {'zh' | 'en'} lang */
export function productName(pack, code, lang) {
  const line = lineOf(pack, code);
  if (!line.length) return code;
  return line.reverse().map((p) => p[lang]).join(lang === 'zh' ? '—' : ': ');
}
