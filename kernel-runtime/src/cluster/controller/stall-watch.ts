/** Reports stalls: engines say what they wait for, and a moment later the whole picture is told once. */
import { namesApart } from './apart.js';
import type { Request, Requests } from './requests.js';
import type { Registry } from './registry.js';
import { describeStall } from './stall.js';

/** The first report is followed by those of the other ranks within this time, in milliseconds. */
const GATHER_MS = 150;

interface StallWatchOptions {
  readonly registry: Registry;
  readonly requests: Requests;
  /** Ms between two reports of one request: of many ranks on a busy machine, some come late. */
  readonly pause: number;
  readonly onStall: OnStall;
}

/** Tells the client of `request` about a stall. */
export type OnStall = (request: Request, text: string) => void;

export class StallWatch {
  readonly #options: StallWatchOptions;
  readonly #timers = new Map<number, NodeJS.Timeout>();
  /** The last request that was told of, and when, in ms of `performance.now()`. */
  #told = { request: -1, at: 0 };

  constructor(options: StallWatchOptions) {
    this.#options = options;
  }

  /** A rank waits for longer than usual. */
  report(rank: number): void {
    const { requests, pause } = this.#options;
    const request = requests.runningOn(rank);
    if (!request || this.#timers.has(request.id)) return;
    const { request: told, at } = this.#told;
    const next = told === request.id ? at + pause - performance.now() : 0;
    const timer = setTimeout(() => this.#tell(request), Math.max(GATHER_MS, next));
    this.#timers.set(request.id, timer);
  }

  #tell(request: Request): void {
    this.#timers.delete(request.id);
    const { registry, requests, onStall } = this.#options;
    const { ranks, task } = request;
    const cell = task.kind === 'execute' ? task.cell.name : 'the call';
    const { engines } = registry;
    const apart = namesApart(engines.filter(({ rank }) => ranks.includes(rank)));
    if (apart) return requests.disagree(request.id, apart);
    const now = performance.now();
    const text = describeStall({ engines, ranks, cell, now });
    if (!text) return;
    this.#told = { request: request.id, at: now };
    onStall(request, text);
  }
}
