// A code to be read by a colleague's phone (QR, ISO/IEC 18004): bytes, version 6, correction level L, one mask. More is not
// needed for what one phone tells another.

const SIZE = 41;
/** Data and correction words of each of the two blocks. */
const [DATA, CORRECTION] = [68, 18];
/** The most bytes that fit: two blocks, less the half words of kind and length. */
export const MOST = 2 * DATA - 2;
/** What stands beside the corners: level L, mask 0, protected by its own code (ISO/IEC 18004, annex C). */
const FORMAT = '111011111000100';

/** The field of 256 in which correction is reckoned (x⁸ + x⁴ + x³ + x² + 1). @param {number} a @param {number} b */
function times(a, b) {
  let product = 0;
  for (let i = 7; i >= 0; i -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((b >> i) & 1) * a;
  }
  return product;
}

/** The correction words of a block (Reed–Solomon). @param {number[]} block */
function correction(block) {
  const divisor = new Array(CORRECTION).fill(0);
  divisor[CORRECTION - 1] = 1;
  let root = 1;
  for (let i = 0; i < CORRECTION; i += 1) {
    for (let j = 0; j < CORRECTION; j += 1) divisor[j] = times(divisor[j], root) ^ (divisor[j + 1] || 0);
    root = times(root, 2);
  }
  const rest = new Array(CORRECTION).fill(0);
  for (const word of block) {
    const factor = word ^ rest[0];
    rest.shift();
    rest.push(0);
    divisor.forEach((d, i) => { rest[i] ^= times(d, factor); });
  }
  return rest;
}

/** All words in the order in which they are drawn. @param {Uint8Array} bytes */
function words(bytes) {
  if (bytes.length > MOST) throw new Error('too long for a code');
  const bits = [0, 1, 0, 0, ...bitsOf(bytes.length), ...[...bytes].flatMap(bitsOf), 0, 0, 0, 0];
  const data = [];
  for (let i = 0; i < bits.length; i += 8) data.push(bits.slice(i, i + 8).reduce((word, bit) => word * 2 + bit, 0));
  for (let fill = 0xec; data.length < 2 * DATA; fill ^= 0xec ^ 0x11) data.push(fill);
  const blocks = [data.slice(0, DATA), data.slice(DATA)];
  const turn = (/** @type {number[][]} */ two) => two[0].flatMap((word, i) => [word, two[1][i]]);
  return [...turn(blocks), ...turn(blocks.map(correction))];
}

/** @param {number} word */
function bitsOf(word) {
  return [7, 6, 5, 4, 3, 2, 1, 0].map((i) => (word >> i) & 1);
}

/** The rows of the code: true is dark. @param {string} text */
export function code(text) {
  /** @type {(boolean | null)[][]} */
  const grid = Array.from({ length: SIZE }, () => new Array(SIZE).fill(null));
  frame(grid);
  const bits = words(new TextEncoder().encode(text)).flatMap(bitsOf);
  let next = 0;
  // in pairs of columns from the right, up and down, past the line of every second square
  for (let right = SIZE - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    const up = ((right + 1) & 2) === 0;
    for (let i = 0; i < SIZE; i += 1) {
      const row = up ? SIZE - 1 - i : i;
      for (const column of [right, right - 1]) {
        if (grid[row][column] !== null) continue;
        grid[row][column] = ((bits[next] || 0) === 1) !== ((row + column) % 2 === 0);
        next += 1;
      }
    }
  }
  return /** @type {boolean[][]} */ (grid);
}

/** What every code of this version has. @param {(boolean | null)[][]} grid */
function frame(grid) {
  const put = (/** @type {number} */ row, /** @type {number} */ column, /** @type {boolean} */ dark) => { if (grid[row]?.[column] !== undefined) grid[row][column] = dark; };
  const square = (/** @type {number} */ row, /** @type {number} */ column, /** @type {number} */ reach) => {
    for (let r = -reach; r <= reach; r += 1) {
      for (let c = -reach; c <= reach; c += 1) {
        const far = Math.max(Math.abs(r), Math.abs(c));
        put(row + r, column + c, reach === 4 ? far !== 2 && far !== 4 : far !== 1);
      }
    }
  };
  for (let i = 0; i < SIZE; i += 1) {
    put(6, i, i % 2 === 0);
    put(i, 6, i % 2 === 0);
  }
  for (const [row, column] of [[3, 3], [3, SIZE - 4], [SIZE - 4, 3]]) square(row, column, 4);
  square(34, 34, 2);
  [...FORMAT].forEach((bit, i) => {
    const dark = bit === '1';
    if (i < 6) put(8, i, dark); else if (i < 8) put(8, i + 1, dark); else if (i === 8) put(7, 8, dark); else put(14 - i, 8, dark);
    if (i < 7) put(SIZE - 1 - i, 8, dark); else put(8, SIZE - 15 + i, dark);
  });
  put(SIZE - 8, 8, true);
}
