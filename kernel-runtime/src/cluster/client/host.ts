/** The notebook around this process, if there is one: the kernel compiles cells for us and hears of our cluster. */

interface Host {
  send(message: { type: string } & Record<string, unknown>): void;
  request(message: { type: string } & Record<string, unknown>): Promise<unknown>;
}

interface DisplayHandle {
  update(value: unknown): void;
}

type Display = (value: unknown, options?: { displayId?: string }) => DisplayHandle;

const HOST = Symbol.for('decentlab.host');
/** Set by an engine in its own process. */
const ENGINE = Symbol.for('decentlab.engine');

const globals = globalThis as unknown as Record<symbol | string, unknown>;

/** The kernel of this notebook; undefined in scripts. */
export function notebookHost(): Host | undefined {
  return globals[HOST] as Host | undefined;
}

/** `display` of the cells; undefined in scripts. */
export function notebookDisplay(): Display | undefined {
  return notebookHost() && (globals['display'] as Display | undefined);
}

/** True in an engine process. */
export function isEngine(): boolean {
  return ENGINE in globalThis;
}
