// Files in pieces. After a cut the server says how much it has, and the rest goes on from there.
import { fileOf, get, put } from './db.js';
import { tell } from './dom.js';
import { Trouble, request } from './http.js';

/** A piece, which is what a cut costs at the most: two seconds of a line of 256 kbit/s; ten cuts of 20 MB are some 3 %. */
const PIECE = 64 * 1024;

/** Sends what the server lacks of a file; says so whenever some of it has arrived. @param {string} sha256 @param {() => void} [arrived] */
export async function upload(sha256, arrived) {
  let photo = /** @type {Photo | undefined} */ (await get('photos', sha256));
  const file = photo && !photo.freed ? await fileOf(photo.blob) : null;
  if (!photo || !file) return;
  let at = photo.sent > 0 ? await held(sha256) : 0;
  // When all had arrived and the server fell over before it put the pieces together, a piece without bytes makes it do so.
  do {
    at = await piece(photo, file, at);
    photo = { ...photo, sent: at };
    await put('photos', photo);
    arrived?.();
    tell('progress');
  } while (at < photo.bytes);
}

/** How much of it has arrived. @param {string} sha256 */
async function held(sha256) {
  try {
    return Number((await request('HEAD', `/api/v1/files/${sha256}`)).headers.get('upload-offset') || 0);
  } catch (error) {
    if (error instanceof Trouble && error.status === 404) return 0;
    throw error;
  }
}

/** Sends one piece; answers where to go on. @param {Photo} photo @param {Blob} file @param {number} at */
async function piece(photo, file, at) {
  const body = file.slice(at, at + PIECE);
  const headers = { 'upload-offset': String(at), 'upload-length': String(photo.bytes), 'content-type': 'application/offset+octet-stream' };
  try {
    const response = await request('PATCH', `/api/v1/files/${photo.sha256}`, { body, headers, seconds: 120 });
    return Number(response.headers.get('upload-offset'));
  } catch (error) {
    const offset = error instanceof Trouble && error.status === 409 ? error.headers?.get('upload-offset') : null;
    if (offset === null || offset === undefined || Number(offset) === at) throw error;
    return Number(offset);
  }
}
