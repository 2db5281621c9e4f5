/** Runs small programs as several processes: each is a rank, and hears from here where the others listen. */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programFile } from '../../../../../package.js';
import type { Times } from '../job.js';
import { slowest, type TimesEntries } from '../timing.js';
import type { Address, Answer, FromRank, RankStart } from './rank.js';

export interface RunOptions extends Pick<RankStart, 'transport' | 'jobs' | 'variant'> {
  /** Its name, e.g. `raw-link`. */
  readonly program: string;
  readonly ranks: number;
}

/** The times of the slowest rank in each batch. @throws if a rank ends before it has told its times */
export async function runRanks({ program, ranks: size, ...rest }: RunOptions): Promise<Times> {
  const folder = mkdtempSync(join(tmpdir(), 'decentlab-'));
  const meeting = new Meeting(size);
  try {
    const ends = Array.from({ length: size }, (_, rank) => {
      const start: RankStart = { ...rest, rank, size, folder };
      const options = { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] as const };
      const child = fork(programFile(`bench/${program}`), [JSON.stringify(start)], {
        stdio: [...options.stdio]
      });
      return meeting.join(child, rank);
    });
    return slowest(await Promise.all(ends));
  } finally {
    meeting.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The ranks of one run: none goes on before all have come to the same place. */
class Meeting {
  readonly #size: number;
  readonly #children: ChildProcess[] = [];
  /** Who waits, with the address that it listens on. */
  readonly #waiting = new Map<number, Address | null>();

  constructor(size: number) {
    this.#size = size;
  }

  /** Resolves with the times that the rank tells. */
  join(child: ChildProcess, rank: number): Promise<TimesEntries> {
    this.#children.push(child);
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', code =>
        reject(new Error(`${said.trim()} (rank ${rank}, exit code ${code})`))
      );
      child.on('message', (message: FromRank) => {
        if (message.type === 'times') resolve(message.times);
        else this.#wait(rank, message.address);
      });
    });
  }

  end(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }

  #wait(rank: number, address: Address | null): void {
    this.#waiting.set(rank, address);
    if (this.#waiting.size < this.#size) return;
    const addresses = Array.from({ length: this.#size }, (_, k) => this.#waiting.get(k) ?? null);
    this.#waiting.clear();
    for (const child of this.#children) child.send({ addresses } satisfies Answer);
  }
}
