/** Tells the controller when a call of this rank has waited for longer than usual, and when it goes on. */
import type { Waiting } from '../protocol/engine-messages.js';

/** Looks per stall limit. */
const LOOKS = 5;

export interface StallWatchOptions {
  /** Milliseconds that a call may wait before it is told. */
  readonly stallAfter: number;
  /** The oldest call that waits now, `since` by `Date.now()`; null if none does. */
  waiting(): Promise<(Omit<Waiting, 'for' | 'line'> & { readonly since: number }) | null>;
  /** The line of the cell that such a call stands in, if it is known. */
  lineOf(call: Pick<Waiting, 'name'>): Promise<string | undefined>;
  tell(waiting: Waiting | null): void;
}

/** Watches for as long as the process lives; does not keep it alive. */
export function watchStalls({ stallAfter, waiting, lineOf, tell }: StallWatchOptions): void {
  let told = '';
  const look = async (): Promise<void> => {
    const call = await waiting();
    const elapsed = call ? Date.now() - call.since : 0;
    const isStalled = call !== null && elapsed >= stallAfter;
    const key = isStalled ? `${call.since} ${call.on.join()}` : '';
    if (key === told) return;
    told = key;
    if (!isStalled) return tell(null);
    const { op, name, on } = call;
    const line = await lineOf(call);
    // It may have gone on meanwhile.
    if (key !== told) return;
    const details = {
      ...(name === undefined ? {} : { name }),
      ...(line === undefined ? {} : { line })
    };
    tell({ op, on, for: elapsed, ...details });
  };
  setInterval(() => void look(), stallAfter / LOOKS).unref();
}
