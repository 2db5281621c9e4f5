/** What calls with weights of their own exchange: worked out once for equal weights, since algorithms go round in few. */
import type { NeighborAllreduceOptions } from './communicator.js';
import type { NeighborSpec } from './specs.js';

/** A schedule of graphs has fewer. */
const MOST = 256;

export class SpecMemo {
  readonly #specs = new Map<string, NeighborSpec>();

  /** The one object for all calls with equal weights. @param make works it out; if it throws, nothing is kept */
  of(options: NeighborAllreduceOptions, make: () => NeighborSpec): NeighborSpec {
    const key = keyOf(options);
    if (key === undefined) return make();
    const known = this.#specs.get(key);
    if (known) return known;
    const spec = make();
    if (this.#specs.size >= MOST) this.#specs.clear();
    this.#specs.set(key, spec);
    return spec;
  }
}

/** Undefined for weights in maps, which have no text. */
function keyOf(options: NeighborAllreduceOptions): string | undefined {
  const { selfWeight, srcWeights, dstWeights, enableTopoCheck } = options;
  if (srcWeights instanceof Map || dstWeights instanceof Map) return undefined;
  return JSON.stringify([selfWeight, srcWeights, dstWeights, enableTopoCheck]);
}
