/** What a kernel refuses, as it comes from there; `faults.ts` says it in the reader's language. */

/** A refusal of the kernel, or that there is none. */
export class KernelFault extends Error {
  /** From the runtime's table of errors, or one of the page's own (KERNEL_GONE, NO_KERNEL); null for any other error. */
  readonly code: string | null;
  readonly detail: Readonly<Record<string, unknown>>;

  /** @param sentence in the words of the kernel, which are English; empty for a fault of the page's own */
  constructor(sentence: string, code: string | null, detail: Readonly<Record<string, unknown>>) {
    super(sentence);
    this.code = code;
    this.detail = detail;
  }
}
