// What was found: the list, and what stands beside the checklist.
import { h } from '../core/dom.js';
import { name, say, term } from '../core/words.js';
import { findingOf, findings, severityOf } from '../visit/form.js';
import { findingFields } from './finding.js';
import { button, chip, empty, go } from './parts.js';
import { photos } from './photos.js';

/** @param {import('../visit/form.js').Open} visit @param {import('../main.js').Context} context */
export function findingsStep(visit, context) {
  const { form, kept, pack, questions } = visit;
  const found = findings(visit);
  const more = async () => {
    findingOf(visit, null);
    await kept.touch();
    context.redraw();
  };
  const take = (/** @type {FindingForm} */ f) => {
    delete form.findings[f.id];
    kept.touch();
    context.redraw();
  };
  const asked = (/** @type {FindingForm} */ f) => {
    const q = questions.find((one) => one.id === f.item);
    const problem = pack.problems.find((p) => p.code === f.problem);
    return h('li', { class: 'card stack' },
      h('div', { class: 'f-line' }, h('strong', {}, problem ? name(problem) : say('miss_problem_short')), chip(severityOf(pack, f) === 'major' ? 'red' : 'orange', term('severity', severityOf(pack, f)))),
      h('p', { class: 'meta' }, q ? `${q.id} ${name(q)}` : ''), h('p', {}, f.what || h('span', { class: 'late' }, say('miss_what_short'))),
      h('p', { class: 'f-chips' }, f.corrected ? chip('green', say('corrected')) : f.order ? chip('blue', say('order_until', { date: f.due })) : null),
      go(`#/visit/${kept.draft.id}/check?at=q-${f.item}`, say('change'), 'small', 'edit'));
  };
  const beside = (/** @type {FindingForm} */ f) => h('li', { class: 'card stack' }, h('h2', {}, say('beside')), findingFields(visit, f, null, photos(say('photo'), f.photos, () => { kept.touch(); }, () => form.original)), button(say('beside_off'), () => take(f), { kind: 'link f-note' }));
  return h('div', { class: 'stack' }, found.length ? h('ul', { class: 'stack' }, found.map((f) => (f.item ? asked(f) : beside(f)))) : empty('ok', say('findings_none')), button(say('beside_add'), more, { symbol: 'plus', kind: 'f-wide' }));
}
