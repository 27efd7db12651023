// The questions: one below the other, or one a screen. Sections may be confirmed together, after reading what is in them.
import { fill, h, icon } from '../core/dom.js';
import { lang, name, say, term } from '../core/words.js';
import { answerTo, findingOf, refresh } from '../visit/form.js';
import { productName, productsOf } from '../visit/fit.js';
import { findingFields } from './finding.js';
import { ask, button, check, choices, empty, lines, select, field } from './parts.js';
import { photos } from './photos.js';

/** @typedef {import('../visit/form.js').Open} Open */

const ANSWERS = ['conforms', 'fails', 'not_applicable', 'not_checked'];
/** Questions in a section: what can be read at a glance before it is confirmed. */
const SECTION = 6;

/** How questions are shown; stays while the app is open. */
const look = { single: false, at: 0, visit: '', choosing: false };

/** @param {Open} visit @param {import('../main.js').Context} context */
export function checkStep(visit, context) {
  const { form, questions } = visit;
  if (look.visit !== visit.kept.draft.id) Object.assign(look, { visit: visit.kept.draft.id, at: 0, choosing: false });
  const done = h('p', { class: 'f-done', 'aria-live': 'polite' });
  const count = () => {
    const n = questions.filter((q) => form.answers[q.id]?.answer).length;
    fill(done, say('answered_of', { n, m: questions.length }), h('progress', { class: 'bar-line', max: questions.length || 1, value: n, 'aria-label': say('answered_of', { n, m: questions.length }) }));
  };
  count();
  const mode = h('div', { class: 'f-tabset', role: 'group', 'aria-label': say('look') }, [false, true].map((single) => h('button', { type: 'button', class: 'f-tab', 'aria-pressed': String(look.single === single), onclick: () => { look.single = single; scrollTo(0, 0); context.redraw(); } }, say(single ? 'look_single' : 'look_list'))));
  const shown = look.single ? single(visit, count) : sections(visit, count, context);
  return h('div', { class: 'stack' }, chooser(visit, context), h('div', { class: 'f-sticky' }, done, mode), questions.length ? shown : empty('task', say('miss_checklist')));
}

/** Field, products and checklist of this visit. @param {Open} visit @param {import('../main.js').Context} context */
function chooser(visit, context) {
  const { form, pack, site, list, lists } = visit;
  const changed = () => { refresh(visit); visit.kept.touch(); context.redraw(); };
  const codes = [...new Set([...productsOf(site), ...form.products])].filter((c) => pack.products.some((p) => p.code === c));
  const toggle = (/** @type {string} */ code, /** @type {boolean} */ on) => { form.products = on ? [...form.products, code] : form.products.filter((c) => c !== code); changed(); };
  const fields = ['production', 'circulation', 'online', 'rural'];
  return h('details', { class: 'card f-choose', id: 'choose', open: !list || look.choosing, ontoggle: (/** @type {any} */ e) => { look.choosing = e.target.open; } },
    h('summary', {}, h('span', {}, h('strong', {}, list ? name(list) : say('miss_checklist')), h('small', {}, `${term('field', form.field)} · ${say('questions_n', { n: visit.questions.length })}`)), h('span', { class: 'f-more' }, say('change'))),
    h('div', { class: 'stack' },
      choices(say('field'), fields.map((f) => [f, term('field', f)]), form.field, (v) => { form.field = v; changed(); }, 'f-two'),
      h('fieldset', { class: 'field' }, h('legend', {}, say('products')), codes.map((c) => check(productName(pack, c, lang()), form.products.includes(c), (on) => toggle(c, on))),
        select(pack.products.filter((p) => !codes.includes(p.code)).map((p) => [p.code, productName(pack, p.code, lang())]), '', (v) => v && toggle(v, true), say('products_more'), { 'aria-label': say('products_more') })),
      field(say('checklist'), select(lists.map((l) => [l.code, name(l)]), form.checklist, (v) => { form.checklist = v; changed(); })),
      check(say('original'), form.original, (on) => { form.original = on; visit.kept.touch(); }, { hint: say('original_hint') })));
}

/** @param {Open} visit @param {() => void} count @param {import('../main.js').Context} context */
function sections(visit, count, context) {
  const { questions } = visit;
  const parts = [];
  for (let i = 0; i < questions.length; i += SECTION) parts.push(questions.slice(i, i + SECTION));
  return h('div', { class: 'stack' }, parts.map((part, i) => h('section', { class: 'stack', 'aria-label': say('section_n', { n: i + 1 }) }, part.map((q) => question(visit, q, count)), confirmSection(visit, part, context))));
}

/** «The rest of this section conforms»: never silently, and never a veto question. @param {Open} visit @param {Question[]} part @param {import('../main.js').Context} context */
function confirmSection(visit, part, context) {
  const press = async () => {
    const open = part.filter((q) => q.weight !== 'V' && !visit.form.answers[q.id]?.answer);
    const veto = part.filter((q) => q.weight === 'V' && !visit.form.answers[q.id]?.answer);
    if (!open.length) return;
    const body = [h('p', {}, say('section_read')), h('ul', { class: 'f-confirm' }, open.map((q) => h('li', {}, h('strong', {}, q.id), ' ', name(q)))), veto.length ? h('p', { class: 'hint' }, say('section_veto', { ids: veto.map((q) => q.id).join(' ') })) : null];
    if (!(await ask(say('section_confirm', { n: open.length }), body, say('section_yes', { n: open.length })))) return;
    for (const q of open) answerTo(visit.form, q.id).answer = 'conforms';
    await visit.kept.touch();
    context.redraw();
  };
  const open = part.filter((q) => q.weight !== 'V' && !visit.form.answers[q.id]?.answer).length;
  return open > 1 ? button(say('section_rest', { from: part[0].id, to: part[part.length - 1].id }), press, { kind: 'f-wide f-rest', symbol: 'check' }) : null;
}

/** One question a screen. @param {Open} visit @param {() => void} count */
function single(visit, count) {
  const { questions } = visit;
  const box = h('div', { class: 'f-single' });
  const draw = () => {
    const q = questions[Math.min(look.at, questions.length - 1)];
    const move = (/** @type {number} */ by) => { look.at = Math.max(0, Math.min(questions.length - 1, look.at + by)); draw(); box.scrollIntoView({ block: 'start' }); };
    const forward = () => { count(); if (['conforms', 'not_applicable'].includes(visit.form.answers[q.id]?.answer) && look.at < questions.length - 1) move(1); };
    fill(box, question(visit, q, forward), h('div', { class: 'f-turn' }, button(say('before'), () => move(-1), { symbol: 'left', disabled: look.at === 0 }), h('span', { class: 'num' }, `${look.at + 1} / ${questions.length}`), button(say('after'), () => move(1), { symbol: 'right', disabled: look.at === questions.length - 1 })));
  };
  draw();
  return box;
}

/** @param {Open} visit @param {Question} q @param {() => void} count */
function question(visit, q, count) {
  const { form, kept } = visit;
  const given = answerTo(form, q.id);
  const more = h('div', { class: 'stack', tabindex: -1 });
  const touch = () => { kept.touch(); };
  const choose = (/** @type {string} */ value) => { given.answer = value; touch(); draw(); count(); };
  let noting = Boolean(given.note || given.photos.length);
  const draw = () => {
    const fails = given.answer === 'fails' && q.problems.length > 0;
    const told = noting || given.answer === 'fails' || given.answer === 'not_checked';
    const strip = () => photos(say(given.answer === 'fails' && q.photo ? 'photo_expected' : 'photo'), given.photos, touch, () => form.original);
    const note = () => field(say(given.answer === 'not_checked' ? 'note_why' : 'note'), lines(given.note, (v) => { given.note = v; touch(); }, { rows: 2 }));
    fill(more, fails ? findingFields(visit, findingOf(visit, q), q, strip()) : told ? [note(), strip()] : button(say('note_open'), () => { noting = true; draw(); more.focus({ preventScroll: true }); }, { kind: 'link f-note', symbol: 'camera' }));
  };
  draw();
  const colour = { V: 'red', K: 'orange', G: 'grey' }[q.weight];
  const label = h('legend', {}, h('span', { class: 'f-q' }, h('span', { class: 'num' }, q.id), h('span', { class: `chip ${colour}` }, term('weight', q.weight))), h('span', { class: 'f-q-text' }, name(q)));
  const group = `a-${q.id}`;
  const answers = h('div', { class: 'f-answers' }, ANSWERS.map((code) => h('label', { class: `f-answer ${code}` }, h('input', { type: 'radio', name: group, value: code, checked: given.answer === code, onchange: () => choose(code) }), h('span', {}, term('answer', code)))));
  return h('fieldset', { class: 'card f-question', id: `q-${q.id}` }, label, help(visit, q), answers, more);
}

/** How to check it, what to keep, and on what basis. @param {Open} visit @param {Question} q */
function help(visit, q) {
  const zh = lang() === 'zh';
  const keep = zh ? q.evidence_zh : q.evidence_en;
  const shown = (visit.pack.pictures || []).filter((p) => p.items.includes(q.id));
  return h('details', { class: 'f-how' }, h('summary', {}, icon('info'), say('how')), h('div', { class: 'stack' }, h('p', {}, zh ? q.how_zh : q.how_en), keep ? h('p', {}, h('span', { class: 'muted' }, say('how_keep')), keep) : null, shown.map(drawing), h('p', { class: 'meta' }, say('how_basis'), cite(visit.pack, q.source))));
}

/** A picture of the pack with what it shows. @param {NonNullable<Pack['pictures']>[number]} one */
function drawing(one) {
  return h('figure', { class: 'f-drawing' }, h('img', { src: one.data, alt: name(one), loading: 'lazy' }), h('figcaption', { class: 'meta' }, name(one)));
}

/** A source as people read it. @param {Pack} pack @param {string} source */
function cite(pack, source) {
  const known = pack.cited?.[source];
  if (known) return known[lang() === 'zh' ? 0 : 1];
  return source.split(';').map((one) => {
    const [key, ...place] = one.trim().split(' ');
    const text = pack.sources.find((s) => s.key === key);
    const article = place.join(' ').replace(/^art\.(\d+)/, (_, n) => (lang() === 'zh' ? `第${n}条` : `art. ${n}`));
    return `${text ? name(text) : key} ${article}`.trim();
  }).join(lang() === 'zh' ? '；' : '; ');
}

