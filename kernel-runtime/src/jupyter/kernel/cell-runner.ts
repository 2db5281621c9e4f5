/** Runs a cell where it belongs: compiled once, then in the client process or on the engines. */
import { DecentLabError } from '../../errors.js';
import { CompilerThread } from '../../cells/compiler/thread.js';
import type { CellResult, Output } from '../../cluster/protocol/cell.js';
import { ClientProcess } from './client-process.js';
import type { CurrentCluster } from './current-cluster.js';
import { EngineCells, toCellError } from './engine-cells.js';
import type { Cell, CellOutcome } from './execute-queue.js';
import { describeName } from './language.js';
import { MagicRunner } from './magic-runner.js';
import {
  misplacedMagic,
  parseCell,
  type CellPart,
  type HelpPart,
  type PxSettings
} from './magics.js';
import { ProgressLine, toStep } from './progress-line.js';
import { cpuCell, describeDuration, toMicroseconds } from './timing.js';
import type { Content } from './wire.js';

export interface CellRunnerOptions {
  /** The notebook's folder. */
  readonly cwd: string;
  readonly cluster: CurrentCluster;
  /** Answers a question of a cell to the notebook's reader. */
  ask(question: Content): Promise<string>;
  /** A comm event of a cell. */
  onComm(event: Content): void;
  /** The client process has ended with all that its cells had. */
  onClientEnd(): void;
  /** An output of the cell with this id; null means whichever ran last. */
  onOutput(cellId: string | null, output: Output): void;
}

/** The compiler, the client process and the engines behind one notebook. */
export class CellRunner {
  readonly compiler: CompilerThread;
  readonly #options: CellRunnerOptions;
  readonly #client: ClientProcess;
  readonly #engines: EngineCells;
  readonly #magics: MagicRunner;
  /** Of the cell that runs on the client. */
  #progress: ProgressLine | null = null;

  constructor(options: CellRunnerOptions) {
    this.#options = options;
    this.compiler = new CompilerThread({ cwd: options.cwd });
    this.#client = new ClientProcess(options.cwd, {
      onOutput: (id, output) => this.#onOutput(id, output),
      onMessage: message => this.#onMessage(message),
      onRequest: message => this.#onRequest(message),
      onStuck: sentence => this.#print(sentence),
      onEnd: (sentence, wasRunning) => this.#onClientEnd(sentence, wasRunning)
    });
    this.#engines = new EngineCells({
      cluster: () => options.cluster.get(),
      compile: (scope, source, name, ranks) => this.compiler.compile(scope, source, name, ranks),
      valueType: (scope, source) => this.compiler.valueType(scope, source),
      declare: types => this.compiler.declare('client', types),
      runOnClient: cell => this.#runOnClient(cell),
      runCompiled: ({ id }, compiled) => this.#client.run(id, compiled)
    });
    this.#magics = new MagicRunner({
      cwd: options.cwd,
      result: (cell, argument) => this.#engines.result(cell, argument)
    });
  }

  /** Starts the client process ahead of the first cell. */
  start(): void {
    this.#client.start();
  }

  /** Passes a message to the client process. */
  send(message: object): void {
    this.#client.send(message);
  }

  /** Runs a cell; every failure becomes an error result. */
  async run(cell: Cell): Promise<CellOutcome> {
    try {
      let result: CellOutcome = { status: 'ok' };
      for (const part of parseCell(cell.source, this.settings)) {
        // Each part shows its value; that of the last one is the cell's.
        if (result.status === 'ok' && result.data)
          cell.outputs.add({ type: 'display', data: result.data });
        result = await this.#runPart(part, cell);
        if (result.status === 'error') return explain(result, cell.source);
      }
      return result;
    } catch (error) {
      return { status: 'error', error: toCellError(error) };
    }
  }

  /** What `%autopx` and `%pxconfig` have set. */
  get settings(): PxSettings {
    return this.#magics.settings;
  }

  /** The numbers that `%pxresult` knows. */
  get outstanding(): number[] {
    return this.#engines.outstanding.numbers;
  }

  /** Stops what runs: the engines of a `%%px` cell, and the client cell; a second Stop ends the client process. */
  interrupt(): void {
    // A client cell may wait for engines, through `cluster.execute` for instance.
    if (!this.#engines.interrupt()) this.#options.cluster.interrupt();
    this.#client.interrupt();
  }

  /** Ends the client process and the compiler's thread. */
  close(): void {
    this.#client.close();
    void this.compiler.close();
  }

  async #runPart(part: CellPart, cell: Cell): Promise<CellOutcome> {
    switch (part.kind) {
      case 'magic':
        return this.#magics.run(part, cell);
      case 'exit':
        return this.#exit(part.name, cell);
      case 'help':
        return this.#explain(part);
      case 'code': {
        const { source, px, isTimed, isAuto } = part;
        const body = { ...cell, source };
        if (isAuto) cell.outputs.add(autopxNote);
        if (px) return this.#engines.run({ cell: body, options: px, isTimed });
        return isTimed ? this.#timeOnClient(body) : this.#runOnClient(body);
      }
    }
  }

  /** As in other consoles; a variable of this name is what it is. */
  async #exit(name: string, cell: Cell): Promise<CellOutcome> {
    const scope = this.settings.isAuto ? 'engines' : 'client';
    if (await this.compiler.inspect(scope, name, name.length)) return this.#runOnClient(cell);
    return {
      status: 'ok',
      data: { 'text/plain': 'A console ends here; in a notebook, the menu Kernel shuts down.' },
      payload: [{ source: 'ask_exit', keepkernel: false }]
    };
  }

  async #explain(part: HelpPart): Promise<CellOutcome> {
    const scope = this.settings.isAuto ? 'engines' : 'client';
    const size = this.#options.cluster.state?.size ?? 0;
    const page = await describeName(this.compiler, part, { scope, size });
    if (page) return { status: 'ok', payload: [{ source: 'page', data: page, start: 0 }] };
    throw new DecentLabError('NAME_UNKNOWN', { name: part.name });
  }

  async #runOnClient(cell: Cell): Promise<CellResult> {
    const compiled = await this.compiler.compile('client', cell.source, cell.name);
    cell.stopped.throwIfAborted();
    if (compiled.status === 'error') return compiled;
    try {
      return await this.#client.run(cell.id, compiled.cell);
    } finally {
      this.#progress?.end();
      this.#progress = null;
    }
  }

  async #timeOnClient(cell: Cell): Promise<CellResult> {
    const cpu = async () => toMicroseconds(await this.#client.run(cell.id, cpuCell));
    const before = await cpu();
    const begun = performance.now();
    const result = await this.#runOnClient(cell);
    const wall = performance.now() - begun;
    const used = ((await cpu()) - before) / 1000;
    const text = describeDuration({ wall, where: 'client', cpu: [used] });
    cell.outputs.add({ type: 'stream', name: 'stdout', text: `${text}\n` });
    return result;
  }

  #onOutput(id: string | null, output: Output): void {
    const step = toStep(output);
    if (!step) return this.#options.onOutput(id, output);
    this.#progress ??= new ProgressLine({
      ranks: [0],
      displayId: `progress-${id}`,
      emit: line => this.#options.onOutput(id, line)
    });
    this.#progress.report(0, step);
  }

  #onMessage(message: Record<string, unknown>): void {
    const { type, id, types, text, ranks } = message;
    if (type === 'cluster' && (id === null || typeof id === 'string')) {
      // The engines of another cluster have none of the variables.
      if (this.#options.cluster.select(id)) void this.compiler.dropAll('engines');
    }
    if (type === 'declare')
      void this.compiler.declare('engines', types as Record<string, string>, ranks as number[]);
    if (type === 'notice') this.#print(String(text));
    if (type === 'comm') this.#options.onComm(message);
  }

  async #onRequest(message: Record<string, unknown>): Promise<unknown> {
    if (message['type'] === 'px-result') return this.#engines.settled(Number(message['number']));
    if (message['type'] === 'input') return this.#options.ask(message);
    const source = message['source'];
    if (message['type'] !== 'compile' || typeof source !== 'string')
      throw new Error('The kernel compiles sources and asks for input only.');
    const result = await this.compiler.compile(
      'engines',
      source,
      'execute',
      message['ranks'] as number[] | undefined
    );
    if (result.status === 'ok') return result.cell;
    throw new Error(result.error.traceback.join('\n'));
  }

  #onClientEnd(sentence: string, wasRunning: boolean): void {
    void this.compiler.dropAll('client');
    this.#options.onClientEnd();
    // A cell that was cut off says it in its own error.
    if (!wasRunning) this.#print(sentence);
  }

  #print(sentence: string): void {
    this.#options.onOutput(null, { type: 'stream', name: 'stderr', text: `${sentence}\n` });
  }
}

/** Stands above the outputs of every cell that %autopx sends to the engines. */
const autopxNote: Output = {
  type: 'display',
  data: {
    'text/html':
      '<small style="color: var(--jp-warn-color1)">%autopx is on: this cell runs on the engines</small>',
    'text/plain': '%autopx is on: this cell runs on the engines'
  }
};

/** A magic below code is no TypeScript: the compiler's complaint about it would help nobody. */
function explain(result: CellResult, source: string): CellResult {
  const isSyntax = result.status === 'error' && /Syntax|TypeScript/.test(result.error.name);
  const misplaced = isSyntax ? misplacedMagic(source) : null;
  return misplaced ? { status: 'error', error: toCellError(misplaced) } : result;
}
