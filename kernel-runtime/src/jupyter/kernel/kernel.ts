/** The kernel: which part answers which request. Its event loop stays free, since cells run in other processes. */
import { CellRunner } from './cell-runner.js';
import { CellComms } from './cell-comms.js';
import { CLUSTERS_TARGET, ClustersComm } from './clusters-comm.js';
import { Comms } from './comms.js';
import { CurrentCluster } from './current-cluster.js';
import { ExecuteQueue } from './execute-queue.js';
import { HistoryFile, historyPath } from './history-file.js';
import { History } from './history.js';
import { kernelInfo } from './kernel-info.js';
import { complete, inspect, isComplete, type LanguageContext } from './language.js';
import { Session, type Request, type Transport } from './session.js';
import { Stdin } from './stdin.js';
import type { Content, Message } from './wire.js';

export interface KernelOptions {
  readonly transport: Transport;
  /** The notebook's folder. */
  readonly cwd: string;
  /** The notebook's name: a restarted kernel finds its cluster by it. */
  readonly sessionName: string | null;
  /** Called after the reply to a shutdown request. */
  onShutdown(): void;
}

type Handler = (content: Content) => Content | Promise<Content>;

/** Answers the requests of all front ends of one notebook. */
export class Kernel {
  readonly #options: KernelOptions;
  readonly #session: Session;
  readonly #history = new History(new HistoryFile(historyPath()));
  readonly #comms: Comms;
  readonly #cellComms: CellComms;
  readonly #stdin: Stdin;
  readonly #cluster: CurrentCluster;
  readonly #panels: ClustersComm;
  readonly #runner: CellRunner;
  readonly #queue: ExecuteQueue;
  /** Nobody has been told yet that the kernel starts. */
  #isFresh = true;

  /** Requests that have a reply. */
  readonly #handlers: Record<string, Handler> = {
    kernel_info_request: () => kernelInfo,
    complete_request: content => complete(this.#language(), content),
    inspect_request: content => inspect(this.#language(), content),
    is_complete_request: content => isComplete(this.#runner.compiler, content),
    history_request: content => this.#history.answer(content),
    comm_info_request: content => this.#comms.info(content),
    interrupt_request: () => this.#interrupt(),
    shutdown_request: content => ({ status: 'ok', restart: content['restart'] === true })
  };

  /** Messages of comms have no reply. */
  readonly #commHandlers: Record<string, (message: Message) => void> = {
    comm_open: message => this.#comms.open(message),
    comm_msg: message => this.#comms.message(message),
    comm_close: message => this.#comms.close(message)
  };

  constructor(options: KernelOptions) {
    this.#options = options;
    this.#session = new Session(options.transport);
    this.#comms = new Comms(this.#session);
    this.#cluster = new CurrentCluster({
      onState: () => this.#panels.changed(),
      onVariables: (types, ranks) => void this.#runner.compiler.declare('engines', types, ranks),
      onRestart: rank => void this.#runner.compiler.dropRank(rank),
      onNotice: text => this.#print(text)
    });
    this.#panels = new ClustersComm(this.#cluster);
    this.#comms.register(CLUSTERS_TARGET, this.#panels);
    this.#stdin = new Stdin(this.#session);
    this.#cellComms = new CellComms({
      comms: this.#comms,
      send: event => this.#runner.send(event),
      headerOf: id => this.#queue.headerOf(id)
    });
    this.#runner = new CellRunner({
      cwd: options.cwd,
      cluster: this.#cluster,
      ask: question => this.#ask(question),
      onComm: event => this.#cellComms.receive(event),
      onClientEnd: () => this.#cellComms.closeAll(),
      onOutput: (id, output) => this.#queue.outputsOf(id)?.add(output)
    });
    this.#queue = new ExecuteQueue({
      session: this.#session,
      history: this.#history,
      run: cell => this.#runner.run(cell).finally(() => this.#stdin.cancel())
    });
  }

  /** Starts what the first cell will need, while the front end still asks who we are. */
  start(): void {
    this.#runner.start();
    if (this.#options.sessionName) this.#cluster.reconnect(this.#options.sessionName);
  }

  /** Tells a front end that its subscription has arrived: from now on it misses nothing. */
  welcome(topic: string): void {
    this.#session.welcome(topic);
    // Not before: the welcome is the first that a front end hears.
    if (this.#isFresh) this.#session.status('starting');
    this.#isFresh = false;
  }

  /** Handles one message; whatever it holds, the kernel goes on. */
  async handle(request: Request): Promise<void> {
    const { message, channel } = request;
    const { header } = message;
    this.#isFresh = false;
    const type = header.msg_type;
    if (channel === 'stdin') return this.#stdin.answer(message);
    if (type === 'execute_request') return this.#queue.add(request);
    this.#session.status('busy', header);
    if (Object.hasOwn(this.#commHandlers, type)) this.#onComm(message);
    else if (type.endsWith('_request'))
      this.#session.reply(request, await this.#answer(type, message.content));
    this.#session.status('idle', header);
    // A front end takes the newest state for the state of the kernel.
    const running = this.#queue.current?.message.header;
    if (running) this.#session.status('busy', running);
    if (type === 'shutdown_request') this.#options.onShutdown();
  }

  /** Ends the processes of the kernel; its cluster lives on until its idle limit. */
  close(): void {
    this.#runner.close();
    this.#panels.close();
    this.#cluster.close();
  }

  async #answer(type: string, content: Content): Promise<Content> {
    try {
      const handler = Object.hasOwn(this.#handlers, type) ? this.#handlers[type] : undefined;
      return handler
        ? await handler(content)
        : toErrorReply(new Error(`This kernel does not support ${type}.`));
    } catch (error) {
      return toErrorReply(error);
    }
  }

  #language(): LanguageContext {
    const { compiler: service, settings, outstanding } = this.#runner;
    return { service, settings, outstanding, size: this.#cluster.state?.size ?? 0 };
  }

  #onComm(message: Message): void {
    try {
      this.#commHandlers[message.header.msg_type]?.(message);
    } catch (error) {
      this.#print(`${message.header.msg_type}: ${String(error)}`);
    }
  }

  #ask({ run, prompt, password }: Content): Promise<string> {
    const current = this.#queue.current;
    const asker = current?.message.header.msg_id === run ? current : null;
    return this.#stdin.ask(asker, { prompt: String(prompt ?? ''), password: password === true });
  }

  #interrupt(): Content {
    this.#queue.interrupt();
    this.#runner.interrupt();
    return { status: 'ok' };
  }

  #print(text: string): void {
    this.#queue.latest?.outputs.add({ type: 'stream', name: 'stderr', text: `${text}\n` });
  }
}

function toErrorReply(error: unknown): Content {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { status: 'error', ename: name, evalue: message, traceback: [`${name}: ${message}`] };
}
