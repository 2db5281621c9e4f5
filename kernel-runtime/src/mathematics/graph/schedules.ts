/** Topologies that change from step to step. */
import { assertWhole } from './checks.js';
import { circulant } from './circulant.js';
import type { Topology } from './topology.js';

/** The topology of step k = 0, 1, 2, …; it repeats after `period` steps. */
export interface Schedule {
  (k: number): Topology;
  readonly period: number;
}

/**
 * One-peer exponential graphs: in step k every node receives from one peer, 2^(k mod log2 n) places back, with
 * weights 1/2. For n a power of two, log2 n steps give the exact average (Assran et al. 2019; Ying et al. 2021).
 * @throws VALUE_INVALID for n < 1
 */
export function onePeerExponential(n: number): Schedule {
  assertWhole('onePeerExponential(n)', n, 1);
  const period = Math.max(1, Math.ceil(Math.log2(n)));
  const topologies = Array.from({ length: period }, (_, t) =>
    circulant('one-peer-exponential', n, n === 1 ? [] : [2 ** t])
  );
  return Object.assign((k: number) => topologies[k % period], { period });
}
