/** Ranks as processes, steered from here. */
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { privateFolder } from '../../../kernel-runtime/src/platform.js';

export interface Told {
  readonly type: 'ready' | 'began' | 'value' | 'error' | 'event';
  readonly value?: unknown;
  readonly code?: string;
  readonly message?: string;
  readonly at?: number;
}

const program = fileURLToPath(new URL('rank-process.mjs', import.meta.url));

export interface RankOptions {
  /** Milliseconds. Defaults to the links' own. */
  readonly heartbeat?: number;
  /** Links have no thread of their own: they wait while the rank computes. Defaults to false. */
  readonly hasOneThread?: boolean;
}

export class RankProcesses {
  readonly token = randomBytes(32).toString('hex');
  readonly folder = privateFolder('decentlab-test-');
  readonly children: ChildProcess[] = [];
  readonly size: number;
  readonly #options: RankOptions;

  private constructor(size: number, options: RankOptions) {
    this.size = size;
    this.#options = options;
  }

  static async start(size: number, options: RankOptions = {}): Promise<RankProcesses> {
    const ranks = new RankProcesses(size, options);
    await Promise.all(Array.from({ length: size }, (_, rank) => ranks.spawn(rank, 0)));
    return ranks;
  }

  /** Starts, or replaces, the process of one rank. */
  async spawn(rank: number, epoch: number): Promise<void> {
    const { size, token, folder } = this;
    const options = JSON.stringify({ ...this.#options, rank, size, token, folder, epoch });
    this.children[rank] = fork(program, [options]);
    await this.told(rank, 'ready');
  }

  /** What a rank tells next of one of these kinds. */
  told(rank: number, ...types: Told['type'][]): Promise<Told> {
    return new Promise((resolve, reject) => {
      const child = this.children[rank];
      const listen = (told: Told): void => {
        if (!types.includes(told.type)) return;
        child.off('message', listen);
        resolve(told);
      };
      child.on('message', listen);
      child.once('exit', () => reject(new Error(`rank ${rank} has ended`)));
    });
  }

  /** Asks a rank, and returns how the command ended. */
  ask(rank: number, command: string, argument?: unknown): Promise<Told> {
    this.children[rank].send({ command, argument });
    return this.told(rank, 'value', 'error');
  }

  async kill(rank: number): Promise<number> {
    const ended = once(this.children[rank], 'exit');
    const at = Date.now();
    this.children[rank].kill('SIGKILL');
    await ended;
    return at;
  }

  stop(): void {
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
