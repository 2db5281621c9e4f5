/** One contender of `bench tensor` in a process of its own: one line in, one line of times out. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What is to be timed: its name, how many batches, and calls in each. */
export type Wanted = readonly [name: string, batches: number, batch: number];

/** Libraries of every kind compute on one thread. */
const ONE_THREAD = { DECENTLAB_THREADS: '1', OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

export class Side {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #complaint = '';

  private constructor(name: string, [command, ...args]: readonly string[], env: NodeJS.ProcessEnv) {
    this.name = name;
    const child = spawn(command, args, { env: { ...env, ...ONE_THREAD } });
    this.#process = child;
    // A process that cannot start or ends early is seen as the end of its lines.
    child.on('error', error => (this.#complaint = error.message));
    child.stdin.on('error', () => undefined);
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#complaint = text.trim()));
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Starts it and waits until it is ready. Rejects with the last line that it has printed. */
  static async start(
    name: string,
    command: readonly string[],
    env: NodeJS.ProcessEnv = process.env
  ): Promise<Side> {
    const side = new Side(name, command, env);
    await side.#next();
    return side;
  }

  /** Microseconds a call, by batch. */
  async time(wanted: Wanted): Promise<number[]> {
    this.#process.stdin!.write(`${JSON.stringify(wanted)}\n`);
    return JSON.parse(await this.#next()) as number[];
  }

  stop(): void {
    this.#process.kill();
  }

  /** The next line that is a list or `ready`; libraries print lines of their own. */
  async #next(): Promise<string> {
    for (;;) {
      const line = await this.#lines.next();
      if (line.done) throw new Error(this.#complaint.split('\n').at(-1) || 'it ended');
      if (line.value === 'ready' || line.value.startsWith('[')) return line.value;
    }
  }
}
