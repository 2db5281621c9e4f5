/** Reports stalls: engines say what they wait for, and a moment later the whole picture is told once. */
import { namesApart } from './apart.js';
import type { Request, Requests } from './requests.js';
import type { Registry } from './registry.js';
import { describeStall } from './stall.js';

/** The first report is followed by those of the other ranks within this time, in milliseconds. */
const GATHER_MS = 150;

/** Tells the client of `request` about a stall. */
export type OnStall = (request: Request, text: string) => void;

export class StallWatch {
  readonly #registry: Registry;
  readonly #requests: Requests;
  readonly #onStall: OnStall;
  readonly #timers = new Map<number, NodeJS.Timeout>();

  constructor(registry: Registry, requests: Requests, onStall: OnStall) {
    this.#registry = registry;
    this.#requests = requests;
    this.#onStall = onStall;
  }

  /** A rank waits for longer than usual. */
  report(rank: number): void {
    const request = this.#requests.runningOn(rank);
    if (!request || this.#timers.has(request.id)) return;
    const timer = setTimeout(() => this.#tell(request), GATHER_MS);
    this.#timers.set(request.id, timer);
  }

  #tell(request: Request): void {
    this.#timers.delete(request.id);
    const { ranks, task } = request;
    const cell = task.kind === 'execute' ? task.cell.name : 'the call';
    const engines = this.#registry.engines;
    const apart = namesApart(engines.filter(({ rank }) => ranks.includes(rank)));
    if (apart) return this.#requests.disagree(request.id, apart);
    const text = describeStall({ engines, ranks, cell, now: performance.now() });
    if (text) this.#onStall(request, text);
  }
}
