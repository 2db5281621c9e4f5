/** The programs that carry out the operations, and what each is told beside the value: data that can be cloned. */
import type { CallOptions } from './communicator.js';
import type { Compression } from './compression/compression.js';
import type { OutOption } from './out.js';
import type { ExchangePlan } from './weights.js';

/** An exchange with some ranks. */
export interface NeighborSpec {
  readonly plan: ExchangePlan;
  /** The topology in words, equal on all ranks that have the same one. */
  readonly topology: string;
  /** Whether the ranks must agree on who sends to whom. */
  readonly isChecked: boolean;
}

/** An exchange between machines, for which each machine's first rank speaks. */
export interface HierarchicalSpec extends NeighborSpec {
  /** The ranks of this machine that take part, ascending. */
  readonly locals: readonly number[];
  /** By machine, the first of its ranks that takes part. */
  readonly leaders: readonly number[];
}

export interface Specs {
  readonly neighborAllreduce: NeighborSpec & {
    /** What the rank asked for, if not for this. */
    readonly op?: string;
    readonly compression?: Compression;
  };
  readonly neighborAllgather: NeighborSpec;
  readonly allreduce: {
    readonly average: boolean;
    /** The ranks that take part, this one among them, ascending. Defaults to all. */
    readonly group?: readonly number[];
  };
  readonly allgather: Record<string, never>;
  readonly broadcast: { readonly rootRank: number };
  readonly barrier: Record<string, never>;
  readonly hierarchicalNeighborAllreduce: HierarchicalSpec;
}

export type ProgramName = keyof Specs;

/** One operation, asked for. */
export interface Request<Name extends ProgramName> {
  readonly spec: Specs[Name];
  readonly options?: (CallOptions & OutOption) | undefined;
  /** Whether the values may differ in their first dimension. Defaults to false. */
  readonly isByRows?: boolean;
  /** Whether the result may be written over the value: it is the value itself, or the value is not read. Defaults to false. */
  readonly isOver?: boolean;
}
