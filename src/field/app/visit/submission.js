// What a visit says to the server: the record in one piece, and the orders that were shown and signed on the spot.
import { moment } from '../core/ids.js';
import { enqueue, items } from '../core/queue.js';
import { sealed } from '../core/seal.js';
import { tell } from '../core/dom.js';
import { say } from '../core/words.js';
import { get, write } from '../core/db.js';
import { findings, severityOf } from './form.js';

/** @param {string} text */
const told = (text) => text.trim() || null;

/** The record of a visit as the server reads it (`Submission`). @param {import('./form.js').Open} visit @param {string} me */
export function submission(visit, me) {
  const { form, questions } = visit;
  const others = [form.second, form.third].filter((id) => id && id !== me);
  const signed = Object.values(form.signatures).map((s) => s.sha256);
  const place = form.place ? `${form.place.lon.toFixed(6)},${form.place.lat.toFixed(6)}` : null;
  return {
    campaign: form.campaign, enterprise: form.enterprise, field: form.field, source: form.source, checklist: form.checklist,
    pack_version: form.pack_version, products: form.products, started_at: form.started_at, ended_at: moment(),
    inspectors: [me, ...new Set(others)],
    credentials_shown: form.credentials, withdrawal_told: form.withdrawal,
    answers: questions.filter((q) => form.answers[q.id]?.answer).map((q) => {
      const given = form.answers[q.id];
      return { item: q.id, answer: given.answer, note: told(given.note), evidence: given.photos };
    }),
    statement: told(form.statement), signed_by: form.refused ? null : told(form.signatures.party?.name || ''),
    refused: form.refused, witness: form.refused ? told(form.witness) : null,
    evidence: [...new Set([...form.photos, ...signed])], claimed_place: place,
    hazards: findings(visit).map((f) => finding(form, f)),
  };
}

/** @param {VisitForm} form @param {FindingForm} f */
function finding(form, f) {
  const shown = f.item ? form.answers[f.item]?.photos || [] : [];
  return {
    id: f.id, item: f.item, problem: f.problem, severity: f.severity || null, product: f.product || null, made_on: f.made_on || null,
    what: f.what.trim(), evidence: [...new Set([...f.photos, ...shown, ...(f.corrected ? f.after : [])])],
    corrected: f.corrected ? f.measure.trim() : null,
  };
}

/** Every file that a record names. @param {ReturnType<typeof submission>} record */
function filesOf(record) {
  return [...record.evidence, ...record.answers.flatMap((a) => a.evidence), ...record.hazards.flatMap((f) => f.evidence)];
}

/** What the device knows of the visit and its hazards until the server says more. @param {import('./form.js').Open} visit @param {ReturnType<typeof submission>} record */
async function remember(visit, record) {
  const { form, kept, site } = visit;
  const planned = /** @type {Visit | undefined} */ (await get('visits', kept.draft.id));
  const done = { mine: true, lead: '', planned_for: null, ...planned, id: kept.draft.id, enterprise: site.id, campaign: form.campaign, state: 'done', started_at: record.started_at, hazards: record.hazards.length };
  await write(['visits', 'hazards'], (out) => {
    out.put('visits', done);
    for (const f of findings(visit)) {
      out.put('hazards', {
        id: f.id, number: '', campaign: form.campaign, enterprise: site.id, product: f.product, problem: f.problem, what: f.what, severity: severityOf(visit.pack, f),
        state: f.corrected ? 'verified' : f.order ? 'ordered' : 'registered', due: f.order ? f.due : null, overdue: false, found_at: record.started_at,
      });
    }
  });
}

/** Seals a visit: its record and its orders go into the queue, the draft goes, in one step. @param {import('./form.js').Open} visit @param {string} me */
export async function seal(visit, me) {
  const { kept, form } = visit;
  await kept.touch();
  const record = submission(visit, me);
  const known = await items();
  const before = known.filter((i) => i.kind === 'enterprise' && i.about === form.enterprise && i.state !== 'replaced').map((i) => i.id);
  const replaces = kept.draft.replaces;
  const first = await sealed(me, {
    kind: 'inspection', about: kept.draft.id, title: kept.draft.title, content: record, files: filesOf(record), after: before,
    place: form.place, form, form_kind: 'inspection', replaces,
  });
  const out = [first];
  for (const f of findings(visit).filter((f) => f.order && !f.corrected)) {
    const content = { thing: 'hazards', act: { verb: 'order', due: f.due, demand: told(f.demand) } };
    const old = known.find((i) => i.kind === 'act' && i.about === f.id && i.state !== 'stored' && i.state !== 'replaced');
    // An order that was sealed with a record that came back goes on with the mended one.
    if (old && old.state !== 'refused' && old.content === JSON.stringify(content)) continue;
    out.push(await sealed(me, {
      kind: 'act', about: f.id, title: say('order_title', { name: kept.draft.title }), content, files: [], after: [first.id],
      place: form.place, form: { hazard: f.id, verb: 'order', due: f.due, demand: f.demand }, form_kind: 'hazard', replaces: old?.id || null,
    }));
  }
  await enqueue(out, kept.draft.id);
  await remember(visit, record);
  tell('sealed');
  return first;
}
