/** One hash over the names and the contents of files and folders in `folder`. */
export function fingerprint(folder: string, names: readonly string[]): string;

/** Reads a stamp, or undefined when there is none. */
export function readStamp(path: string): string | undefined;
