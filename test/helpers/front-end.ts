/** A front end for tests: starts the built kernel as Jupyter does, and speaks the protocol over zeromq. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Dealer, Request, Subscriber } from 'zeromq';

const KERNEL = fileURLToPath(
  new URL('../../kernel-runtime/dist/programs/kernel.js', import.meta.url)
);
const CHANNELS = ['shell', 'iopub', 'stdin', 'control', 'hb'] as const;

export interface Received {
  readonly type: string;
  /** The msg_id of the request that this message belongs to. */
  readonly parent: string | undefined;
  readonly content: Record<string, unknown> & { data?: Record<string, unknown> };
  readonly at: number;
}

/** What one executed cell brought back. */
export interface Ran {
  readonly id: string;
  readonly reply: Record<string, unknown>;
  /** Published messages in order, without status and execute_input. */
  readonly outputs: Received[];
  readonly stdout: string;
  readonly stderr: string;
  /** `text/plain` of the result. */
  readonly result: string | undefined;
  /** Milliseconds from the request to the reply. */
  readonly elapsed: number;
}

type Channel = 'shell' | 'control';
type Listener = (message: Received) => void;

export class FrontEnd {
  readonly cwd: string;
  readonly key: string = randomUUID();
  readonly #ports: Record<string, number>;
  readonly #env: NodeJS.ProcessEnv;
  readonly #listeners = new Set<Listener>();
  #sockets: Record<Channel, Dealer> = { shell: new Dealer(), control: new Dealer() };
  #iopub = new Subscriber();
  process!: ChildProcess;
  /** Milliseconds from the start of the process to its first reply. */
  firstReply = 0;
  kernelInfo: Record<string, unknown> = {};
  /** Everything published so far. */
  readonly published: Received[] = [];

  private constructor(ports: Record<string, number>, env: NodeJS.ProcessEnv) {
    this.cwd = mkdtempSync(join(tmpdir(), 'decentlab-kernel-'));
    this.#ports = ports;
    this.#env = env;
  }

  /** Starts a kernel in a new folder and waits until it answers and publishes. */
  static async start(env: NodeJS.ProcessEnv = {}): Promise<FrontEnd> {
    const frontEnd = new FrontEnd(await freePorts(), env);
    await frontEnd.#launch();
    return frontEnd;
  }

  /** Ends the kernel and starts another one, as Jupyter does for "Restart kernel". */
  async restart(): Promise<void> {
    await this.#end(true);
    this.#sockets = { shell: new Dealer(), control: new Dealer() };
    this.#iopub = new Subscriber();
    await this.#launch();
  }

  /** Shuts the kernel down and removes its folder. */
  async close(): Promise<void> {
    await this.#end(false);
    rmSync(this.cwd, { recursive: true, force: true });
  }

  /** Sends a request and waits for its reply. */
  async request(
    type: string,
    content: object = {},
    channel: Channel = 'shell'
  ): Promise<Record<string, unknown>> {
    const id = this.send(type, content, channel);
    const reply = await this.next(
      message => message.parent === id && message.type.endsWith('_reply')
    );
    return reply.content;
  }

  /** Sends a message without waiting; returns its msg_id. */
  send(type: string, content: object = {}, channel: Channel = 'shell', key = this.key): string {
    const id = randomUUID();
    const date = new Date().toISOString();
    const header = {
      msg_id: id,
      msg_type: type,
      session: 'test',
      username: 'test',
      date,
      version: '5.4'
    };
    const parts = [header, {}, {}, content].map(part => JSON.stringify(part));
    const signature = parts
      .reduce((hmac, part) => hmac.update(part), createHmac('sha256', key))
      .digest('hex');
    void this.#sockets[channel].send(['<IDS|MSG>', signature, ...parts]);
    return id;
  }

  /** The first message from now on that satisfies `test`. */
  next(test: (message: Received) => boolean): Promise<Received> {
    return new Promise(resolve => {
      const listener = (message: Received) => {
        if (!test(message)) return;
        this.#listeners.delete(listener);
        resolve(message);
      };
      this.#listeners.add(listener);
    });
  }

  /** Runs a cell to its end. */
  run(code: string, options: object = {}): Promise<Ran> {
    return this.begin(code, options).ended;
  }

  /** Starts a cell: its id now, its end later. */
  begin(code: string, options: object = {}): { id: string; ended: Promise<Ran> } {
    const started = performance.now();
    const first = this.published.length;
    const id = this.send('execute_request', { code, ...options });
    const isOwn = (type: string) => (message: Received) =>
      message.parent === id && message.type === type;
    const replied = this.next(isOwn('execute_reply'));
    const idle = this.next(
      message => isOwn('status')(message) && message.content['execution_state'] === 'idle'
    );
    const ended = Promise.all([replied, idle]).then(([reply]) => {
      const own = this.published.slice(first).filter(message => message.parent === id);
      return toRan(id, own, reply, reply.at - started);
    });
    return { id, ended };
  }

  /** Sends Stop, as the button of the notebook does. */
  async interrupt(): Promise<void> {
    await this.request('interrupt_request', {}, 'control');
  }

  /** Echoes a message over the heartbeat channel. */
  async heartbeat(text: string): Promise<string> {
    const socket = new Request();
    socket.connect(this.#address('hb'));
    await socket.send(text);
    const [echo] = await socket.receive();
    socket.close();
    return String(echo);
  }

  async #launch(): Promise<void> {
    const started = performance.now();
    const file = join(this.cwd, 'connection.json');
    const ports = Object.fromEntries(CHANNELS.map(name => [`${name}_port`, this.#ports[name]]));
    const connection = {
      transport: 'tcp',
      ip: '127.0.0.1',
      key: this.key,
      signature_scheme: 'hmac-sha256',
      ...ports
    };
    writeFileSync(file, JSON.stringify(connection));
    const env = { ...process.env, JPY_PARENT_PID: `${process.pid}`, ...this.#env };
    this.process = spawn(process.execPath, [KERNEL, file], {
      cwd: this.cwd,
      env,
      stdio: ['ignore', 'inherit', 'inherit']
    });
    this.#sockets.shell.connect(this.#address('shell'));
    this.#sockets.control.connect(this.#address('control'));
    this.#iopub.connect(this.#address('iopub'));
    this.#iopub.subscribe('');
    void this.#receive(this.#sockets.shell);
    void this.#receive(this.#sockets.control);
    void this.#receive(this.#iopub);
    // What is published before the subscription has arrived is lost: the kernel says when it has.
    const welcome = this.next(message => message.type === 'iopub_welcome');
    this.kernelInfo = await this.request('kernel_info_request');
    this.firstReply = performance.now() - started;
    await welcome;
  }

  async #end(restart: boolean): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exited = new Promise(resolve => this.process.once('exit', resolve));
      this.send('shutdown_request', { restart }, 'control');
      await exited;
    }
    for (const socket of [...Object.values(this.#sockets), this.#iopub]) socket.close();
  }

  #address(channel: (typeof CHANNELS)[number]): string {
    return `tcp://127.0.0.1:${this.#ports[channel]}`;
  }

  async #receive(socket: Dealer | Subscriber): Promise<void> {
    for await (const frames of socket) {
      const start = frames.findIndex(frame => String(frame) === '<IDS|MSG>');
      const [header, parent, , content] = frames
        .slice(start + 2)
        .map(frame => JSON.parse(String(frame)));
      const message = {
        type: header.msg_type,
        parent: parent.msg_id,
        content,
        at: performance.now()
      };
      if (socket instanceof Subscriber) this.published.push(message);
      for (const listener of [...this.#listeners]) listener(message);
    }
  }
}

function toRan(id: string, own: Received[], reply: Received, elapsed: number): Ran {
  const outputs = own.filter(({ type }) => type !== 'status' && type !== 'execute_input');
  const printed = (name: string) =>
    outputs
      .filter(({ type, content }) => type === 'stream' && content['name'] === name)
      .map(({ content }) => String(content['text']))
      .join('');
  const result = outputs.find(({ type }) => type === 'execute_result')?.content.data?.[
    'text/plain'
  ];
  return {
    id,
    reply: reply.content,
    outputs,
    stdout: printed('stdout'),
    stderr: printed('stderr'),
    result: result === undefined ? undefined : String(result),
    elapsed
  };
}

async function freePorts(): Promise<Record<string, number>> {
  const servers = await Promise.all(
    CHANNELS.map(
      () =>
        new Promise<ReturnType<typeof createServer>>(resolve => {
          const server = createServer();
          server.listen(0, '127.0.0.1', () => resolve(server));
        })
    )
  );
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return Object.fromEntries(CHANNELS.map((name, k) => [name, ports[k] ?? 0]));
}
