/** A notebook's client process as the kernel starts it, with a compiler before it. */
import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { CellCompiler } from '../../kernel-runtime/src/cells/compiler/compiler.js';
import type { CellResult, Output } from '../../kernel-runtime/src/cells/executor/types.js';

const childFile = fileURLToPath(
  new URL('../../kernel-runtime/dist/programs/cells.js', import.meta.url)
);

/** One output with the run it belongs to. */
export interface Heard {
  readonly id: string | undefined;
  readonly output: Output;
}

interface Message extends Heard {
  readonly type: string;
  readonly result: CellResult;
}

export class ClientProcess {
  readonly compiler: CellCompiler;
  readonly outputs: Heard[] = [];
  readonly child: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), 'decentlab-cells-'));
  #runs = 0;
  #listeners: ((message: Message) => void)[] = [];

  private constructor(cwd: string) {
    this.compiler = new CellCompiler({ cwd });
    const stdio: ('pipe' | 'ipc')[] = ['pipe', 'pipe', 'pipe', 'pipe', 'ipc'];
    // The test runner's own arguments are not meant for a folder of notebooks.
    const options: ForkOptions = { cwd, stdio, execArgv: [], serialization: 'advanced' };
    this.child = fork(childFile, [this.#folder], options);
    this.child.on('message', (message: Message) => {
      if (message.type === 'output') this.outputs.push({ id: message.id, output: message.output });
      for (const listener of [...this.#listeners]) listener(message);
    });
  }

  static async start(cwd = process.cwd()): Promise<ClientProcess> {
    const started = new ClientProcess(cwd);
    await started.next(message => message.type === 'ready');
    return started;
  }

  /** Resolves with the next message that fits. */
  next(fits: (message: Message) => boolean): Promise<Message> {
    const next = this.#next(fits);
    next.catch(() => {});
    return next;
  }

  #next(fits: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('The client process has ended.'));
      const listener = (message: Message): void => {
        if (!fits(message)) return;
        this.#listeners = this.#listeners.filter(other => other !== listener);
        this.child.off('exit', ended);
        resolve(message);
      };
      this.#listeners.push(listener);
      this.child.once('exit', ended);
    });
  }

  /** Compiles and runs a cell; a type error fails the test. */
  async run(source: string): Promise<CellResult> {
    return this.start(source).result;
  }

  /** As `run`, with the number that its outputs carry. */
  start(source: string): { id: string; result: Promise<CellResult> } {
    const id = String(++this.#runs);
    const compiled = this.compiler.compile('client', source, `cell ${id}`);
    if (compiled.status === 'error') throw new Error(compiled.error.traceback.join('\n'));
    const result = this.next(message => message.type === 'result' && message.id === id);
    this.child.send({ type: 'run', run: { id, number: this.#runs }, cell: compiled.cell });
    const settled = result.then(message => message.result);
    // A test may end the process while a cell runs.
    settled.catch(() => {});
    return { id, result: settled };
  }

  /** The text of the cell's value. */
  async value(source: string): Promise<unknown> {
    const result = await this.run(source);
    if (result.status === 'error') throw new Error(result.error.traceback.join('\n'));
    return result.data?.['text/plain'];
  }

  /** What the cell prints, both streams in order. */
  async printed(source: string): Promise<string> {
    const from = this.outputs.length;
    await this.run(source);
    return this.outputs
      .slice(from)
      .map(({ output }) => (output.type === 'stream' ? output.text : ''))
      .join('');
  }

  /** Stop, as the kernel sends it, for a run; for the latest one by default. */
  interrupt(number = this.#runs): void {
    (this.child.stdio[3] as Writable).write(`${number}\n`);
  }

  async close(): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
