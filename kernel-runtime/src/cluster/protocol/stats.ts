/** What an engine tells of itself while somebody watches: its row of W, what its links have carried, its variables. */
import {
  hasShape,
  isCount,
  isFlag,
  isListOf,
  isOneOf,
  isOptional,
  isRecord,
  isText,
  type Check
} from './checks.js';
import { SPAN_KINDS, type Span, type SpanKind } from './timeline.js';

/** What has passed between this rank and one other since the engine began. */
export interface PeerCount {
  readonly rank: number;
  readonly sentBytes: number;
  readonly sentMessages: number;
  readonly receivedBytes: number;
  readonly receivedMessages: number;
  /** Milliseconds that calls of this rank have waited for that one. */
  readonly waitedMs: number;
}

/** A top-level variable of the engine's cells. */
export interface VariableStats {
  readonly name: string;
  /** In the words of TypeScript. */
  readonly type: string;
  /** Entries by dimension; [] for a number. */
  readonly shape: readonly number[];
  /** Euclidean; of a number its absolute value. */
  readonly norm: number;
}

/** Neighbouring spans of one kind as one: what a screen can show. Times are those of `Span`. */
export interface Stretch extends Omit<Span, 'kind'> {
  readonly kind: SpanKind;
  /** Ms of it in which at least one of the spans lasted. */
  readonly busy: number;
  /** How many spans it is made of. */
  readonly count: number;
}

/** What a rank has done since it told last. */
export interface Lately {
  /** The rank's time, in ms of the monotonic clock of its machine. */
  readonly now: number;
  readonly stretches: readonly Stretch[];
  /** What its cell does at this moment. */
  readonly open?: OpenSpan;
}

/** A span that has not ended. */
export interface OpenSpan {
  readonly kind: SpanKind;
  readonly name: string;
  readonly start: number;
}

/** One engine at one moment; at most four of these leave it in a second. */
export interface EngineStats {
  /** The rank's time, in ms of the monotonic clock of its machine. */
  readonly at: number;
  /** w_ii */
  readonly selfWeight: number;
  /** The ranks that this one averages with, ascending. */
  readonly sources: readonly number[];
  /** w_ij of each source. */
  readonly weights: readonly number[];
  /** The name of the topology. */
  readonly topology: string;
  /** ‖W − 11ᵀ/n‖₂ of the whole W; rank 0 tells it, if the graph is not too large. */
  readonly rho?: number;
  readonly peers: readonly PeerCount[];
  /** Resident bytes of the process. */
  readonly memory: number;
  /** Microseconds of processor time since the engine began. */
  readonly cpu: number;
  /** The oldest call that waits, in words. */
  readonly waiting?: string;
  readonly variables: readonly VariableStats[];
  /** How many times it has averaged with its neighbours since it began. */
  readonly rounds: number;
  /** What computes its tensors, in words: backend, device and its memory, and why that was chosen. */
  readonly device: string;
  /** By name the entries of the variables that watchers have picked, as far as this rank has them. */
  readonly picked?: Readonly<Record<string, readonly number[]>>;
  /** If a watcher wants it. */
  readonly lately?: Lately;
}

/** What those who watch want to see beside the state. */
export interface Wanted {
  /** Variables whose entries are wanted. */
  readonly variables: readonly string[];
  /** Whether it is wanted what the rank spends its time on. */
  readonly isTimed: boolean;
  /** Whether a look once a second is enough, at counters and no variables. Defaults to false. */
  readonly isBrief?: boolean;
}

/** What is told where several watch: everything that one of them wants. */
export function allWanted(views: readonly Wanted[]): Wanted {
  return {
    variables: [...new Set(views.flatMap(({ variables }) => variables))],
    isTimed: views.some(({ isTimed }) => isTimed),
    isBrief: views.every(({ isBrief }) => isBrief === true)
  };
}

// NaN and infinities are numbers here.
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isKind = isOneOf(...SPAN_KINDS);

const isPeerCount: Check<PeerCount> = hasShape<PeerCount>({
  rank: isCount,
  sentBytes: isCount,
  sentMessages: isCount,
  receivedBytes: isCount,
  receivedMessages: isCount,
  waitedMs: isNumber
});

const isVariableStats: Check<VariableStats> = hasShape<VariableStats>({
  name: isText,
  type: isText,
  shape: isListOf(isCount),
  norm: isNumber
});

const isStretch: Check<Stretch> = hasShape<Stretch>({
  kind: isKind,
  name: isText,
  start: isNumber,
  end: isNumber,
  peer: isOptional(isCount),
  bytes: isOptional(isCount),
  busy: isNumber,
  count: isCount
});

const isLately: Check<Lately> = hasShape<Lately>({
  now: isNumber,
  stretches: isListOf(isStretch),
  open: isOptional(hasShape<OpenSpan>({ kind: isKind, name: isText, start: isNumber }))
});

const isPicked: Check<Readonly<Record<string, number[]>>> = (value): value is never =>
  isRecord(value) && Object.values(value).every(isListOf(isNumber));

export const isEngineStats: Check<EngineStats> = hasShape<EngineStats>({
  at: isNumber,
  selfWeight: isNumber,
  sources: isListOf(isCount),
  weights: isListOf(isNumber),
  topology: isText,
  rho: isOptional(isNumber),
  peers: isListOf(isPeerCount),
  memory: isCount,
  cpu: isCount,
  waiting: isOptional(isText),
  variables: isListOf(isVariableStats),
  rounds: isCount,
  device: isText,
  picked: isOptional(isPicked),
  lately: isOptional(isLately)
});

export const isWanted: Check<Wanted> = hasShape<Wanted>({
  variables: isListOf(isText),
  isTimed: isFlag,
  isBrief: isOptional(isFlag)
});
