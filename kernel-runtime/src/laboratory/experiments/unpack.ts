/** Unpacks a package of npm (.tgz): gzip, and the plain files of a tar archive, without their folder. */
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createGunzip } from 'node:zlib';

const BLOCK = 512;
/** Of a header: where the name, the size in octal digits and the kind of entry stand (POSIX ustar). */
const NAME = [0, 100] as const;
const SIZE = [124, 136] as const;
const KIND = 156;
const PLAIN_FILES = ['0', '\0'];

/**
 * Writes the files of the archive into `folder`, by their last names.
 * @throws an Error for an archive that is cut off or no gzip
 */
export async function unpack(archive: string, folder: string): Promise<void> {
  const bytes = new Bytes(createReadStream(archive).pipe(createGunzip()));
  for (;;) {
    const header = await bytes.take(BLOCK);
    if (header.every(byte => byte === 0)) return;
    const text = (from: number, to: number): string =>
      header.toString('latin1', from, to).split('\0')[0];
    const size = parseInt(text(...SIZE).trim() || '0', 8);
    const content = await bytes.take(Math.ceil(size / BLOCK) * BLOCK);
    if (PLAIN_FILES.includes(String.fromCharCode(header[KIND])))
      await writeFile(join(folder, basename(text(...NAME))), content.subarray(0, size));
  }
}

/** A stream, in pieces of the sizes that are asked for. */
class Bytes {
  readonly #parts: AsyncIterator<Buffer, unknown>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<unknown>) {
    this.#parts = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  async take(size: number): Promise<Buffer> {
    const pieces = [this.#rest];
    let length = this.#rest.length;
    while (length < size) {
      const next = await this.#parts.next();
      if (next.done) throw new Error(`The archive ends ${size - length} bytes too early.`);
      pieces.push(next.value);
      length += next.value.length;
    }
    const all = Buffer.concat(pieces);
    this.#rest = all.subarray(size);
    return all.subarray(0, size);
  }
}
