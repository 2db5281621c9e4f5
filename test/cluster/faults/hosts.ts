/**
 * Hosts with a cable each to one switch: network namespaces of Linux, made and removed by the test. A cable can be cut,
 * and its two ends can be slowed down as network cards are.
 */
import { execFileSync } from 'node:child_process';

const PREFIX = 24;
/** Of addresses, in the header of an IPv4 packet. */
const [SOURCE_AT, DESTINATION_AT] = [12, 16];

function run(program: string, ...words: string[]): void {
  execFileSync(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function ask(program: string, ...words: string[]): string {
  return execFileSync(program, words, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
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

/** A route as it is told, without what it says of the state of its cable. */
function wordsOf(route: string): string[] {
  return route
    .trim()
    .split(/\s+/)
    .filter(word => word !== 'linkdown');
}

/** Tells the hosts of one process from each other. */
let made = 0;

export class Hosts {
  readonly #names: readonly string[];
  readonly #switch: string;
  readonly #id = `${process.pid}-${made}`;
  /** By host. */
  readonly addresses: readonly string[];

  /**
   * @param hasReturn whether what a host says to one that it has dialled goes by a second cable, which `slowDown` leaves
   * as it is: where receivers dial, those are acknowledgements. Defaults to false
   */
  constructor(count: number, { hasReturn = false } = {}) {
    const [place, own] = [70 + (made++ % 100), process.pid % 256];
    const subnet = `10.${place}.${own}`;
    this.#switch = `dl-${this.#id}-switch`;
    this.#names = Array.from({ length: count }, (_, host) => `dl-${this.#id}-${host}`);
    this.addresses = this.#names.map((_, host) => `${subnet}.${host + 1}`);
    ip('netns', 'add', this.#switch);
    ip('-n', this.#switch, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', this.#switch, 'link', 'set', 'bridge', 'up');
    this.#names.forEach((name, host) => this.#plugIn(name, host));
    if (hasReturn)
      this.#names.forEach((_, host) => this.#addReturn(host, `10.${place + 100}.${own}`));
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

  /**
   * Lets cards send and receive so many bits a second, by token buckets of the system.
   * @param queue ms that a packet may wait; beyond, it is dropped. Defaults to 50, as in a usual switch
   */
  slowDown(bandwidth: number, queue = 50): void {
    // A burst of two of the largest packets that the system hands down at once.
    const bucket = ['rate', String(bandwidth), 'burst', '128kb', 'latency', `${queue}ms`];
    for (const [name, device] of this.#ends())
      run('tc', '-n', name, 'qdisc', 'replace', 'dev', device, 'root', 'tbf', ...bucket);
  }

  /** The same, with a queue for each other host: those that have something to send take turns (`htb`). */
  slowDownByTurns(bandwidth: number): void {
    const bits = (rate: number): string => String(Math.floor(rate));
    const whole = ['rate', bits(bandwidth), 'burst', '128kb', 'cburst', '128kb'];
    const share = ['rate', bits(bandwidth / this.#names.length), 'ceil', bits(bandwidth)];
    for (const [name, device, peerAt] of this.#ends()) {
      const tc = (...[what, verb, ...words]: string[]): void =>
        run('tc', '-n', name, what, verb, 'dev', device, ...words);
      tc('qdisc', 'replace', 'root', 'handle', '1:', 'htb', 'default', '1');
      tc('class', 'add', 'parent', '1:', 'classid', '1:100', 'htb', ...whole);
      for (const host of this.#names.keys()) {
        const id = `1:${host + 1}`;
        const turn = ['burst', '16kb', 'cburst', '128kb', 'quantum', '3028'];
        const match = ['u32', String(host + 1), '0xff', 'at', String(peerAt)];
        tc('class', 'add', 'parent', '1:100', 'classid', id, 'htb', ...share, ...turn);
        tc(
          'filter',
          'add',
          'parent',
          '1:',
          'protocol',
          'ip',
          'u32',
          'match',
          ...match,
          'flowid',
          id
        );
      }
    }
  }

  /** Packets that token buckets have dropped. */
  dropped(): number {
    const counts = this.#ends().map(([name, device]) => {
      const told = ask('tc', '-n', name, '-s', 'qdisc', 'show', 'dev', device);
      return Number(/dropped (\d+)/.exec(told)?.[1] ?? NaN);
    });
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Has TCP find its share in this way, e.g. `cubic`: by the routes, as namespaces have no say over the system's choice. */
  shareBy(control: string): void {
    for (const name of this.#names)
      for (const route of ask('ip', '-n', name, 'route', 'show').trim().split('\n'))
        ip('-n', name, 'route', 'replace', ...wordsOf(route), 'congctl', control);
  }

  /** The processes on them lose their network, without a word. */
  remove(): void {
    for (const name of [...this.#names, this.#switch]) ip('netns', 'del', name);
  }

  /** Where packets leave a host, and where they leave the switch for it; and where in them the other host is named. */
  #ends(): (readonly [name: string, device: string, peerAt: number])[] {
    return this.#names.flatMap((name, host) => [
      [name, 'cable', DESTINATION_AT],
      [this.#switch, `port${host}`, SOURCE_AT]
    ]);
  }

  #plugIn(name: string, host: number): void {
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
    this.#connect(host, ['cable', `port${host}`], 'bridge');
    ip('-n', name, 'addr', 'add', `${this.addresses[host]}/${PREFIX}`, 'dev', 'cable');
  }

  /** Who dials does it by the second cable, under an address whose answers come by the first. */
  #addReturn(host: number, dialling: string): void {
    const within = ['-n', this.#names[host]];
    const [listening, bits] = [this.addresses[host], `/${PREFIX}`];
    const network = (address: string): string => address.replace(/\d+$/, '0') + bits;
    const own = `${dialling}.${host + 1}`;
    if (host === 0) {
      ip('-n', this.#switch, 'link', 'add', 'back', 'type', 'bridge');
      ip('-n', this.#switch, 'link', 'set', 'back', 'up');
    }
    this.#connect(host, ['return', `back${host}`], 'back');
    ip(...within, 'addr', 'flush', 'dev', 'cable');
    ip(...within, 'addr', 'add', `${own}/32`, 'dev', 'cable');
    ip(...within, 'addr', 'add', `${listening}/32`, 'dev', 'return');
    ip(...within, 'route', 'add', network(listening), 'dev', 'return', 'src', own);
    ip(...within, 'route', 'add', network(own), 'dev', 'cable', 'src', listening);
  }

  /** A cable from a host to a switch. */
  #connect(host: number, [device, port]: readonly [string, string], bridge: string): void {
    const name = this.#names[host];
    const [near, far] = [
      [device, 'netns', name],
      [port, 'netns', this.#switch]
    ];
    ip('link', 'add', ...near, 'type', 'veth', 'peer', 'name', ...far);
    ip('-n', name, 'link', 'set', device, 'up');
    ip('-n', this.#switch, 'link', 'set', port, 'master', bridge);
    ip('-n', this.#switch, 'link', 'set', port, 'up');
  }
}
