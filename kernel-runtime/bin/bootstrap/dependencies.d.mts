import type { Step } from './steps.d.mts';

/** The step that installs the npm dependencies whenever the lock file changed. */
export function dependenciesStep(place: { root: string; logFile: string }): Step;

/** The command that starts npm: the running npm's own program where there is one. */
export function npm(): string[];
