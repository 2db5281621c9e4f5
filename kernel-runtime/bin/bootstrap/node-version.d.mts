/** The sentence to print when Node is too old, or undefined when it will do. */
export function nodeTooOld(version?: string): string | undefined;

/** Ends the process with one sentence when Node is too old; otherwise loads and runs `main`. */
export function withNode(main: () => Promise<unknown>, version?: string): Promise<unknown>;
