// Photographs: made smaller on the device, hashed, kept until the server has them.
import { fileOf, get, write } from './db.js';
import { exifOf, withExif } from './exif.js';
import { moment, sha256 } from './ids.js';

/** The longer side of what is kept. A label or a gauge stays readable. */
const SIDE = 1600;
const THUMB = 176;
const QUALITY = 0.8;
/** The largest file that is taken, as on the server. */
export const LARGEST = 20 * 1024 * 1024;

/** Takes a picture in; answers its hash. `original` keeps the file as it is. @param {Blob} file @param {boolean} original */
export async function take(file, original) {
  const bytes = await file.arrayBuffer();
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null);
  const small = picture && !original ? withExif(await scaled(picture, SIDE, QUALITY), exifOf(bytes)) : null;
  // A picture that is small already would only lose by being made anew.
  const kept = small && small.size < file.size ? small : file;
  const thumb = picture ? await scaled(picture, THUMB, 0.7) : null;
  picture?.close();
  return keep(kept, thumb);
}

/** Keeps a file with its small picture. @param {Blob} blob @param {Blob | null} thumb */
export async function keep(blob, thumb) {
  const sha = await sha256(await blob.arrayBuffer());
  const known = /** @type {Photo | undefined} */ (await get('photos', sha));
  if (known && !known.freed) return sha;
  /** @type {Photo} */
  const photo = { sha256: sha, blob, thumb, type: blob.type, bytes: blob.size, at: moment(), sent: 0, freed: false };
  await write(['photos'], (out) => out.put('photos', photo), 'strict');
  return sha;
}

/** @param {ImageBitmap} picture @param {number} side @param {number} quality @returns {Promise<Blob>} */
async function scaled(picture, side, quality) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return blobOf(canvas, 'image/jpeg', quality);
}

/** @param {HTMLCanvasElement} canvas @param {string} type @param {number} [quality] @returns {Promise<Blob>} */
export function blobOf(canvas, type, quality) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture could not be made'))), type, quality);
  });
}

/** An address under which a page can show it; give it back with `URL.revokeObjectURL`. @param {string} sha @param {boolean} [whole] */
export async function shown(sha, whole) {
  const photo = /** @type {Photo | undefined} */ (await get('photos', sha));
  const blob = await fileOf((whole && photo?.blob) || photo?.thumb || photo?.blob);
  return blob ? URL.createObjectURL(blob) : '';
}
