// Bar codes and QR codes: by the browser's own detector, else by ZXing, which is loaded when it is first needed.

const FORMATS = ['qr_code', 'data_matrix', 'ean_13', 'ean_8', 'upc_a', 'code_128', 'code_39', 'itf'];
const SCANNER = '/field/scanner/';

/** @typedef {(from: HTMLVideoElement | HTMLCanvasElement) => Promise<string>} Reader */

/** @type {Promise<Reader> | undefined} */
let reader;

/** The way to read codes on this device. */
export function codes() {
  reader ||= own().then((found) => found || zxing());
  reader.catch(() => { reader = undefined; });
  return reader;
}

/** Whether the browser reads codes by itself. */
export async function isNative() {
  if (!('BarcodeDetector' in globalThis)) return false;
  const known = await BarcodeDetector.getSupportedFormats().catch(() => /** @type {string[]} */ ([]));
  return known.includes('qr_code') && known.includes('ean_13');
}

/** @returns {Promise<Reader | null>} */
async function own() {
  if (!(await isNative())) return null;
  const known = await BarcodeDetector.getSupportedFormats();
  const detector = new BarcodeDetector({ formats: FORMATS.filter((f) => known.includes(f)) });
  return async (from) => (await detector.detect(from))[0]?.rawValue || '';
}

/** @returns {Promise<Reader>} */
async function zxing() {
  const { prepareZXingModule, readBarcodes } = await import(/** @type {string} */ (`${SCANNER}reader/index.js`));
  await prepareZXingModule({ overrides: { locateFile: () => `${SCANNER}zxing_reader.wasm` }, fireImmediately: true });
  return async (from) => {
    const found = await readBarcodes(pixels(from), { tryHarder: true, maxNumberOfSymbols: 1 });
    return found[0]?.text || '';
  };
}

/** @param {HTMLVideoElement | HTMLCanvasElement} from */
function pixels(from) {
  const [width, height] = from instanceof HTMLVideoElement ? [from.videoWidth, from.videoHeight] : [from.width, from.height];
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context || !width) return new ImageData(1, 1);
  context.drawImage(from, 0, 0);
  return context.getImageData(0, 0, width, height);
}

/** The code on a picture; empty when there is none. @param {Blob} file */
export async function codeOn(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return (await codes())(canvas);
}
