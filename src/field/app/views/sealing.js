// The last step: what is missing, what will be sealed, and the seal.
import { who } from '../core/account.js';
import { h } from '../core/dom.js';
import { locate } from '../core/place.js';
import { short } from '../core/ids.js';
import { name, say } from '../core/words.js';
import { findings, missing } from '../visit/form.js';
import { seal } from '../visit/submission.js';
import { ask, button, card, facts, notice } from './parts.js';

/** Many questions without an answer are one line. @param {import('../visit/form.js').Missing[]} lacks @returns {import('../visit/form.js').Missing[]} */
function condensed(lacks) {
  const open = lacks.filter((m) => m.word === 'miss_answer');
  if (open.length < 4) return lacks;
  return [{ ...open[0], word: 'miss_answers', values: { n: open.length } }, ...lacks.filter((m) => m.word !== 'miss_answer')];
}

/** @param {import('../visit/form.js').Open} visit @param {import('../main.js').Context} context */
export function sealStep(visit, context) {
  const { form, kept, questions } = visit;
  const lacks = missing(visit);
  const id = kept.draft.id;
  const count = new Set([...form.photos, ...questions.flatMap((q) => form.answers[q.id]?.photos || []), ...findings(visit).flatMap((f) => [...f.photos, ...f.after])]).size;
  const answered = (/** @type {string} */ code) => questions.filter((q) => form.answers[q.id]?.answer === code).length;
  const press = async () => {
    const sure = await ask(say('seal_sure'), [h('p', {}, say('seal_text'))], say('seal_yes'));
    if (!sure) return;
    const me = who();
    if (!me) throw new Error('nobody is signed in');
    const item = await seal(visit, me.id);
    location.hash = `#/item/${item.id}`;
  };
  const place = async () => { form.place = (await locate(15)) || form.place; await kept.touch(); context.redraw(); };
  return h('div', { class: 'stack' },
    lacks.length ? h('section', { class: 'card stack' }, h('h2', {}, say('missing_n', { n: lacks.length })), h('ul', { class: 'f-missing' }, condensed(lacks).map((m) => h('li', {}, h('a', { href: `#/visit/${id}/${m.step}?at=${m.at}` }, say(m.word, m.values)))))) : notice('green', say('missing_none')),
    card(say('seal_what'), facts([
      [say('checklist'), visit.list ? name(visit.list) : ''], [say('answered'), say('answered_sum', { ok: answered('conforms'), bad: answered('fails'), na: answered('not_applicable'), not: answered('not_checked') })],
      [say('step_findings'), String(findings(visit).length)], [say('photos'), String(count)], [say('began'), short(form.started_at)],
      [say('place'), form.place ? `${form.place.lon.toFixed(5)}, ${form.place.lat.toFixed(5)} ±${Math.round(form.place.accuracy)} m` : h('span', {}, say('place_none'), ' ', button(say('place_again'), place, { kind: 'link' }))],
    ])),
    lacks.length ? null : h('div', { class: 'f-next' }, button(say('seal'), press, { kind: 'primary f-wide f-seal', symbol: 'seal' })));
}
