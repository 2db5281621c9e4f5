/** V8's own REPL mode: every top-level name has one home for all cells, may be declared anew, and `await` works anywhere. */
import { type Runtime, Session } from 'node:inspector';

/** What a cell threw, whatever it is; `place` (from 1) is where V8 stopped reading or running. */
export class Thrown extends Error {
  constructor(
    readonly value: unknown,
    readonly place: { readonly line: number; readonly column: number }
  ) {
    super('A cell threw.');
  }
}

/** The value of a script, in a box: as it may be a promise, it must not be awaited on the way. */
export interface Completion {
  readonly value: unknown;
}

/** Hands a value from the inspector's world to ours. */
const HAND_OVER = 'decentlab.handOver';

export class Repl {
  readonly #session = new Session();
  #received: unknown;

  constructor() {
    this.#session.connect();
    const value = (received: unknown): void => void (this.#received = received);
    Object.defineProperty(globalThis, Symbol.for(HAND_OVER), { value, configurable: true });
  }

  /** Runs a script to its end. @throws Thrown what the script throws */
  evaluate(script: string): Promise<Completion> {
    const parameters = { expression: script, replMode: true, awaitPromise: true };
    return new Promise((resolve, reject) => {
      this.#session.post('Runtime.evaluate', parameters, (error, reply) => {
        if (error) return reject(error);
        const { result, exceptionDetails } = reply as Runtime.EvaluateReturnType;
        if (!exceptionDetails) return resolve({ value: this.#take(result) });
        const { exception, lineNumber, columnNumber } = exceptionDetails;
        const value = exception ? this.#take(exception) : new Error(exceptionDetails.text);
        reject(new Thrown(value, { line: lineNumber + 1, column: columnNumber + 1 }));
      });
    });
  }

  /** The top-level names that scripts have declared, each once: one that was declared again stands where it was last. */
  names(): Promise<string[]> {
    return new Promise((resolve, reject) => {
      this.#session.post('Runtime.globalLexicalScopeNames', {}, (error, reply) => {
        if (error) reject(error);
        // Node tells a name once for each script that declares it.
        else resolve([...new Set(reply.names.reverse())].reverse());
      });
    });
  }

  close(): void {
    this.#session.disconnect();
  }

  /** The value itself. The session runs in this thread, and answers before `post` returns. */
  #take(remote: Runtime.RemoteObject): unknown {
    const { objectId } = remote;
    if (objectId === undefined) return primitive(remote);
    const functionDeclaration = `function (value) { globalThis[Symbol.for('${HAND_OVER}')](value); }`;
    this.#session.post('Runtime.callFunctionOn', {
      functionDeclaration,
      objectId,
      arguments: [{ objectId }],
      silent: true
    });
    this.#session.post('Runtime.releaseObject', { objectId });
    const value = this.#received;
    this.#received = undefined;
    return value;
  }
}

function primitive({ type, value, unserializableValue }: Runtime.RemoteObject): unknown {
  if (unserializableValue === undefined)
    return type === 'undefined' ? undefined : (value as unknown);
  if (type === 'bigint') return BigInt(unserializableValue.slice(0, -1));
  return Number(unserializableValue);
}
