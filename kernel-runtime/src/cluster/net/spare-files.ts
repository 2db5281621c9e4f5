/**
 * Files of values that have been read, kept for the next value: to write over a file takes a tenth of the time in which
 * the system finds pages for a new one. All processes of a cluster share them; a file has one owner at a time, since
 * only one of several renames succeeds.
 */
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of all spare files together. */
const MOST_BYTES = 2 ** 26;
/** A much larger file is left for a larger value. */
const MOST_TIMES = 4;

const spareName = /^spare-(\d+)-/;

interface Spare {
  readonly name: string;
  readonly bytes: number;
}

/** Keeps a file of `bytes` that nobody reads any more, or removes it where enough are kept. */
export function keepSpare(folder: string, file: string, bytes: number): void {
  const path = join(folder, file);
  const kept = spares(folder).reduce((sum, spare) => sum + spare.bytes, 0);
  if (kept + bytes > MOST_BYTES || !hasMoved(path, join(folder, `spare-${bytes}-${file}`)))
    rmSync(path, { force: true });
}

/** Makes a spare file the file of a value of `bytes`; false if there is none that fits. It still holds what it held. */
export function takeSpare(folder: string, file: string, bytes: number): boolean {
  return spares(folder)
    .filter(spare => spare.bytes >= bytes && spare.bytes <= MOST_TIMES * bytes)
    .some(({ name }) => hasMoved(join(folder, name), join(folder, file)));
}

function spares(folder: string): Spare[] {
  return namesIn(folder).flatMap(name => {
    const bytes = spareName.exec(name)?.[1];
    return bytes === undefined ? [] : [{ name, bytes: Number(bytes) }];
  });
}

/** None if the cluster has ended meanwhile. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function hasMoved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}
