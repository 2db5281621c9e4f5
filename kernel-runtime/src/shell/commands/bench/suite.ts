/** What a suite of `decentlab bench` measures, and how its figures are handed on. */
import type { TimedMessage } from '../../../mathematics/simulate/calibrate.js';

/** One figure beside its references from the same run. */
export interface Figure {
  readonly what: string;
  readonly unit: 'ms' | 'µs' | 'MB' | 's' | '%';
  /** Of an exchange: the bytes of its vectors, and how many ranks take part. */
  readonly bytes?: number;
  readonly ranks?: number;
  /** The median of several runs. */
  readonly ours: number;
  /** Medians by name, e.g. `{ ipykernel: 4.4 }`; what is not installed is absent. */
  readonly references: Readonly<Record<string, number>>;
  /** The least and the greatest value of each, by the name of the reference or `ours`. */
  readonly ranges?: Readonly<Record<string, readonly [least: number, greatest: number]>>;
  /** The figure to reach, as words, e.g. `<= 15 ms` or `<= 5x NumPy`. */
  readonly reach?: string;
  readonly met?: boolean;
  /** Ours as a ratio to something, with the ratios to reach and to aim for. */
  readonly targets?: readonly Target[];
}

/** At most so many times what ours is measured against. */
export interface Target {
  /** Which of ours, e.g. `ours` or `ours, TCP`. */
  readonly ours: string;
  /** The name of the reference, or words for a fixed figure such as `0.08 ms`. */
  readonly against: string;
  /** Ours by the reference; smaller is better. */
  readonly ratio: number;
  readonly reach: number;
  readonly aim: number;
  readonly isReached: boolean;
  readonly isAimReached: boolean;
  /** The ratio that a part of ours which is not ours takes alone: none below it can be reached. */
  readonly least?: number;
}

/** Options of the command that only some suites know. */
export const SUITE_OPTIONS = ['sizes', 'nodes', 'rounds', 'python'] as const;
export type SuiteOption = (typeof SUITE_OPTIONS)[number];

/** Where a suite tells how far it is, and what part of it is wanted. */
export interface SuiteContext {
  /** One line on standard error. */
  progress(line: string): void;
  /** A part of the names of the wanted figures; the others are not measured. */
  readonly only?: string;
  /** Sizes of vectors, in bytes; defaults to the suite's own. */
  readonly sizes?: readonly number[];
  /** Numbers of ranks; defaults to the suite's own. */
  readonly nodes?: readonly number[];
  /** How often the contenders take turns; defaults to the suite's own. */
  readonly rounds?: number;
  /** The Python interpreter whose torch is measured. */
  readonly python?: string;
}

/** What a suite has measured. */
export interface Measured {
  readonly figures: Figure[];
  /** What was not measured, and why. */
  readonly notes: string[];
  /** The versions of the references, by name. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Messages of ours, [bytes, ms], from which `fitLink` takes latency and bandwidth. */
  readonly messages?: readonly TimedMessage[];
}

export interface Suite {
  readonly name: string;
  /** One line for the list of suites. */
  readonly summary: string;
  /** One line above what was measured, where that depends on the options. Defaults to the summary. */
  headline?(context: SuiteContext): string;
  /** Which options of the command it knows, besides `--only` and `--json`. */
  readonly options?: readonly SuiteOption[];
  measure(context: SuiteContext): Promise<Measured>;
}
