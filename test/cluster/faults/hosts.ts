/**
 * Hosts with a cable each to one switch: network namespaces of Linux, made and removed by the test. A cable can be cut,
 * and its two ends can be slowed down as network cards are.
 */
import { execFileSync } from 'node:child_process';

const PREFIX = 24;

function run(program: string, ...words: string[]): void {
  execFileSync(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

const ip = (...words: string[]): void => run('ip', ...words);

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

/** Tells the hosts of one process from each other. */
let made = 0;

export class Hosts {
  readonly #names: readonly string[];
  readonly #switch: string;
  readonly #id = `${process.pid}-${made}`;
  /** By host. */
  readonly addresses: readonly string[];

  constructor(count: number) {
    const subnet = `10.${70 + (made++ % 100)}.${process.pid % 256}`;
    this.#switch = `dl-${this.#id}-switch`;
    this.#names = Array.from({ length: count }, (_, host) => `dl-${this.#id}-${host}`);
    this.addresses = this.#names.map((_, host) => `${subnet}.${host + 1}`);
    ip('netns', 'add', this.#switch);
    ip('-n', this.#switch, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', this.#switch, 'link', 'set', 'bridge', 'up');
    this.#names.forEach((name, host) => this.#plugIn(name, host));
  }

  /** The words in front of a program that start it on a host. */
  command(host: number): readonly string[] {
    return ['ip', 'netns', 'exec', this.#names[host]];
  }

  /** Pulls the cable of a host out of the switch: its own end does not notice. */
  cut(host: number): void {
    ip('-n', this.#switch, 'link', 'set', `port${host}`, 'down');
  }

  mend(host: number): void {
    ip('-n', this.#switch, 'link', 'set', `port${host}`, 'up');
  }

  /** Lets cards send and receive so many bits a second, by token buckets of the system. */
  slowDown(bandwidth: number): void {
    // In a longer queue, what acknowledges one direction waits behind the data of the other, and TCP idles.
    const bucket = ['rate', String(bandwidth), 'burst', '128kb', 'latency', '50ms'];
    const ends = this.#names.flatMap((name, host) => [
      [name, 'cable'],
      [this.#switch, `port${host}`]
    ]);
    for (const [name, device] of ends)
      run('tc', '-n', name, 'qdisc', 'replace', 'dev', device, 'root', 'tbf', ...bucket);
  }

  /** The processes on them lose their network, without a word. */
  remove(): void {
    for (const name of [...this.#names, this.#switch]) ip('netns', 'del', name);
  }

  #plugIn(name: string, host: number): void {
    const port = `port${host}`;
    ip('netns', 'add', name);
    ip(
      'link',
      'add',
      'cable',
      'netns',
      name,
      'type',
      'veth',
      'peer',
      'name',
      port,
      'netns',
      this.#switch
    );
    ip('-n', name, 'addr', 'add', `${this.addresses[host]}/${PREFIX}`, 'dev', 'cable');
    for (const device of ['lo', 'cable']) ip('-n', name, 'link', 'set', device, 'up');
    ip('-n', this.#switch, 'link', 'set', port, 'master', 'bridge');
    ip('-n', this.#switch, 'link', 'set', port, 'up');
  }
}
