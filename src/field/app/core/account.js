// Who works on this device. The token is needed for the exchange only: without network, or when it has lapsed, everything
// that was begun goes on.
import { forget, openAccount, recall, recallAll, remember, removeAccount, restKey, get } from './db.js';
import { bus, tell } from './dom.js';
import { Trouble, carry, json, request } from './http.js';
import { closed, isBox, opened } from './rest.js';
import { register } from './seal.js';
import { unsent } from './queue.js';

/** @type {Account | null} */
let me = null;

/** Whoever is at work; nobody before signing in. */
export const who = () => me;

/** Whether the server wants the password again before it takes anything. */
export let lapsed = false;

bus.addEventListener('lapsed', () => { lapsed = true; });

/** @returns {string | null} */
const myToken = () => (typeof me?.token === 'string' ? me.token : null);

/** Goes on as whoever was here last. */
export async function resume() {
  const id = await recall('settings', 'account');
  const known = id ? await recall('accounts', /** @type {string} */ (id)) : undefined;
  if (known) await enter(/** @type {Account} */ (known));
  return me;
}

/** Those who have worked on this device and not signed out. @returns {Promise<Account[]>} */
export function here() {
  return recallAll('accounts');
}

/** @param {Account} account as it lies on the device */
async function enter(account) {
  await openAccount(account.id);
  const token = isBox(account.token) ? await opened(await restKey(account.id), account.token) : account.token;
  carry(token);
  me = { ...account, token };
  await remember('settings', account.id, 'account');
}

/** The first half of signing in. A second factor may be asked for. @param {string} login @param {string} password */
export async function knock(login, password) {
  const opened = await json(await request('POST', '/api/v1/sessions', { json: { login, password }, bearer: undefined }));
  return { token: /** @type {string} */ (opened.token), ends: /** @type {string} */ (opened.ends_at), change: Boolean(opened.must_change), code: Boolean(opened.second_factor) };
}

/** The second half: the code of the second factor. @param {string} token @param {string} code */
export async function confirm(token, code) {
  const opened = await json(await request('POST', '/api/v1/sessions/code', { json: { code }, bearer: token }));
  return { token: /** @type {string} */ (opened.token), ends: /** @type {string} */ (opened.ends_at), change: Boolean(opened.must_change), code: false };
}

/**
 * Enters with a token, or with the browser's own session when there is none. Another account than `expected` does not
 * get in: what waits here belongs to one person.
 * @param {string | null} token @param {string | null} ends @param {string} login @param {string} [expected]
 */
export async function begin(token, ends, login, expected) {
  carry(token);
  let self;
  try {
    self = await json(await request('GET', '/api/v1/accounts/me'));
  } catch (error) {
    carry(myToken());
    throw error;
  }
  if (expected && self.id !== expected) {
    carry(myToken());
    throw new Trouble(403, 'field.other_account', '');
  }
  const sealed = token && (await closed(await restKey(self.id), token));
  const account = { id: self.id, login: self.login || login, name: self.name, token: sealed, ends_at: ends };
  await remember('accounts', account);
  await enter(account);
  lapsed = false;
  tell('account');
  await register(account.id).catch(() => {}); // made up for at the next exchange
  return account;
}

/** Works on as another of those who are here. @param {string} id */
export async function change(id) {
  const account = await recall('accounts', id);
  if (account) await enter(/** @type {Account} */ (account));
  lapsed = false;
  tell('account');
}

/** Leaves the account on the device and goes to the door, for a colleague. */
export async function stepAside() {
  await forget('settings', 'account');
  me = null;
  carry(null);
  tell('account');
}

/** Signs out and takes everything downloaded off the device. Refused while anything has not been sent. */
export async function leave() {
  if (!me) return;
  const open = await unsent();
  if (open.items + open.drafts + open.photos > 0) throw new Trouble(409, 'field.unsent', '');
  const { id } = me;
  // Without network the session ends by itself; what matters is that nothing stays here.
  await request('DELETE', '/api/v1/sessions/current', { seconds: 8 }).catch(() => {});
  // first nobody is at work any more: whatever is being drawn does not look for what goes now
  await forget('settings', 'account');
  me = null;
  carry(null);
  await removeAccount(id);
  await forget('accounts', id);
  tell('account');
}

/** What the last pack says of whoever is at work. @returns {Promise<Me>} */
export async function profile() {
  const known = /** @type {Me | undefined} */ (await get('meta', 'me'));
  return known || { account: me?.id || '', name: me?.name || '' };
}
