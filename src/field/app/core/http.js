// Requests to the server: with the token, in the reader's language, with an end to waiting.
import { lang } from './words.js';

/** The version of the envelope in which items travel. */
const FIELD = '1';

/** What went wrong with a request. `status` is 0 when no answer came: no network, or the server is not there. */
export class Trouble extends Error {
  /** @param {number} status @param {string} code @param {string} detail @param {Headers} [headers] */
  constructor(status, code, detail, headers) {
    super(detail || code || `HTTP ${status}`);
    Object.assign(this, { status, code });
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  /** Whether it may go well another time without anybody doing something. */
  get passes() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** @type {string | null} */
let token = null;

/** Which token goes along; none: the browser's own session. @param {string | null} value */
export function carry(value) {
  token = value;
}

/** How far the server's clock is ahead of ours, in milliseconds, as far as its last answer says. */
export let clockAhead = 0;

/**
 * @param {string} method @param {string} path
 * @param {{json?: unknown, body?: BodyInit, headers?: Record<string, string>, seconds?: number, bearer?: string}} [how]
 */
export async function request(method, path, how = {}) {
  const headers = new Headers({ 'accept-language': lang() === 'zh' ? 'zh-CN' : 'en', accept: 'application/json', 'x-paicha-field': FIELD, ...how.headers });
  const bearer = how.bearer || token;
  if (bearer) headers.set('authorization', `Bearer ${bearer}`);
  let body = how.body;
  if (how.json !== undefined) {
    headers.set('content-type', 'application/json');
    body = JSON.stringify(how.json);
  }
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, { method, headers, body, cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout((how.seconds || 60) * 1000) });
  } catch (error) {
    throw new Trouble(0, 'network', String(error));
  }
  const date = Date.parse(response.headers.get('date') || '');
  if (date) clockAhead = date - Date.now();
  if (!response.ok) throw await trouble(response);
  return response;
}

/** @param {Response} response */
async function trouble(response) {
  let problem = { code: '', detail: '' };
  try {
    problem = await response.json();
  } catch { /* a gateway in between speaks its own language */ }
  return new Trouble(response.status, problem.code, problem.detail, response.headers);
}

/** The JSON of an answer. A cut in the middle of it is a cut. @param {Response} response @returns {Promise<any>} */
export async function json(response) {
  try {
    return await response.json();
  } catch (error) {
    throw new Trouble(0, 'network', String(error));
  }
}
