/** Memory of calls that links still read: a call may fail earlier than its messages have left. */

interface Loan {
  readonly part: ArrayBufferView;
  readonly returned: Promise<unknown>;
}

export class Lent {
  readonly #loans = new Set<Loan>();

  /** These parts of shared memory are read until `returned` settles, however it does. */
  lend(parts: readonly ArrayBufferView[], returned: Promise<unknown>): void {
    for (const part of parts) {
      if (!(part.buffer instanceof SharedArrayBuffer)) continue;
      const loan = { part, returned };
      this.#loans.add(loan);
      const end = (): void => void this.#loans.delete(loan);
      returned.then(end, end);
    }
  }

  /** Resolves once none of these arrays is read any more. */
  async settle(arrays: readonly ArrayBufferView[]): Promise<void> {
    const loans = [...this.#loans].filter(({ part }) => arrays.some(array => meet(part, array)));
    await Promise.allSettled(loans.map(({ returned }) => returned));
  }
}

/** Whether two views of the one link memory have a byte in common. */
function meet(a: ArrayBufferView, b: ArrayBufferView): boolean {
  return a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;
}
