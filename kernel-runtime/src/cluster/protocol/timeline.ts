/** What each rank did and when, as it travels from the engines to the client. */
import {
  hasShape,
  isCount,
  isListOf,
  isNumber,
  isOneOf,
  isOptional,
  isText,
  type Check
} from './checks.js';

/** What a stretch of time was spent on: the lanes of a timeline, from top to bottom. */
export const SPAN_KINDS = ['compute', 'activity', 'wait', 'send', 'reduce'] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];
/** What happened at one instant: an epoch began, a rank was lost. */
export const MARK = 'mark';

/** One stretch of time of a rank, or an instant. */
export interface Span {
  readonly kind: SpanKind | typeof MARK;
  /** The cell, the user's word, the operation, or what happened. */
  readonly name: string;
  /** In ms, by the monotonic clock of the rank's machine; `end` is not before `start`, and of a mark the same. */
  readonly start: number;
  readonly end: number;
  /** The rank that it was sent to, or waited for. */
  readonly peer?: number;
  readonly bytes?: number;
}

/** How the clock of a rank stands to the controller's. */
export interface ClockOffset {
  /** Ms to be added to the rank's times; 0 where both read the same clock. */
  readonly offset: number;
  /** Ms of the fastest exchange that it was measured by: the offset is right within half of it. */
  readonly roundTrip: number;
}

/** What one rank has recorded. */
export interface RankTimeline {
  readonly clock: ClockOffset;
  readonly spans: Span[];
  /** Stretches beyond the most that a rank keeps. */
  readonly dropped: number;
}

const isSpan: Check<Span> = hasShape<Span>({
  kind: isOneOf(...SPAN_KINDS, MARK),
  name: isText,
  start: isNumber,
  end: isNumber,
  peer: isOptional(isCount),
  bytes: isOptional(isCount)
});

export const isRankTimeline: Check<RankTimeline> = hasShape<RankTimeline>({
  clock: hasShape<ClockOffset>({ offset: isNumber, roundTrip: isNumber }),
  spans: isListOf(isSpan),
  dropped: isCount
});
