/** Set-up that cannot go on: one sentence that names the cause and the remedy. */
export class SetupStop extends Error {
  constructor(sentence: string, details?: string);
  readonly details: string | undefined;
}

/** Turns what a failed command printed into the stop of the set-up. */
export function explainFailure(failure: { what: string; log: string; logFile: string }): SetupStop;
