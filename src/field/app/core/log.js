// What happened at each exchange, kept so that it can be read at leisure.
import { all, put, write } from './db.js';
import { tell } from './dom.js';
import { moment } from './ids.js';

const KEPT = 200;

/** @param {boolean} good @param {string} what @param {string} [more] */
export async function note(good, what, more) {
  await put('log', { at: moment(), good, what, more });
  const lines = /** @type {LogLine[]} */ (await all('log'));
  const old = lines.slice(0, -KEPT);
  if (old.length) await write(['log'], (out) => old.forEach((line) => out.drop('log', line.n || 0)));
  tell('log');
}

/** The newest first. @returns {Promise<LogLine[]>} */
export async function lines() {
  return (await /** @type {Promise<LogLine[]>} */ (all('log'))).reverse();
}
