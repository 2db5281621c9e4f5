import type { Step } from './steps.d.mts';

/** The steps that build the kernel runtime and the extension whenever their sources changed. */
export function buildSteps(place: { root: string; logFile: string }): Step[];
