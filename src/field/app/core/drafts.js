// What is being written. Every change is on the disk before the next one: closing the app, a crash of the browser or an
// update lose at most the letter under the finger.
import { all, get, put, write } from './db.js';
import { bus, tell } from './dom.js';
import { moment } from './ids.js';

/** A draft that saves itself: say [`touch`](Kept.touch) after each change. @template F */
export class Kept {
  /** @param {Draft<F>} draft */
  constructor(draft) {
    this.draft = draft;
    this.writing = false;
    this.dirty = false;
    /** Sealed, dropped, or of somebody who has stepped aside: nothing is written any more. */
    this.ended = false;
    /** @type {Promise<void>} */
    this.last = Promise.resolve();
  }

  get form() {
    return this.draft.form;
  }

  /** Something has changed: written at once, and again when more came while the disk was busy. */
  touch() {
    if (this.ended) return this.last;
    this.dirty = true;
    if (!this.writing) this.last = this.flush();
    return this.last;
  }

  async flush() {
    this.writing = true;
    try {
      while (this.dirty && !this.ended) {
        this.dirty = false;
        this.draft.changed = moment();
        await put('drafts', this.draft);
      }
    } catch (error) {
      tell('full');
      throw error;
    } finally {
      this.writing = false;
    }
  }
}

/** Each draft once: whoever comes late with a place or a photograph writes into the same one. @type {Map<string, Kept<any>>} */
const living = new Map();

/** What was sealed or dropped is not written again; answers how to take that back. @param {string} id */
export function end(id) {
  const kept = living.get(id);
  if (kept) kept.ended = true;
  living.delete(id);
  return () => {
    if (!kept) return;
    kept.ended = false;
    living.set(id, kept);
  };
}

bus.addEventListener('account', () => [...living.keys()].forEach((id) => end(id)));

/** The draft `id`, or a new one. @template F @param {string} kind @param {string} id @param {() => Promise<{title: string, form: F, replaces?: string | null}>} make @returns {Promise<Kept<F>>} */
export async function open(kind, id, make) {
  const open = living.get(id);
  if (open) return open;
  const known = /** @type {Draft<F> | undefined} */ (await get('drafts', id));
  if (known) return alive(new Kept(known));
  const { title, form, replaces = null } = await make();
  const kept = alive(new Kept({ id, kind, title, shape: 1, begun: moment(), changed: moment(), form, replaces }));
  await kept.touch();
  tell('drafts');
  return kept;
}

/** The one that is first stays. @template F @param {Kept<F>} kept @returns {Kept<F>} */
function alive(kept) {
  const { id } = kept.draft;
  if (!living.has(id)) living.set(id, kept);
  return living.get(id) || kept;
}

/** @type {{id: string, release: () => void} | null} */
let held = null;

/** Takes a draft into this window's hands; false when another window has it, so that neither overwrites the other. @param {string} id @returns {Promise<boolean>} */
export function hold(id) {
  if (held?.id === id) return Promise.resolve(true);
  letGo();
  return new Promise((resolve) => {
    navigator.locks.request(`paicha-draft-${id}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock ? new Promise((release) => { held = { id, release: () => release(undefined) }; }) : undefined;
    });
  });
}

/** Leaves the draft that this window had to others. */
export function letGo() {
  held?.release();
  held = null;
}

/** The latest first. @returns {Promise<Draft[]>} */
export async function list() {
  const drafts = /** @type {Draft[]} */ (await all('drafts'));
  return drafts.sort((a, b) => b.changed.localeCompare(a.changed));
}

/** @param {string} id */
export async function drop(id) {
  end(id);
  await write(['drafts'], (out) => out.drop('drafts', id));
  tell('drafts');
}
