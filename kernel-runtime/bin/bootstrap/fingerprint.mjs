/** Content hashes of files and folders: what was built, and from what. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One hash over the names and the contents of files and folders; what does not exist counts as empty.
 * @param {string} folder where the names are looked up
 * @param {string[]} names files or folders in it
 */
export function fingerprint(folder, names) {
  const hash = createHash('sha256');
  for (const name of names) addPath(hash, folder, name);
  return hash.digest('hex');
}

function addPath(hash, folder, name) {
  const path = join(folder, name);
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory()) {
    for (const entry of readdirSync(path).sort()) addPath(hash, folder, `${name}/${entry}`);
  } else {
    hash.update(`${name}\0`).update(readFileSync(path)).update('\0');
  }
}

/** Reads a stamp, or undefined when there is none. */
export function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}
