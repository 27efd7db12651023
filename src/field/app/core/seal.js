// The seal (封存): a key that cannot leave this device signs what was captured, when it is finalised.
import { recall, remember } from './db.js';
import { base64url, moment, newId, sha256 } from './ids.js';
import { Trouble, request } from './http.js';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };

/** The key of an account on this device, made when it is first asked for. @param {string} account @returns {Promise<Keys>} */
export async function keysOf(account) {
  const known = /** @type {Keys | undefined} */ (await recall('keys', account));
  if (known) return known;
  const pair = await crypto.subtle.generateKey(CURVE, false, ['sign', 'verify']);
  const made = { account, device: newId(), pair, registered: false };
  await remember('keys', made);
  return made;
}

/** Makes the device known to the server, once. @param {string} account */
export async function register(account) {
  const keys = await keysOf(account);
  if (keys.registered) return keys;
  const key = base64url(await crypto.subtle.exportKey('spki', keys.pair.publicKey));
  try {
    await request('PUT', `/api/v1/devices/${keys.device}`, { json: { name: deviceName(), key } });
  } catch (error) {
    // The number belongs to another key: it was copied with a profile of the browser. A new one is made.
    if (error instanceof Trouble && error.status === 409) await remember('keys', { ...keys, device: newId() });
    throw error;
  }
  const registered = { ...keys, registered: true };
  await remember('keys', registered);
  return registered;
}

/** The server does not know the device (any more): it is made known at the next exchange. @param {string} account */
export async function unregister(account) {
  await remember('keys', { ...(await keysOf(account)), registered: false });
}

function deviceName() {
  const agent = navigator.userAgent;
  const system = /\(([^)]+)\)/.exec(agent)?.[1] || 'web';
  return system.split(';').slice(0, 3).join(';').trim().slice(0, 80);
}

/** The fingerprint of the device's key, as the server shows it. @param {string} account */
export async function fingerprint(account) {
  const keys = await keysOf(account);
  return sha256(await crypto.subtle.exportKey('spki', keys.pair.publicKey));
}

/**
 * An item with its statement and signature. From here on nothing of it changes.
 * @param {string} account
 * @param {{kind: string, about: string, title: string, content: unknown, files: string[], after: string[], place: Where | null, form: unknown, form_kind: string, replaces: string | null}} what
 * @returns {Promise<Item>}
 */
export async function sealed(account, what) {
  const keys = await keysOf(account);
  const { kind, about, title, after, form, form_kind, replaces } = what;
  const id = newId();
  const at = moment();
  const files = [...new Set(what.files)];
  const content = JSON.stringify(what.content);
  const place = what.place ? `${what.place.lon.toFixed(6)},${what.place.lat.toFixed(6)}` : null;
  const statement = JSON.stringify({ item: id, content: await sha256(content), files, account, device: keys.device, at, place });
  const bytes = new TextEncoder().encode(statement);
  const signature = base64url(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, keys.pair.privateKey, bytes));
  return {
    id, kind, about, title, after, content, files, statement, signature, device: keys.device, account, at,
    state: 'waiting', receipt: null, tries: 0, done_at: null, form: structuredClone(form), form_kind, replaces,
  };
}
