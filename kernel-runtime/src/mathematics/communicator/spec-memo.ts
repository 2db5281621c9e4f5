/** What calls with weights of their own exchange: worked out once for equal weights, since algorithms go round in few. */
import type { NeighborAllreduceOptions } from './communicator.js';
import type { NeighborSpec } from './specs.js';
import { isRecord } from './weights.js';

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

/** Undefined for weights that have no text; built by hand, because a call of 1 KB notices what JSON takes. */
function keyOf(options: NeighborAllreduceOptions): string | undefined {
  const { selfWeight, srcWeights, dstWeights, enableTopoCheck } = options;
  const [sources, destinations] = [textOf(srcWeights), textOf(dstWeights)];
  if (!isPlain(selfWeight) || sources === undefined || destinations === undefined) return undefined;
  return `${selfWeight}|${sources}|${destinations}|${enableTopoCheck}`;
}

/** Undefined for a map, and for what holds no numbers: whoever works the spec out refuses it. */
function textOf(weights: unknown): string | undefined {
  if (weights === undefined) return '';
  const isList = Array.isArray(weights);
  if (!isList && !isRecord(weights)) return undefined;
  let text = isList ? '[' : '{';
  for (const [rank, weight] of Object.entries(weights as Record<string, unknown>)) {
    if (!isPlain(weight)) return undefined;
    text += `${rank}:${weight},`;
  }
  return text;
}

function isPlain(weight: unknown): weight is number | undefined {
  return weight === undefined || typeof weight === 'number';
}
