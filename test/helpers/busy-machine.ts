/** What tests of times allow a machine that is busy with something else: another try, or several times as long. */

/** For a promise about time that holds again at once: only a machine that never keeps it fails. */
export const AGAIN = { retry: 2 } as const;

/** "At once" where nothing can be tried again: some hundred times as long as it takes, and a fraction of a time-out. */
export const SOON_MS = 4_000;
