/** When V8 turns functions into machine code. */
import { setFlagsFromString } from 'node:v8';

/**
 * Bytes of bytecode that a function runs before V8 looks at it again: half of V8's own 67,584. An engine runs few
 * functions for very often: a thousand exchanges of a ring cost as much processor time as before, 8,000 a quarter less.
 * Much smaller ones compile functions before V8 has seen what they are called with, and then again.
 */
const INTERRUPT_BUDGET = 30_000;
/** Later ones have a compiler between the interpreter and the optimizer, and other flags. */
const LAST_VERSION = 11;

/** From now on functions are optimized early. To be called when all is loaded: cached code is for one set of flags. */
export function optimizeEarly(): void {
  if (parseInt(process.versions.v8) > LAST_VERSION) return;
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
}
