/** The process that runs client cells. It may loop, crash or exit: the kernel lives on and starts a new one. */
import { fork, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { describeError } from '../../errors.js';
import { limitedEnvironment } from '../../cluster/launch/limits.js';
import { heapLimit, heapOptions, memoryKills } from '../../memory.js';
import { programFile } from '../../package.js';
import { describeExit, killGroup, privateFolder, withoutNotes } from '../../platform.js';
import type { CellResult, CompiledCell, Output } from '../../cluster/protocol/cell.js';
import { RawOutput } from './raw-output.js';
import { Stop } from './stop.js';

/** The pipe on which the child hears of a Stop even while it computes, and notices that the kernel is gone. */
const STOP_FD = 3;
const STDERR_TAIL_LENGTH = 4000;
const STUCK =
  'Stop has had no effect yet: the cell is inside a library or a native call that cannot be interrupted. ' +
  'A second Stop ends the process that runs the cells, and the variables of all cells will be gone; engines keep theirs.';

/** A quarter of the machine's memory: the engines and JupyterLab need some too. */
const HEAP_SHARE = 0.25;

/** What the kernel hears from the child. */
export interface ClientEvents {
  /** An output of a run, also after the run has ended. */
  onOutput(runId: string | null, output: Output): void;
  /** Something the child tells, e.g. which cluster is current. */
  onMessage(message: Record<string, unknown>): void;
  /** Something the child asks; the promise is its answer. */
  onRequest(message: Record<string, unknown>): Promise<unknown>;
  /** A Stop has had no effect for a while; the sentence says what a second one does. */
  onStuck(sentence: string): void;
  /** The child has ended without being asked: its variables are gone. `wasRunning` tells whether a cell was cut off. */
  onEnd(sentence: string, wasRunning: boolean): void;
}

type FromChild =
  | { readonly type: 'ready' }
  | { readonly type: 'pong'; readonly number: number }
  | { readonly type: 'output'; readonly id: string | undefined; readonly output: Output }
  | { readonly type: 'result'; readonly id: string; readonly result: CellResult }
  | { readonly type: 'message'; readonly message: Record<string, unknown> }
  | { readonly type: 'request'; readonly id: unknown; readonly message: Record<string, unknown> };

type Settle = (result: CellResult) => void;

/** One life of the child. */
interface Life {
  readonly child: ChildProcess;
  /** The limit of its JavaScript heap, in megabytes. */
  readonly heap: number;
  /** As it began. */
  readonly memoryKills: number;
  readonly ready: Promise<boolean>;
  isReady: boolean;
  isStopped: boolean;
  stderrTail: string;
  /** The beginning of a note of V8. */
  stderrHeld: string;
  /** It writes notes of its crash from now on. */
  isCrashing: boolean;
  /** The Stop that has been pressed, until it has had its effect. */
  stop: Stop | null;
  /** Stops whose answer says that the child is free. */
  pings: number;
  pongs: number;
}

/** Keeps one client process alive and runs compiled cells in it. */
export class ClientProcess {
  readonly #cwd: string;
  readonly #events: ClientEvents;
  readonly #runs = new Map<string, Settle>();
  #life: Life | null = null;
  #count = 0;
  readonly #raw: RawOutput;
  /** For output that is too long to be shown. */
  readonly #folder = privateFolder('decentlab-cells-');

  constructor(cwd: string, events: ClientEvents) {
    this.#cwd = cwd;
    this.#events = events;
    this.#raw = new RawOutput(this.#folder, (id, output) => events.onOutput(id, output));
  }

  /** Starts the process ahead of the first cell; does nothing if it runs. */
  start(): void {
    this.#life ??= this.#begin();
  }

  /** Runs a cell; resolves with an error result, too, when the process ends meanwhile. */
  async run(id: string, cell: CompiledCell): Promise<CellResult> {
    this.start();
    const life = this.#life;
    const number = ++this.#count;
    this.#raw.begin(id, number);
    const result = new Promise<CellResult>(settle => this.#runs.set(id, settle));
    if (await life?.ready) life?.child.send({ type: 'run', run: { id, number }, cell });
    return result;
  }

  /** Passes a message to the process; dropped if it does not run. */
  send(message: object): void {
    const life = this.#life;
    void life?.ready.then(isReady => isReady && life.child.connected && life.child.send(message));
  }

  /** The first call asks the running cell, or what an earlier one has left behind, to stop; the second one ends the process. */
  interrupt(): void {
    const life = this.#life;
    if (!life) return;
    life.stop ??= new Stop({
      ask: () => this.#ask(life),
      tell: () => this.#events.onStuck(STUCK),
      force: () => {
        life.isStopped = true;
        killGroup(life.child);
      }
    });
    life.stop.press();
  }

  /** Ends the process for good. */
  close(): void {
    const life = this.#life;
    this.#life = null;
    life?.stop?.done();
    life?.child.removeAllListeners();
    if (life) killGroup(life.child);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #ask(life: Life): void {
    (life.child.stdio[STOP_FD] as Writable).write(`${this.#count}\n`);
    // Without a running cell, only an answer can tell that nothing keeps the child busy.
    life.pings++;
    life.child.send({ type: 'ping', number: life.pings });
  }

  /** A Stop is over when the child is free and no cell runs. */
  #checkStop(life: Life): void {
    if (this.#runs.size > 0 || life.pongs < life.pings) return;
    life.stop?.done();
    life.stop = null;
  }

  #begin(): Life {
    const heap = heapLimit(1, HEAP_SHARE);
    const child = fork(programFile('cells'), [this.#folder], {
      cwd: this.#cwd,
      env: limitedEnvironment(),
      // What a cell has started ends with it.
      detached: process.platform !== 'win32',
      serialization: 'advanced',
      execArgv: heapOptions(heap),
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'ipc']
    });
    const { promise: ready, resolve: setReady } = withResolvers<boolean>();
    const life: Life = {
      ...{
        child,
        heap,
        memoryKills: memoryKills(),
        ready,
        isReady: false,
        isStopped: false,
        stderrTail: '',
        stderrHeld: '',
        isCrashing: false
      },
      ...{ stop: null, pings: 0, pongs: 0 }
    };
    child.on('message', message => {
      if (!isFromChild(message)) return;
      if (message.type === 'ready') {
        life.isReady = true;
        setReady(true);
      } else this.#receive(life, message);
    });
    this.#watch(life, () => setReady(false));
    return life;
  }

  #watch(life: Life, onEnd: () => void): void {
    const { child } = life;
    if (child.stdout) this.#raw.read(child.stdout, 'stdout', text => text);
    if (child.stderr)
      this.#raw.read(child.stderr, 'stderr', text => this.#withoutCrash(life, text));
    // A write may race with the end of the process; the exit tells the story.
    child.stdio[STOP_FD]?.on('error', () => undefined);
    child.on('error', () => undefined);
    let exit: [number | null, NodeJS.Signals | null] | null = null;
    // The last outputs and results may still be on their way when the exit is known.
    const settle = () => {
      if (!exit || child.connected) return;
      onEnd();
      const [code, signal] = exit;
      const how = {
        ...{ code, signal, said: life.stderrTail, heapLimit: life.heap },
        memoryKills: memoryKills() - life.memoryKills
      };
      this.#ended(life, life.isStopped ? 'second Stop' : describeExit(how));
    };
    child.on('exit', (code, signal) => {
      exit = [code, signal];
      settle();
    });
    child.on('disconnect', settle);
  }

  #withoutCrash(life: Life, text: string): string {
    life.stderrTail = (life.stderrTail + text).slice(-STDERR_TAIL_LENGTH);
    if (life.isCrashing) return '';
    const { told, held, isDying } = withoutNotes(life.stderrHeld + text);
    life.stderrHeld = held;
    life.isCrashing = isDying;
    return told;
  }

  #receive(life: Life, message: FromChild): void {
    switch (message.type) {
      case 'output':
        return this.#events.onOutput(message.id ?? null, message.output);
      case 'result':
        return void this.#finish(life, message);
      case 'pong':
        life.pongs = message.number;
        return this.#checkStop(life);
      case 'message':
        return this.#events.onMessage(message.message);
      case 'request':
        return void this.#answer(life, message.id, message.message);
      case 'ready':
        return;
    }
  }

  async #answer({ child }: Life, id: unknown, message: Record<string, unknown>): Promise<void> {
    const answer = await this.#events.onRequest(message).then(
      value => ({ type: 'reply', id, value }),
      (error: unknown) => ({
        type: 'reply',
        id,
        error: error instanceof Error ? error.message : String(error)
      })
    );
    if (child.connected) child.send(answer, () => undefined);
  }

  /** What the processes of a cell have printed may still be in the pipe. */
  async #finish(life: Life, { id, result }: Extract<FromChild, { type: 'result' }>): Promise<void> {
    await this.#raw.drained();
    this.#raw.end();
    this.#settle(id, result);
    this.#checkStop(life);
  }

  #settle(id: string, result: CellResult): void {
    const settle = this.#runs.get(id);
    this.#runs.delete(id);
    settle?.(result);
  }

  #ended(life: Life, cause: string): void {
    if (this.#life !== life) return;
    life.stop?.done();
    this.#life = null;
    const code = life.isReady ? 'CLIENT_ENDED' : 'CLIENT_NOT_STARTED';
    const message = describeError(code, { cause });
    const wasRunning = this.#runs.size > 0;
    const error = { name: 'ClientEnded', message, traceback: [`ClientEnded: ${message}`], code };
    this.#events.onEnd(message, wasRunning);
    for (const id of [...this.#runs.keys()]) this.#settle(id, { status: 'error', error });
    // A process that cannot even start is tried again with the next cell, not in an endless loop.
    if (life.isReady) this.start();
  }
}

/** A cell may find a way to speak to us. */
function isFromChild(message: unknown): message is FromChild {
  return typeof message === 'object' && message !== null && 'type' in message;
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>(settle => (resolve = settle));
  return { promise, resolve };
}
