// A ZIP of a folder, its files as they are (APPNOTE.TXT 6.3.10, method 0).
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { crc32 } from 'node:zlib';

/** What both headers of a file say of it. */
function described(bytes, name) {
  const said = Buffer.alloc(26);
  said.writeUInt16LE(20, 0); // the version that can read it
  said.writeUInt16LE(0x0800, 2); // names are UTF-8
  said.writeUInt32LE(0x00210000, 6); // 1980-01-01
  said.writeUInt32LE(crc32(bytes), 10);
  said.writeUInt32LE(bytes.length, 14);
  said.writeUInt32LE(bytes.length, 18);
  said.writeUInt16LE(name.length, 22);
  return said;
}

const word = (n) => { const four = Buffer.alloc(4); four.writeUInt32LE(n); return four; };

/** The files of `folder`, under its own name, each as `change` makes it. */
export function zipped(folder, change) {
  const [files, entries] = [[], []];
  let at = 0;
  for (const found of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile())) {
    const path = join(found.parentPath, found.name);
    const bytes = Buffer.from(change(relative(folder, path), readFileSync(path)));
    const name = Buffer.from(relative(join(folder, '..'), path));
    const file = Buffer.concat([word(0x04034b50), described(bytes, name), name, bytes]);
    const entry = Buffer.alloc(14); // no comment, first disk, no attributes, and where the file begins
    entry.writeUInt32LE(at, 10);
    entries.push(Buffer.concat([word(0x02014b50), Buffer.from([20, 0]), described(bytes, name), entry, name]));
    files.push(file);
    at += file.length;
  }
  const list = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, list, end]);
}
