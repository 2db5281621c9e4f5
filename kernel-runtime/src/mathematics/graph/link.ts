/**
 * What the edges of a graph cost, for the simulator and, in the same words, for `Cluster.start({ link })`: a message of
 * S bytes takes latency + 8 S / bandwidth, and all messages of a node share its bandwidth, each way.
 */
import { DecentLabError } from '../../errors.js';
import { random, type RandomStream } from '../math/random.js';

/** A node, or several, that are slower than the others. */
export interface Straggler {
  /** Defaults to every rank. */
  rank?: number | readonly number[];
  /** How many times longer its computing and its transfers take; 1 is no difference. */
  slowdown: number;
  /** The probability that it is slow in one call or computation, drawn each time by seed. Defaults to 1. */
  probability?: number;
}

/** One directed edge that differs from the others. */
export interface EdgeLink {
  from: number;
  to: number;
  /** In bit/s; the slower of this and the nodes' own bandwidth counts. */
  bandwidth?: number;
  /** In ms. */
  latency?: number;
}

export interface LinkOptions {
  /** Of every node, each way, in bit/s: 25e9 is 25 Gbit/s. Defaults to no limit. */
  bandwidth?: number;
  /** From the first bit that leaves to the first bit that arrives, in ms. Defaults to 0. */
  latency?: number;
  straggler?: Straggler | readonly Straggler[];
  edges?: readonly EdgeLink[];
  /** Every call takes its rank this long besides the transfers, in ms: what it costs to start one. Defaults to 0. */
  overhead?: number;
  /** An all-reduce works on at most so many bytes at a time, as fusion buffers do; the rest waits. Defaults to no limit. */
  bucket?: number;
  /**
   * How an all-reduce travels: `direct`, as on the engines (every rank sums one piece for all, two rounds), or `ring`
   * (2 (n − 1) steps with one neighbour, as NCCL and Horovod). The sums are the same bits. Defaults to `direct`.
   */
  allreduce?: 'direct' | 'ring';
  /** What one exchanged value counts as, in bytes, so that a few numbers stand for a large model. Defaults to its own size. */
  payload?: number;
  /** Of the draws of stragglers. Defaults to 0. */
  seed?: number;
}

/** What the links of engines can be made to cost; engines do compute, and send what they have. */
export type LinkShape = Pick<LinkOptions, 'bandwidth' | 'latency' | 'straggler' | 'edges' | 'seed'>;

const SHAPE_WORDS = ['bandwidth', 'latency', 'straggler', 'edges', 'seed'];
const MS_PER_S = 1000;
const BITS = 8;

/** The checked model: what a message costs on an edge, and how slow a rank is this time. */
export class Link {
  readonly overhead: number;
  readonly bucket: number;
  readonly allreduce: 'direct' | 'ring';
  readonly payload: number | undefined;
  #bandwidth: number;
  #latency: number;
  #edges = new Map<string, EdgeLink>();
  #stragglers: { probability: number; slowdown: number }[][];
  #streams: RandomStream[];
  /** The greatest latency of any edge, in ms. */
  readonly worstLatency: number;
  /** No message takes any time. */
  readonly isFree: boolean;

  /** @throws VALUE_INVALID for a figure that is none, or a rank that is none of 0 … size − 1 */
  constructor(size: number, options: LinkOptions) {
    const { latency = 0, overhead = 0, bucket = Infinity, payload, seed = 0 } = options;
    this.#bandwidth = above0('bandwidth', options.bandwidth ?? Infinity);
    this.#latency = atLeast0('latency', latency);
    this.overhead = atLeast0('overhead', overhead);
    this.bucket = above0('bucket', bucket);
    this.payload = payload === undefined ? undefined : atLeast0('payload', payload);
    this.allreduce = patternOf(options.allreduce ?? 'direct');
    for (const edge of options.edges ?? []) this.#addEdge(edge, size);
    this.worstLatency = [...this.#edges.values()].reduce(
      (worst, edge) => Math.max(worst, edge.latency ?? 0),
      latency
    );
    this.isFree = this.#edges.size === 0 && this.#bandwidth === Infinity && this.worstLatency === 0;
    this.#stragglers = stragglersByRank(size, options.straggler);
    this.#streams = this.#stragglers.map((_, rank) => random(seed, rank, STRAGGLERS));
  }

  /** Ms from the first bit that leaves to the first that arrives. */
  latency(from: number, to: number): number {
    return this.#edge(from, to)?.latency ?? this.#latency;
  }

  /** Ms for which a message keeps the sender's card busy. */
  duration(from: number, to: number, bytes: number): number {
    const edge = this.#edge(from, to)?.bandwidth ?? Infinity;
    return this.ownDuration(bytes, Math.min(edge, this.#bandwidth));
  }

  /** Ms that so many bytes take through a node's own card. */
  ownDuration(bytes: number, bandwidth = this.#bandwidth): number {
    return bandwidth === Infinity ? 0 : (BITS * MS_PER_S * bytes) / bandwidth;
  }

  /** How many times slower this rank is this time; draws where the slowness is a matter of chance. */
  slowdown(rank: number): number {
    return this.#stragglers[rank].reduce((factor, { probability, slowdown }) => {
      const isSlow = probability >= 1 || this.#streams[rank].uniform() < probability;
      return isSlow ? factor * slowdown : factor;
    }, 1);
  }

  #edge(from: number, to: number): EdgeLink | undefined {
    return this.#edges.size === 0 ? undefined : this.#edges.get(`${from}>${to}`);
  }

  #addEdge(edge: EdgeLink, size: number): void {
    assertRank('edges, from', edge.from, size);
    assertRank('edges, to', edge.to, size);
    if (edge.bandwidth !== undefined) above0('edges, bandwidth', edge.bandwidth);
    if (edge.latency !== undefined) atLeast0('edges, latency', edge.latency);
    this.#edges.set(`${edge.from}>${edge.to}`, edge);
  }
}

/**
 * Checks what the links of a cluster shall cost.
 * @param others words that may stand beside those of the shape
 * @throws VALUE_INVALID as `Link`, and for words that only the simulator knows
 */
export function assertShape(size: number, shape: LinkShape, others: readonly string[] = []): void {
  const words = [...SHAPE_WORDS, ...others];
  const [unknown] = Object.keys(shape).filter(word => !words.includes(word));
  if (unknown !== undefined) throw invalid('of a cluster', words.join(', '), unknown);
  void new Link(size, shape);
}

/** The stream of `random(seed, rank, …)` that stragglers are drawn from. */
const STRAGGLERS = 77;

function stragglersByRank(
  size: number,
  given: LinkOptions['straggler'] = []
): { probability: number; slowdown: number }[][] {
  const all = Array.from({ length: size }, (_, rank) => rank);
  const byRank = all.map((): { probability: number; slowdown: number }[] => []);
  for (const { rank = all, slowdown, probability = 1 } of [given].flat()) {
    above0('straggler, slowdown', slowdown);
    if (!(probability >= 0 && probability <= 1)) {
      throw invalid('straggler, probability', 'a number from 0 to 1', probability);
    }
    for (const one of typeof rank === 'number' ? [rank] : rank) {
      assertRank('straggler, rank', one, size);
      byRank[one].push({ probability, slowdown });
    }
  }
  return byRank;
}

function patternOf(name: string): 'direct' | 'ring' {
  if (name === 'direct' || name === 'ring') return name;
  throw invalid('allreduce', '"direct" or "ring"', name);
}

function above0(what: string, value: number): number {
  if (value > 0) return value;
  throw invalid(what, 'a number > 0', value);
}

function atLeast0(what: string, value: number): number {
  if (value >= 0 && value < Infinity) return value;
  throw invalid(what, 'a finite number >= 0', value);
}

function assertRank(what: string, rank: number, size: number): void {
  if (Number.isInteger(rank) && rank >= 0 && rank < size) return;
  throw invalid(what, `a rank from 0 to ${size - 1}`, rank);
}

function invalid(what: string, expected: string, received: unknown): DecentLabError {
  return new DecentLabError('VALUE_INVALID', { what: `link, ${what}`, expected, received });
}
