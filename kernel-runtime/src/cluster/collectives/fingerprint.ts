/** A topology in a few words that are equal for equal weights. */
import type { Topology } from '../../mathematics/graph/topology.js';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** E.g. `ring of 8 (W #3f9a01c2)`: the name, the size, and a 32-bit FNV-1a hash of the weights. */
export function fingerprint({ name, size, W }: Topology): string {
  let hash = FNV_OFFSET;
  const { buffer, byteOffset, byteLength } = W.data;
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) {
    hash = Math.imul(hash ^ byte, FNV_PRIME);
  }
  return `${name} of ${size} (W #${(hash >>> 0).toString(16).padStart(8, '0')})`;
}
