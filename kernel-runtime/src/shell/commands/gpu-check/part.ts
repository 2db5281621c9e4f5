/** What one part of `decentlab gpu-check` is: something that only a GPU can show. */
import type { DeviceKind } from '../../../mathematics/tensor/devices.js';

/** Where a part runs, and how much of it. */
export interface PartContext {
  /** `gpu`; or `cpu`, small, to see that the part runs at all. */
  readonly kind: DeviceKind;
  /** Engines that share what there is; each part has its own default. */
  readonly engines?: number | undefined;
  /** Training steps of `cifar10`, for each batch and method. */
  readonly steps?: number | undefined;
  /** The folder with CIFAR-10's binary files; fetched where it is absent. */
  readonly data?: string | undefined;
  /** One line on standard error. */
  progress(line: string): void;
}

export interface PartOutcome {
  /** Whether nothing was wrong; figures that miss their aim are not wrong. */
  readonly isRight: boolean;
  /** What was seen. */
  readonly lines: readonly string[];
  /** The same as numbers, by name; milliseconds unless the name says otherwise. */
  readonly figures?: Readonly<Record<string, number>>;
}

export interface Part {
  readonly name: string;
  /** What it shows, a clause. */
  readonly shows: string;
  /** Rejects with what made it impossible. */
  run(context: PartContext): Promise<PartOutcome>;
}
