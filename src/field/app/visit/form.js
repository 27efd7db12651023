// A visit as it is being made: how it begins, what it asks, what is still missing.
import { get } from '../core/db.js';
import { day, moment, newId } from '../core/ids.js';
import { lastPlace, locate } from '../core/place.js';
import { packOf } from '../core/pack.js';
import { open } from '../core/drafts.js';
import { askedBy, checklistsFor, fieldOf, problemsOf, productsOf, questionsOf } from './fit.js';

/** A visit with all that is needed to go on with it. @typedef {{kept: import('../core/drafts.js').Kept<VisitForm>, form: VisitForm, site: Enterprise, pack: Pack, list: Checklist | undefined, lists: Checklist[], questions: Question[]}} Open */

/** Opens the draft of a visit, or begins it. Nothing when it is not on this device. @param {string} id @returns {Promise<Open | null>} */
export async function openVisit(id) {
  const visit = /** @type {Visit | undefined} */ (await get('visits', id));
  const kept = /** @type {import('../core/drafts.js').Kept<VisitForm>} */ (await open('inspection', id, () => begin(visit)));
  const begun = await whole(kept);
  if (begun && !kept.form.place) locate().then((place) => { if (place && !kept.form.place) { kept.form.place = place; kept.touch(); } });
  return begun;
}

/** @param {Visit | undefined} visit */
async function begin(visit) {
  if (visit?.state !== 'planned') throw new Error('no such visit is planned on this device');
  const site = /** @type {Enterprise | undefined} */ (await get('enterprises', visit.enterprise));
  if (!site) throw new Error('the enterprise is not on this device');
  return { title: site.name, form: await blank(site, visit.campaign, visit) };
}

/** Begins a visit that nobody planned. @param {Enterprise} site @param {string} campaign @returns {Promise<string>} */
export async function beginUnplanned(site, campaign) {
  const id = newId();
  await open('inspection', id, async () => ({ title: site.name, form: await blank(site, campaign, null) }));
  return id;
}

/** @param {Enterprise} site @param {string} campaign @param {Visit | null} visit @returns {Promise<VisitForm>} */
async function blank(site, campaign, visit) {
  const pack = await packOf(campaign);
  if (!pack) throw new Error('the questions of the campaign are not on this device yet');
  const field = visit?.field || fieldOf(site);
  const known = (/** @type {string[]} */ codes) => codes.filter((c) => pack.products.some((p) => p.code === c));
  const planned = typeof visit?.products === 'string' ? visit.products.split(' ') : visit?.products || [];
  const products = known(planned).length ? known(planned) : known(productsOf(site));
  const lists = checklistsFor(pack, products, field, day());
  const checklist = visit?.checklist && lists.some((l) => l.code === visit.checklist) ? visit.checklist : lists[0]?.code || '';
  return {
    campaign, enterprise: site.id, pack_version: pack.about.version, planned: Boolean(visit), source: visit ? null : 'unplanned',
    field, products, checklist, started_at: moment(), answers: {}, findings: {}, second: '', third: '', credentials: false,
    withdrawal: false, statement: '', refused: false, witness: '', photos: [], signatures: {}, place: lastPlace(), original: false, apart: false,
  };
}

/** @param {import('../core/drafts.js').Kept<VisitForm>} kept @returns {Promise<Open | null>} */
async function whole(kept) {
  const { form } = kept;
  const site = /** @type {Enterprise | undefined} */ (await get('enterprises', form.enterprise));
  const pack = await packOf(form.campaign, form.pack_version);
  if (!site || !pack) return null;
  const visit = { kept, form, site, pack, list: undefined, lists: [], questions: [] };
  return refresh(visit);
}

/** After another field, product or checklist was chosen. @param {Open} visit @returns {Open} */
export function refresh(visit) {
  const { form, pack } = visit;
  const date = form.started_at.slice(0, 10);
  visit.lists = checklistsFor(pack, form.products, form.field, date);
  if (!visit.lists.some((l) => l.code === form.checklist)) form.checklist = visit.lists[0]?.code || '';
  visit.list = visit.lists.find((l) => l.code === form.checklist);
  const all = visit.list ? questionsOf(pack, visit.list, form.products, form.field, date) : [];
  visit.questions = askedBy(all, form.answers);
  return visit;
}

/** After an answer: whether other questions are asked now than before. @param {Open} visit */
export function branched(visit) {
  const before = visit.questions.map((q) => q.id).join(' ');
  return refresh(visit).questions.map((q) => q.id).join(' ') !== before;
}

/** The answer to a question, blank before it is given. @param {VisitForm} form @param {string} id @returns {AnswerForm} */
export function answerTo(form, id) {
  form.answers[id] ||= { answer: '', note: '', photos: [] };
  return form.answers[id];
}

/** The finding of a question, or one beside the checklist. @param {Open} visit @param {Question | null} question @param {string} [key] */
export function findingOf(visit, question, key = question?.id || newId()) {
  const { form, pack } = visit;
  const problems = problemsOf(pack, question, form.field);
  form.findings[key] ||= {
    id: question ? newId() : key, item: question?.id || null, problem: problems.length === 1 ? problems[0].code : '', what: '', severity: '',
    product: form.products[0] || '', made_on: '', photos: [], corrected: false, measure: '', after: [], order: false, due: '', demand: '',
  };
  return form.findings[key];
}

/** The findings that count: of questions answered with «does not conform», and those beside the checklist. @param {Open} visit */
export function findings(visit) {
  const { form, questions } = visit;
  const asked = questions.filter((q) => q.problems.length && form.answers[q.id]?.answer === 'fails').map((q) => findingOf(visit, q));
  return [...asked, ...Object.values(form.findings).filter((f) => !f.item)];
}

/** How grave a finding is: as chosen, else as the pack says for its problem. @param {Pack} pack @param {FindingForm} finding */
export function severityOf(pack, finding) {
  return finding.severity || pack.problems.find((p) => p.code === finding.problem)?.severity || 'general';
}

/** The last day that is safe for an order: calendar days are never more than working days. @param {Pack} pack @param {FindingForm} finding */
export function latestDue(pack, finding) {
  const rule = pack.severities.find((s) => s.code === severityOf(pack, finding));
  return day(rule?.days || 15);
}

/** @typedef {import('../core/words.js').Word} Word */
/** What is missing, where, and what to say of it. @typedef {{step: 'check' | 'findings' | 'sign', at: string, word: Word, values?: Record<string, string | number>}} Missing */

/** Everything that the server would refuse, seen before it is sealed. @param {Open} visit @returns {Missing[]} */
export function missing(visit) {
  return [...ofAnswers(visit), ...ofFindings(visit), ...ofSigning(visit)];
}

/** @param {Open} visit @returns {Missing[]} */
function ofAnswers({ form, questions, list }) {
  if (!list) return [{ step: 'check', at: 'choose', word: 'miss_checklist' }];
  return questions.flatMap((q) => {
    const given = form.answers[q.id];
    if (!given?.answer) return [/** @type {Missing} */ ({ step: 'check', at: `q-${q.id}`, word: 'miss_answer', values: { id: q.id } })];
    const untold = given.answer === 'not_checked' && !given.note.trim();
    return untold ? [/** @type {Missing} */ ({ step: 'check', at: `q-${q.id}`, word: 'miss_why', values: { id: q.id } })] : [];
  });
}

/** @param {Open} visit @returns {Missing[]} */
function ofFindings(visit) {
  return findings(visit).flatMap((f) => {
    const id = f.item || visit.pack.problems.find((p) => p.code === f.problem)?.code || '＋';
    /** @type {[boolean, Word][]} */
    const wanted = [[!f.problem, 'miss_problem'], [!f.what.trim(), 'miss_what'], [f.corrected && !f.measure.trim(), 'miss_measure'], [f.corrected && !f.after.length, 'miss_after'], [f.order && !f.corrected && !f.due, 'miss_due']];
    return wanted.filter(([lacks]) => lacks).map(([, word]) => /** @type {Missing} */ ({ step: f.item ? 'check' : 'findings', at: `f-${f.id}`, word, values: { id } }));
  });
}

/** What those who sign have seen, as a number: when it changes, they sign again. @param {Open} visit */
export function stamp(visit) {
  const { form, questions } = visit;
  const text = JSON.stringify([form.checklist, form.products, questions.map((q) => form.answers[q.id]), findings(visit), form.statement]);
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return sum;
}

/** @param {Open} visit @returns {Missing[]} */
function ofSigning(visit) {
  const { form } = visit;
  const now = stamp(visit);
  const changed = (/** @type {string} */ who) => Boolean(form.signatures[who]) && form.signatures[who].of !== now;
  /** @type {[boolean, string, Word][]} */
  const wanted = [
    [!form.second, 'second', 'miss_second'], [Boolean(form.second) && !form.apart && !form.signatures.second, 'sign-second', 'miss_second_sign'],
    [!form.signatures.me, 'sign-me', 'miss_me_sign'], [!form.credentials, 'credentials', 'miss_credentials'],
    [!form.refused && !form.signatures.party, 'sign-party', 'miss_party'], [form.refused && !form.witness.trim(), 'witness', 'miss_witness'],
    [changed('me'), 'sign-me', 'miss_me_changed'], [!form.apart && changed('second'), 'sign-second', 'miss_second_changed'], [!form.refused && changed('party'), 'sign-party', 'miss_party_changed'],
  ];
  return wanted.filter(([lacks]) => lacks).map(([, at, word]) => /** @type {Missing} */ ({ step: 'sign', at, word }));
}
