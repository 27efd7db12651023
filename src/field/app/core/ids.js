// Ids, instants and hashes, as the server writes them.

const ZONE = 8 * 3_600_000;

/** A new id of this moment (UUIDv7, RFC 9562): whoever creates a thing makes its id. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let millis = Date.now();
  for (let i = 5; i >= 0; i -= 1) {
    bytes[i] = millis % 256;
    millis = Math.floor(millis / 256);
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const text = hex(bytes);
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

/** An instant in China: `2023-06-14T09:30:00.000+08:00`. */
export function moment(millis = Date.now()) {
  return new Date(millis + ZONE).toISOString().replace('Z', '+08:00');
}

/** The day in China, so many days from now: `2023-06-14`. */
export function day(after = 0) {
  return moment(Date.now() + after * 86_400_000).slice(0, 10);
}

/** Days from today to `date`; negative when it has passed. @param {string} date */
export function daysTo(date) {
  return Math.round((Date.parse(`${date}T00:00:00+08:00`) - Date.parse(`${day()}T00:00:00+08:00`)) / 86_400_000);
}

/** To the minute: `06-14 09:30`. @param {string} at */
export function short(at) {
  return moment(Date.parse(at)).slice(5, 16).replace('T', ' ');
}

/** @param {Uint8Array | ArrayBuffer} bytes */
export function hex(bytes) {
  return [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/** SHA-256 in hexadecimal digits. @param {string | ArrayBuffer | Uint8Array<ArrayBuffer>} data */
export async function sha256(data) {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  return hex(await crypto.subtle.digest('SHA-256', bytes));
}

/** @param {ArrayBuffer} bytes */
export function base64url(bytes) {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Metres between two places. @param {{lon: number, lat: number}} a @param {{lon: number, lat: number}} b */
export function metres(a, b) {
  const rad = Math.PI / 180;
  const x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
  const y = (b.lat - a.lat) * rad;
  return Math.hypot(x, y) * 6_371_000;
}
