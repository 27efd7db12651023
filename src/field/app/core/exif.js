// What the camera wrote into a photograph (time, place) goes over to the smaller copy. Only its position is set to
// upright, because the copy has been turned already.

const SOI = 0xffd8;
const APP1 = 0xffe1;
const ORIENTATION = 0x0112;

/** The Exif segment of a JPEG, upright; none when it has none. @param {ArrayBuffer} jpeg @returns {Uint8Array<ArrayBuffer> | null} */
export function exifOf(jpeg) {
  const view = new DataView(jpeg);
  if (view.byteLength < 12 || view.getUint16(0) !== SOI) return null;
  let at = 2;
  while (at + 10 < view.byteLength && view.getUint8(at) === 0xff) {
    const length = view.getUint16(at + 2) + 2;
    const isExif = view.getUint16(at) === APP1 && view.getUint32(at + 4) === 0x45786966;
    if (isExif && at + length <= view.byteLength) return upright(new Uint8Array(jpeg.slice(at, at + length)));
    if (view.getUint16(at) === 0xffda) return null;
    at += length;
  }
  return null;
}

/** @param {Uint8Array<ArrayBuffer>} segment */
function upright(segment) {
  const view = new DataView(segment.buffer);
  const tiff = 10;
  const little = view.getUint16(tiff) === 0x4949;
  const first = tiff + view.getUint32(tiff + 4, little);
  if (first + 2 > segment.length) return null;
  const entries = view.getUint16(first, little);
  for (let i = 0; i < entries; i += 1) {
    const entry = first + 2 + i * 12;
    if (entry + 12 > segment.length) return null;
    if (view.getUint16(entry, little) === ORIENTATION) view.setUint16(entry + 8, 1, little);
  }
  return segment;
}

/** The JPEG with this segment right after its beginning. @param {Blob} jpeg @param {Uint8Array<ArrayBuffer> | null} segment */
export function withExif(jpeg, segment) {
  return segment ? new Blob([jpeg.slice(0, 2), segment, jpeg.slice(2)], { type: 'image/jpeg' }) : jpeg;
}
