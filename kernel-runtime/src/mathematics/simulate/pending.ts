/** Calls of the simulated network that wait, and how they end. */
import type { ExchangePlan } from '../communicator/weights.js';
import type { Arrays, Call, Ended, Parcel } from './calls.js';
import type { Clock, Passage } from './clock.js';

/** A call that waits for other ranks. Its promise ends once, by `settle` or `reject`. */
export abstract class Pending {
  readonly call: Call;
  readonly ended: Promise<Ended>;
  isOver = false;
  /** Told once, when it is over. */
  onOver: (() => void) | undefined;
  #resolve!: (ended: Ended) => void;
  #reject!: (error: Error) => void;

  constructor(call: Call) {
    this.call = call;
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A program that dropped this promise must not end the process; whoever awaits it still gets the error.
    this.ended.catch(ignore);
  }

  /** The ranks it still waits for. */
  abstract on(): number[];

  settle(ended: Ended): void {
    this.#over();
    this.#resolve(ended);
  }

  reject(error: Error): void {
    this.#over();
    this.#reject(error);
  }

  #over(): void {
    this.isOver = true;
    this.onOver?.();
  }
}

const ignore = (): void => undefined;

/** A call of all ranks, as one of them sees it. */
export class PendingMeeting extends Pending {
  #present: ReadonlyMap<number, unknown>;
  #size: number;

  constructor(call: Call, present: ReadonlyMap<number, unknown>, size: number) {
    super(call);
    this.#present = present;
    this.#size = size;
  }

  on(): number[] {
    return Array.from({ length: this.#size }, (_, rank) => rank).filter(
      rank => !this.#present.has(rank)
    );
  }
}

/** A one-sided call, which other ranks answer without a call of theirs. */
export class PendingOneSided extends Pending {
  readonly on: () => number[];

  constructor(call: Call, on: () => number[]) {
    super(call);
    this.on = on;
  }
}

/** What an exchange makes of the arrays that its sources have sent, in the order of the plan. */
export type Finish = (received: readonly Arrays[]) => Arrays;

/** An exchange with some ranks: ends as soon as the arrays of all sources are there, before any rank goes on. */
export class PendingExchange extends Pending {
  readonly plan: ExchangePlan;
  readonly sent: readonly Parcel[];
  #finish: Finish;
  #clock: Clock;
  #received: (Parcel | undefined)[];
  #missing: number;

  constructor(
    call: Call,
    {
      plan,
      finish,
      sent,
      clock
    }: { plan: ExchangePlan; finish: Finish; sent: Parcel[]; clock: Clock }
  ) {
    super(call);
    this.plan = plan;
    this.sent = sent;
    this.#finish = finish;
    this.#clock = clock;
    this.#received = plan.sources.map(() => undefined);
    this.#missing = plan.sources.length;
  }

  on(): number[] {
    return this.plan.sources.map(([from]) => from).filter((_, s) => !this.#received[s]);
  }

  /** Takes what the source in place `s` has sent. */
  take(s: number, parcel: Parcel): void {
    this.#received[s] = parcel;
    this.#missing -= 1;
  }

  /** Ends if nothing is missing any more; an error of the sums is this call's own. */
  endIfComplete(): void {
    if (this.#missing > 0 || this.isOver) return;
    const parcels = this.#received as Parcel[];
    try {
      const datas = this.#finish(parcels.map(parcel => parcel.datas));
      for (const parcel of parcels) parcel.isRead = true;
      this.settle({ datas, at: this.#endsAt() });
    } catch (error) {
      this.reject(error as Error);
    }
  }

  #endsAt(): number {
    const { rank, at } = this.call;
    const passages = (this.#received as Parcel[]).map((parcel): Passage => parcel.passage);
    const arrived = this.#clock.receive(rank, passages, at!);
    return this.sent.length === 0 ? arrived : Math.max(arrived, this.#clock.sent(rank));
  }
}
