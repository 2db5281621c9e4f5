/** The one client that speaks to every kernel, so that its own cost is the same for all. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Dealer, Subscriber } from 'zeromq';
import { newHeader, Wire, type Content, type Message } from '../../../../jupyter/kernel/wire.js';
import { killGroup } from '../../../../platform.js';
import type { KernelKind } from './kinds.js';

const CHANNELS = ['shell', 'iopub', 'stdin', 'control', 'hb'] as const;
const IP = '127.0.0.1';
const ASK_AGAIN_MS = 50;
const SHUTDOWN_LIMIT_MS = 5_000;
/** A kernel that does not answer for so long hangs: no cell and no completion takes a tenth of it. */
export const PATIENCE_MS = 15_000;

type Channel = 'shell' | 'control';
type Listener = (message: Message) => void;

/** How a cell ended. */
export interface Ran {
  /** Milliseconds from the request to its reply and to `idle`, whichever came later. */
  readonly elapsed: number;
  readonly status: string;
  /** Everything it printed, and the text of its value. */
  readonly text: string;
}

/** A running kernel. */
export class FrontEnd {
  readonly kind: KernelKind;
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #wire: Wire;
  readonly #session = randomUUID();
  readonly #sockets: Readonly<Record<Channel, Dealer>> & { readonly iopub: Subscriber };
  readonly #listeners = new Set<Listener>();
  /** Rejects once the process has ended. */
  readonly #ended: Promise<never>;
  readonly #patience: number;
  /** Milliseconds from the start of the process to its first reply. */
  firstReply = NaN;

  private constructor(kind: KernelKind, ports: readonly number[], patience: number) {
    this.kind = kind;
    this.#patience = patience;
    this.#folder = mkdtempSync(join(tmpdir(), 'decentlab-bench-'));
    const key = randomUUID();
    this.#wire = new Wire(key);
    const [program, ...args] = kind.argv(this.#writeConnection(key, ports));
    const [shell, control, iopub] = [new Dealer(), new Dealer(), new Subscriber()];
    this.#sockets = { shell, control, iopub };
    iopub.subscribe('');
    for (const [name, socket] of Object.entries(this.#sockets)) {
      socket.connect(`tcp://${IP}:${ports[CHANNELS.indexOf(name as (typeof CHANNELS)[number])]}`);
      void this.#receive(socket);
    }
    // As Jupyter does it: a kernel whose parent has gone ends by itself.
    const env = { ...process.env, ...kind.env, JPY_PARENT_PID: `${process.pid}` };
    const options = { cwd: this.#folder, env, stdio: 'ignore', detached: true } as const;
    this.#process = spawn(program, args, options);
    this.#ended = once(this.#process, 'exit').then(([code, signal]) => {
      throw new Error(`${kind.name} has ended (${signal ?? code})`);
    });
    this.#ended.catch(() => undefined);
  }

  /**
   * Starts a kernel and waits until it answers and its published messages arrive.
   * @param patience in milliseconds; a kernel that does not answer for so long hangs
   * @throws if it ends or hangs
   */
  static async start(kind: KernelKind, patience = PATIENCE_MS): Promise<FrontEnd> {
    const ports = await freePorts();
    const started = performance.now();
    const frontEnd = new FrontEnd(kind, ports, patience);
    try {
      await frontEnd.request('kernel_info_request');
      frontEnd.firstReply = performance.now() - started;
      await frontEnd.#hear();
      return frontEnd;
    } catch (error) {
      await frontEnd.close();
      throw error;
    }
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Sends a request and resolves with the content of its reply. @throws if the kernel ends or hangs */
  async request(type: string, content: Content = {}, channel: Channel = 'shell'): Promise<Content> {
    const id = this.#send(type, content, channel);
    const reply = this.#next(({ header }) => header.msg_type.endsWith('_reply'), id);
    return (await this.#orEnded(reply)).content;
  }

  /** Runs a cell to its end. */
  run(code: string): Promise<Ran> {
    return this.begin(code).ended;
  }

  /** As run. @throws if the cell fails */
  async check(code: string): Promise<Ran> {
    const ran = await this.run(code);
    if (ran.status === 'ok') return ran;
    throw new Error(`${this.kind.name} failed on ${code}: ${ran.text}`);
  }

  /** Starts a cell: `busy` when the kernel has begun it, `ended` when it is done. */
  begin(code: string): { readonly busy: Promise<unknown>; readonly ended: Promise<Ran> } {
    const started = performance.now();
    const content = { code, silent: false, store_history: true, allow_stdin: false };
    const id = this.#send('execute_request', content, 'shell');
    const texts: string[] = [];
    const collect: Listener = message => {
      if (isOf(message, id)) texts.push(textOf(message));
    };
    this.#listeners.add(collect);
    const replied = this.#next(({ header }) => header.msg_type === 'execute_reply', id);
    const idle = this.#next(isState('idle'), id);
    const busy = this.#orEnded(this.#next(isState('busy'), id));
    busy.catch(() => undefined);
    const ended = this.#orEnded(Promise.all([replied, idle])).then(([reply]) => {
      const elapsed = performance.now() - started;
      return { elapsed, status: String(reply.content['status']), text: texts.join('') };
    });
    return { busy, ended: ended.finally(() => this.#listeners.delete(collect)) };
  }

  /** Stops the running cell in the way of this kernel. */
  async interrupt(): Promise<void> {
    if (this.kind.interruptBy === 'message') await this.request('interrupt_request', {}, 'control');
    else this.#process.kill('SIGINT');
  }

  /** Ends the kernel and everything it has started. */
  async close(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const limit = setTimeout(() => killGroup(this.#process), SHUTDOWN_LIMIT_MS);
      this.#send('shutdown_request', { restart: false }, 'control');
      await this.#ended.catch(() => undefined);
      clearTimeout(limit);
    }
    for (const socket of Object.values(this.#sockets)) socket.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What is published before the subscription has arrived is lost: asks until something is heard. */
  async #hear(): Promise<void> {
    const heard = this.#next(isState('idle'));
    // Whether the kernel ends or hangs is told by what waits for the first message.
    const ask = (): void => void this.request('kernel_info_request').catch(() => undefined);
    const timer = setInterval(ask, ASK_AGAIN_MS);
    ask();
    await this.#orEnded(heard).finally(() => clearInterval(timer));
  }

  #send(type: string, content: Content, channel: Channel): string {
    const header = newHeader(type, this.#session);
    const parts = { identities: [], parentHeader: {}, metadata: {}, buffers: [] };
    void this.#sockets[channel].send(this.#wire.encode({ ...parts, header, content }));
    return header.msg_id;
  }

  #next(test: (message: Message) => boolean, id?: string): Promise<Message> {
    return new Promise(resolve => {
      const listener: Listener = message => {
        if ((id !== undefined && !isOf(message, id)) || !test(message)) return;
        this.#listeners.delete(listener);
        resolve(message);
      };
      this.#listeners.add(listener);
    });
  }

  #orEnded<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#ended, this.#late()]);
  }

  async #late(): Promise<never> {
    await sleep(this.#patience, undefined, { ref: false });
    throw new Error(`${this.kind.name} has not answered for ${this.#patience / 1000} s`);
  }

  async #receive(socket: Dealer | Subscriber): Promise<void> {
    for await (const frames of socket) {
      const message = this.#wire.decode(frames);
      if (message) for (const listener of [...this.#listeners]) listener(message);
    }
  }

  #writeConnection(key: string, ports: readonly number[]): string {
    const file = join(this.#folder, 'connection.json');
    const named = Object.fromEntries(CHANNELS.map((name, k) => [`${name}_port`, ports[k]]));
    const fixed = { transport: 'tcp', ip: IP, key, signature_scheme: 'hmac-sha256' };
    writeFileSync(file, JSON.stringify({ ...fixed, ...named }));
    return file;
  }
}

function isOf(message: Message, id: string): boolean {
  return message.parentHeader.msg_id === id;
}

function isState(state: string): (message: Message) => boolean {
  return ({ header, content }) =>
    header.msg_type === 'status' && content['execution_state'] === state;
}

function textOf({ header, content }: Message): string {
  if (header.msg_type === 'stream') return String(content['text']);
  if (header.msg_type === 'error') return `${content['ename']}: ${content['evalue']}`;
  if (header.msg_type !== 'execute_result') return '';
  return String((content['data'] as Content)['text/plain'] ?? '');
}

async function freePorts(): Promise<number[]> {
  const servers = await Promise.all(CHANNELS.map(listenAnywhere));
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}

async function listenAnywhere(): Promise<Server> {
  const server = createServer().listen(0, IP);
  await once(server, 'listening');
  return server;
}
