/** The last seconds of every engine, gathered from what they tell: what lanes, curves and table are made of. Pure. */
import type { EngineStats, OpenSpan, SpanKind, Stretch } from '../clusters/state.js';

/** One rank as the lanes show it; times in ms of the engines' clock. */
export interface RankHistory {
  rank: number;
  /** By ascending start within each kind. */
  stretches: Stretch[];
  /** What it does since when, as it told last. */
  open: OpenSpan | undefined;
  /** When it told last. */
  toldAt: number;
}

/** Bytes a second at one moment. */
export interface Rate {
  at: number;
  bytes: number;
}

/** What part of the time a rank spent on something, 0 to 1. */
export type Shares = Record<SpanKind, number>;

export class History {
  readonly #length: number;
  readonly #ranks = new Map<number, RankHistory>();
  readonly #received = new Map<number, number>();
  #rates: Rate[] = [];
  #ratesByRank = new Map<number, number>();
  /** The engines' time when they told last, and that of the page then. */
  #newest: { now: number; arrived: number } | undefined;
  #began: number | undefined;

  /** @param length ms that are kept */
  constructor(length: number) {
    this.#length = length;
  }

  /** Takes in what the engines have told. @param arrived by the page's clock, in ms */
  add(engines: readonly EngineStats[], arrived: number): void {
    const told = engines.flatMap(({ lately }) => (lately ? [lately.now] : []));
    const now = told.length > 0 ? Math.max(...told) : this.edge(arrived);
    if (now === undefined) return;
    this.#addRates(engines, now);
    this.#newest = { now, arrived };
    this.#began ??= now;
    const oldest = now - this.#length;
    for (const { rank, lately } of engines) {
      if (!lately) continue;
      const kept = this.#ranks.get(rank)?.stretches.filter(({ end }) => end >= oldest) ?? [];
      const stretches = [...kept, ...lately.stretches];
      this.#ranks.set(rank, { rank, stretches, open: lately.open, toldAt: lately.now });
    }
    this.#rates = this.#rates.filter(({ at }) => at >= oldest);
  }

  /** What is known of each rank that has told something, ascending. */
  get ranks(): RankHistory[] {
    return [...this.#ranks.values()].sort((a, b) => a.rank - b.rank);
  }

  /** What all engines have received a second, at each moment when they told. */
  get rates(): readonly Rate[] {
    return this.#rates;
  }

  /** The bytes a second that a rank has received lately. */
  rateOf(rank: number): number {
    return this.#ratesByRank.get(rank) ?? 0;
  }

  /** The time of the engines now; undefined before they have told any. @param at by the page's clock, in ms */
  edge(at: number): number | undefined {
    return this.#newest && this.#newest.now + (at - this.#newest.arrived);
  }

  /** What part of the time that is known each kind of work took. */
  sharesOf({ stretches, open, toldAt }: RankHistory): Shares {
    const from = Math.max(this.#began ?? toldAt, toldAt - this.#length);
    const known = Math.max(1e-9, toldAt - from);
    const shares: Shares = { compute: 0, activity: 0, wait: 0, send: 0, reduce: 0 };
    for (const { kind, start, end, busy } of stretches) {
      const within = Math.max(0, end - Math.max(start, from)) / Math.max(1e-9, end - start);
      shares[kind] += (busy * Math.min(1, within)) / known;
    }
    if (open) shares[open.kind] += Math.max(0, toldAt - Math.max(open.start, from)) / known;
    for (const kind of Object.keys(shares) as SpanKind[]) shares[kind] = Math.min(1, shares[kind]);
    return shares;
  }

  #addRates(engines: readonly EngineStats[], now: number): void {
    const elapsed = this.#newest && (now - this.#newest.now) / 1000;
    let total = 0;
    for (const { rank, peers } of engines) {
      const received = peers.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);
      const before = this.#received.get(rank);
      this.#received.set(rank, received);
      if (before === undefined || !elapsed) continue;
      // A restarted engine counts from 0.
      const bytes = Math.max(0, received - before) / elapsed;
      this.#ratesByRank.set(rank, bytes);
      total += bytes;
    }
    if (elapsed) this.#rates.push({ at: now, bytes: total });
  }
}

/** The spans of a kind that have ended after a time, and the one that goes on. */
export function spansOf(
  { stretches, open }: RankHistory,
  kind: SpanKind,
  after: number
): (Stretch | OpenSpan)[] {
  const ended = stretches.filter(one => one.kind === kind && one.end > after);
  return open?.kind === kind ? [...ended, open] : ended;
}

/** The stretch of a kind at a time, the one that began last; `reach` ms beside it count too. */
export function stretchAt(
  { stretches }: RankHistory,
  kind: SpanKind,
  { time, reach }: { time: number; reach: number }
): Stretch | undefined {
  return stretches.findLast(
    one => one.kind === kind && one.start - reach <= time && time <= one.end + reach
  );
}
