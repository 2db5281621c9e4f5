/** Two hosts with a cable between them: network namespaces of Linux, made and removed by the test. */
import { execFileSync } from 'node:child_process';

const PREFIX = 24;

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Why there can be no hosts here; null if there can. */
export function whyNoHosts(): string | null {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  const name = `dl-try-${process.pid}`;
  try {
    ip('netns', 'add', name);
    ip('netns', 'del', name);
    return null;
  } catch {
    return 'network namespaces need the command `ip` and the right to make them';
  }
}

export class TwoHosts {
  readonly names: readonly [string, string];
  /** The addresses at the two ends of the cable. */
  readonly addresses: readonly [string, string];

  constructor() {
    const { pid } = process;
    this.names = [`dl-${pid}-a`, `dl-${pid}-b`];
    const subnet = `10.77.${pid % 256}`;
    this.addresses = [`${subnet}.1`, `${subnet}.2`];
    const ends = [this.#end(0), this.#end(1)];
    for (const name of this.names) ip('netns', 'add', name);
    const [a, b] = this.names;
    ip('link', 'add', ends[0], 'netns', a, 'type', 'veth', 'peer', 'name', ends[1], 'netns', b);
    this.names.forEach((name, k) => {
      ip('-n', name, 'addr', 'add', `${this.addresses[k]}/${PREFIX}`, 'dev', ends[k]);
      ip('-n', name, 'link', 'set', 'lo', 'up');
      ip('-n', name, 'link', 'set', ends[k], 'up');
    });
  }

  /** What starts a program on one of them. */
  command(host: 0 | 1): readonly string[] {
    return ['ip', 'netns', 'exec', this.names[host]];
  }

  cut(): void {
    ip('-n', this.names[0], 'link', 'set', this.#end(0), 'down');
  }

  mend(): void {
    ip('-n', this.names[0], 'link', 'set', this.#end(0), 'up');
  }

  remove(): void {
    for (const name of this.names) ip('netns', 'del', name);
  }

  #end(host: 0 | 1): string {
    return `dl${process.pid}${'ab'[host]}`;
  }
}
