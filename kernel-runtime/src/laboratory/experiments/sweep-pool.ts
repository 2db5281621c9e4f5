/** The threads of a sweep. One that dies, of memory for example, fails its row and is replaced. */
import { Worker } from 'node:worker_threads';
import { programUrl } from '../../package.js';
import type { ExperimentProblem } from './experiment.js';
import { packRecipe, type RowTask } from './sweep-task.js';
import type { RowReply } from './sweep-worker.js';

export class SweepPool {
  readonly #recipe: unknown;
  readonly #idle: Thread[] = [];
  readonly #all = new Set<Thread>();

  constructor(problem: ExperimentProblem) {
    this.#recipe = packRecipe(problem);
  }

  /** Runs a row on an idle thread, or on a new one: the caller decides how many rows are under way. */
  async run(task: RowTask): Promise<RowReply> {
    const thread = this.#idle.pop() ?? new Thread(this.#recipe);
    this.#all.add(thread);
    const reply = await thread.run(task);
    if (thread.isAlive) this.#idle.push(thread);
    else this.#all.delete(thread);
    return reply;
  }

  /** Ends all threads, in the middle of a row if need be: such a row fails. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map(thread => thread.end()));
    this.#all.clear();
  }
}

class Thread {
  isAlive = true;
  readonly #worker: Worker;
  #settle: (reply: RowReply) => void = () => {};

  constructor(recipe: unknown) {
    this.#worker = new Worker(programUrl('sweep-row'), {
      workerData: recipe
    });
    this.#worker.on('message', (reply: RowReply) => this.#settle(reply));
    this.#worker.on('error', error => this.#over(error.message));
    this.#worker.on('exit', code => this.#over(`its thread ended with code ${code}`));
  }

  run(task: RowTask): Promise<RowReply> {
    return new Promise(resolve => {
      this.#settle = resolve;
      this.#worker.postMessage(task);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #over(error: string): void {
    this.isAlive = false;
    this.#settle({ error });
  }
}
