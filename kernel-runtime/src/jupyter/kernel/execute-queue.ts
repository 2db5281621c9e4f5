/** Execute requests, one after another: counting, history, results, and the cells behind one that fails. */
import { DecentLabError } from '../../errors.js';
import type { CellError, CellResult, MimeBundle } from '../../cluster/protocol/cell.js';
import type { History } from './history.js';
import { CellOutputs } from './outputs.js';
import { Pacer } from './pacer.js';
import type { Request, Session } from './session.js';
import type { Content, Header } from './wire.js';

/** Requests that were sent together with a failing one may be this late, in milliseconds. */
const ABORT_GRACE_MS = 20;
/** So many cells keep their place for prints that come after their end. */
const REMEMBERED_CELLS = 1000;

/** A cell that runs or has run. */
export interface Cell {
  /** The id of its request. */
  readonly id: string;
  /** As shown in errors, e.g. `cell 3`. */
  readonly name: string;
  readonly source: string;
  readonly outputs: CellOutputs;
  /** Of its request: the parent of what it publishes. */
  readonly header?: Header;
  /** Aborted by Stop: what has not begun yet does not begin. */
  readonly stopped: AbortSignal;
}

/** How a cell ended. `payload` is what the front end is asked to do: to open its pager, to leave. */
export type CellOutcome = CellResult & { readonly payload?: readonly Content[] };

export interface ExecuteQueueOptions {
  readonly session: Session;
  readonly history: History;
  /** Compiles and runs a cell; never rejects. */
  run(cell: Cell): Promise<CellOutcome>;
}

/** Runs cells in the order of their requests. */
export class ExecuteQueue {
  readonly #options: ExecuteQueueOptions;
  readonly #cells = new Map<string, Cell>();
  readonly #pacer = new Pacer();
  #waiting: Request[] = [];
  /** Requests that a Stop met while they waited. */
  #stopped: Request[] = [];
  #isRunning = false;
  #current: Request | null = null;
  #count = 0;
  /** Of the cell that runs. */
  #stop = new AbortController();

  constructor(options: ExecuteQueueOptions) {
    this.#options = options;
  }

  /** Adds a request; it is answered when its turn has come. */
  add(request: Request): void {
    this.#waiting.push(request);
    if (!this.#isRunning) void this.#runAll();
  }

  /** Stop: the running cell, if it has not begun yet, and those that wait behind it do not run. */
  interrupt(): void {
    if (!this.#isRunning) return;
    this.#stop.abort(new DecentLabError('CELL_STOPPED'));
    this.#stopped.push(...this.#waiting.splice(0));
  }

  /** The outputs of a cell by the id of its request; of the latest cell if that is unknown. */
  outputsOf(id: string | null): CellOutputs | undefined {
    return (this.#cells.get(id ?? '') ?? this.latest)?.outputs;
  }

  /** The header of the request of a cell, by its id. */
  headerOf(id: unknown): Header | undefined {
    return this.#cells.get(String(id))?.header;
  }

  /** The request that runs now. */
  get current(): Request | null {
    return this.#current;
  }

  /** The cell that runs or ran last. */
  get latest(): Cell | undefined {
    return [...this.#cells.values()].at(-1);
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    for (let request = this.#waiting.shift(); request; request = this.#waiting.shift()) {
      this.#current = request;
      await this.#execute(request);
      this.#current = null;
      for (const stopped of this.#stopped.splice(0)) this.#abort(stopped);
    }
    this.#isRunning = false;
  }

  async #execute(request: Request): Promise<void> {
    const { session, run } = this.#options;
    const { header, content } = request.message;
    this.#stop = new AbortController();
    const cell = this.#begin(request);
    // Its compilation, in another thread, has begun when the front end is told; nothing is published before.
    const running = run(cell);
    this.#announce(request);
    const result = await running;
    if (result.status === 'ok') {
      this.#publishResult(request, cell, result.data);
      await this.#pacer.drained();
      const expressions = await this.#evaluate(content['user_expressions'], cell);
      const { payload = [] } = result;
      session.reply(
        request,
        this.#replyContent({ status: 'ok', user_expressions: expressions, payload })
      );
    } else {
      await this.#fail(request, cell, result.error);
    }
    session.status('idle', header);
  }

  #begin({ message: { header, content } }: Request): Cell {
    const { history } = this.#options;
    const source = String(content['code'] ?? '');
    const isSilent = content['silent'] === true;
    const isStored = !isSilent && content['store_history'] !== false;
    if (isStored) history.add(++this.#count, source);
    const publish = (type: string, output: Content): void => {
      if (!isSilent) this.#publish(type, output, header);
    };
    const outputs = new CellOutputs(publish, () => this.#pacer.isBusy);
    const { signal: stopped } = this.#stop;
    const name = `cell ${this.#count}`;
    const cell = { id: header.msg_id, name, source, outputs, header, stopped };
    this.#cells.set(cell.id, cell);
    const [oldest] = this.#cells.keys();
    if (this.#cells.size > REMEMBERED_CELLS && oldest !== undefined) this.#cells.delete(oldest);
    return cell;
  }

  #announce({ message: { header, content } }: Request): void {
    const { session } = this.#options;
    session.status('busy', header);
    if (content['silent'] === true) return;
    const code = String(content['code'] ?? '');
    session.publish('execute_input', { code, execution_count: this.#count }, header);
  }

  #publishResult(request: Request, cell: Cell, data: MimeBundle | undefined): void {
    const { history } = this.#options;
    cell.outputs.flush();
    if (!data || request.message.content['silent'] === true) return;
    history.setOutput(this.#count, String(data['text/plain'] ?? ''));
    const content = { execution_count: this.#count, data, metadata: {} };
    this.#publish('execute_result', content, request.message.header);
  }

  #publish(type: string, content: Content, header: Header): void {
    const bytes = Buffer.byteLength(JSON.stringify(content));
    this.#pacer.add(bytes, () => this.#options.session.publish(type, content, header));
  }

  async #fail(request: Request, cell: Cell, error: CellError): Promise<void> {
    const { session } = this.#options;
    const { header, content } = request.message;
    const shown = { ename: error.name, evalue: error.message, traceback: error.traceback };
    cell.outputs.flush();
    if (content['silent'] !== true) this.#publish('error', shown, header);
    await this.#pacer.drained();
    const isStopping = content['stop_on_error'] !== false;
    if (isStopping) await new Promise(resolve => setTimeout(resolve, ABORT_GRACE_MS));
    const aborted = isStopping ? this.#waiting.splice(0) : [];
    session.reply(request, this.#replyContent({ status: 'error', ...shown }));
    for (const waiting of aborted) this.#abort(waiting);
  }

  #abort(request: Request): void {
    const { session } = this.#options;
    session.status('busy', request.message.header);
    session.reply(request, this.#replyContent({ status: 'aborted' }));
    session.status('idle', request.message.header);
  }

  async #evaluate(expressions: unknown, cell: Cell): Promise<Content> {
    const values: Content = {};
    for (const [key, source] of Object.entries((expressions ?? {}) as Content)) {
      const id = `${cell.name} ${key}`;
      values[key] = toExpressionValue(
        await this.#options.run({ ...cell, id, name: key, source: String(source) })
      );
    }
    return values;
  }

  #replyContent(content: Content): Content {
    return { execution_count: this.#count, payload: [], user_expressions: {}, ...content };
  }
}

function toExpressionValue(result: CellResult): Content {
  if (result.status === 'ok') {
    return { status: 'ok', data: result.data ?? { 'text/plain': 'undefined' }, metadata: {} };
  }
  const { name, message, traceback } = result.error;
  return { status: 'error', ename: name, evalue: message, traceback };
}
