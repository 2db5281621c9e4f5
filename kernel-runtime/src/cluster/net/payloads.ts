/** Packs values for another process of this cluster, and unpacks what came; large ones pass through files. */
import { closeSync, ftruncateSync, openSync, rmSync, writevSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import { DecentLabError } from '../../errors.js';
import { andThen, type Soon } from '../../soon.js';
import type { FilePayload, Parts, Payload } from '../protocol/payload.js';
import { packValue, unpackValue, type MatrixClass } from '../protocol/values.js';
import { keepSpare, takeSpare } from './spare-files.js';

/** From here on, a file is faster than the way through two sockets and the controller. */
const FILE_BYTES = 1 << 18;

let files = 0;

/** The values that this process sends and receives. */
export class Payloads {
  readonly #folder: string;
  readonly #Matrix: MatrixClass;

  /**
   * @param folder private to the cluster, on this machine
   * @param Matrix the class of the matrices that are unpacked
   */
  constructor(folder: string, Matrix: MatrixClass) {
    this.#folder = folder;
    this.#Matrix = Matrix;
  }

  /**
   * A value, ready to be sent; it may change as soon as this has resolved. What is not sent, or has been received,
   * has to be discarded.
   * @param name says in errors which value it is, e.g. `x`
   * @throws VALUE_INVALID for functions and promises inside of it
   */
  pack(value: unknown, name: string): Soon<Payload> {
    return andThen(packValue(value, name), parts => {
      const bytes = sum(parts.map(part => part.byteLength));
      const written = bytes < FILE_BYTES ? undefined : this.#write(parts);
      return written ?? { parts: parts.map(part => new Uint8Array(part)) as unknown as Parts };
    });
  }

  /** The value that was packed. @throws MESSAGE_INVALID if its file is not what was announced */
  unpack(payload: Payload): Soon<unknown> {
    const parts = 'parts' in payload ? payload.parts : this.#read(payload);
    return andThen(parts, whole => unpackValue(whole, this.#Matrix));
  }

  /** Removes the file of a value that nobody will read again. */
  discard(payload: Payload): void {
    discardPayload(this.#folder, payload);
  }

  /** Gives away the file of a value that everybody has read, for another value. */
  recycle(payload: Payload): void {
    if ('file' in payload) keepSpare(this.#folder, payload.file, sum(payload.sizes));
  }

  /** Undefined if there is no room, or the folder is gone: the message takes the bytes then, or its link tells why not. */
  #write(parts: Parts): FilePayload | undefined {
    const name = `value-${process.pid}-${++files}`;
    const payload = { file: name, sizes: parts.map(part => part.byteLength) };
    const bytes = sum(payload.sizes);
    const isSpare = takeSpare(this.#folder, name, bytes);
    const file = openToWrite(join(this.#folder, name), isSpare ? 'r+' : 'wx');
    if (file === undefined) return undefined;
    try {
      if (isSpare) ftruncateSync(file, bytes);
      for (let rest = filled(parts); rest.length > 0;) rest = after(rest, writevSync(file, rest));
      return payload;
    } catch {
      this.discard(payload);
      return undefined;
    } finally {
      closeSync(file);
    }
  }

  /**
   * Each part has memory of its own, so that an array can lie in it without another copy. Values of several ranks are
   * read side by side.
   */
  async #read({ file: name, sizes }: FilePayload): Promise<Parts> {
    const file = await openValue(join(this.#folder, name));
    try {
      const announced = sum(sizes);
      const { size } = await file.stat();
      if (size !== announced) throw invalid(`a value of ${size} bytes instead of ${announced}`);
      // All of it is read over: zeros before would cost as much as the reading.
      const parts = sizes.map(bytes => Buffer.allocUnsafeSlow(bytes));
      for (let rest = filled(parts); rest.length > 0;) {
        const { bytesRead } = await file.readv(rest);
        rest = after(rest, bytesRead);
      }
      return parts as unknown as Parts;
    } finally {
      await file.close();
    }
  }
}

/** Removes the file of a value that nobody will read again, from the folder of its cluster. */
export function discardPayload(folder: string, payload: Payload): void {
  if ('file' in payload) rmSync(join(folder, payload.file), { force: true });
}

function filled(parts: readonly Uint8Array[]): Uint8Array[] {
  return parts.filter(part => part.byteLength > 0);
}

/** What is left to move: one call of the system moves 2 GB at most, and may move less. */
function after(parts: readonly Uint8Array[], moved: number): Uint8Array[] {
  if (moved === 0) throw invalid('a value that ends too early');
  let [rest, left] = [[...parts], moved];
  while (rest.length > 0 && left >= rest[0].byteLength) {
    left -= rest[0].byteLength;
    rest = rest.slice(1);
  }
  return left > 0 ? [rest[0].subarray(left), ...rest.slice(1)] : rest;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

function openToWrite(path: string, flags: 'wx' | 'r+'): number | undefined {
  try {
    return openSync(path, flags, 0o600);
  } catch {
    return undefined;
  }
}

async function openValue(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw invalid('a value whose file is gone', { cause: error });
  }
}

function invalid(received: string, options?: ErrorOptions): DecentLabError {
  return new DecentLabError('MESSAGE_INVALID', { received }, options);
}
