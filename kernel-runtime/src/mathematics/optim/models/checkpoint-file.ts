/** One rank's part of a checkpoint: a file that is there whole or not at all, and knows whether it is still whole. */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

import { DecentLabError } from '../../../errors.js';
import { packed, unpacked } from './snapshot.js';

/** The first line of every checkpoint; the digit is the version of what follows: a SHA-256, and the data it is of. */
const FIRST_LINE = Buffer.from('decentlab checkpoint 1\n');
const HASH_BYTES = 32;

/** Writes the data in one step, folders included, and waits until the disk has it: a kill or a power cut leaves the old file, or the new one. */
export async function writeCheckpointFile(path: string, data: unknown): Promise<void> {
  const bytes = packed(data);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.part`;
  const file = await open(draft, 'w');
  try {
    await file.writeFile(Buffer.concat([FIRST_LINE, hashOf(bytes), bytes]));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/**
 * The data of a file.
 * @throws FILE_INVALID for a file that is missing, of another kind, cut short or changed
 */
export async function readCheckpointFile(path: string): Promise<unknown> {
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw invalid(path, error.code === 'ENOENT' ? 'no file' : error.message);
  });
  const start = FIRST_LINE.length + HASH_BYTES;
  if (!content.subarray(0, FIRST_LINE.length).equals(FIRST_LINE))
    throw invalid(path, content.length === 0 ? 'an empty file' : 'a file of another kind');
  const bytes = content.subarray(start);
  const isWhole = hashOf(bytes).equals(content.subarray(FIRST_LINE.length, start));
  if (!isWhole) throw invalid(path, `${content.length} bytes that are not as they were written`);
  return unpacked(bytes);
}

function hashOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function invalid(path: string, received: string): DecentLabError {
  const expected = 'a whole checkpoint of this rank';
  return new DecentLabError('FILE_INVALID', { path, expected, received });
}
