/** The comm with one kernel: opened again whenever the kernel has restarted. No code is run in the kernel. */
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { JSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import { KernelFault } from './kernel-fault.js';
import { OwnComm } from './own-comm.js';
import {
  clustersTarget,
  faultOf,
  isAnswer,
  isClustersPush,
  statsOf,
  type Answer,
  type ClusterRequest,
  type ClustersPush,
  type StatsPush
} from './state.js';

export type ConnectionState = 'connecting' | 'open' | 'closed';

/** What a view wants to hear of the engines of one cluster. */
export interface Watched {
  id: string;
  /** The variables whose values and distances from the average it wants. */
  variables: string[];
  /** Whether it wants what the engines spend their time on. */
  isTimed: boolean;
  /** Whether counters are enough: the engines look once a second then, and at no variable. */
  isBrief?: boolean;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onProgress: ((progress: unknown) => void) | undefined;
}

export class ClustersConnection implements IDisposable {
  readonly changed = new Signal<this, void>(this);
  readonly stats = new Signal<this, StatsPush>(this);
  readonly #kernel: Kernel.IKernelConnection;
  readonly #pending = new Map<number, Pending>();
  #requests = 0;
  #comm: OwnComm | null = null;
  #kernelSession = '';
  #state: ConnectionState = 'connecting';
  #push: ClustersPush = { clusters: [] };
  #isShown = false;
  #watched: Watched[] = [];

  /** @param kernel a connection of its own, which handles no comms; it is disposed with this object */
  constructor(kernel: Kernel.IKernelConnection) {
    this.#kernel = kernel;
    kernel.statusChanged.connect(this.#onStatus, this);
    kernel.connectionStatusChanged.connect(this.#onConnection, this);
    kernel.iopubMessage.connect(this.#onMessage, this);
    // Otherwise when it is: a comm that waited would be opened beside the one of then, and the kernel serve both.
    if (this.#isConnected) this.open();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get push(): ClustersPush {
    return this.#push;
  }

  get isDisposed(): boolean {
    return this.#kernel.isDisposed;
  }

  /** Opens the comm anew; an older one is forgotten. */
  open(): void {
    this.#forget();
    this.#comm = new OwnComm(this.#kernel, {
      target: clustersTarget,
      onMessage: data => this.#receive(data),
      onClose: () => this.#forget('closed')
    });
    this.#tell();
  }

  /** Whether somebody sees what comes: the kernel watches clusters only then. */
  show(isShown: boolean): void {
    if (isShown === this.#isShown) return;
    this.#isShown = isShown;
    this.look();
  }

  /** Asks for the states as they are now. */
  look(): void {
    this.#send({ action: 'show', isShown: this.#isShown });
  }

  /** Asks for the stats of these clusters, and of no others. */
  watch(watched: Watched[]): void {
    if (JSON.stringify(watched) === JSON.stringify(this.#watched)) return;
    this.#watched = watched;
    this.#sendWatched();
  }

  /** Asks the kernel for something, once it hears. @throws KernelFault with the kernel's sentence, or that it went away */
  async ask(request: ClusterRequest, onProgress?: (progress: unknown) => void): Promise<unknown> {
    await this.#settled();
    if (!this.#comm) throw new KernelFault('', 'KERNEL_GONE', {});
    const number = ++this.#requests;
    return new Promise((resolve, reject) => {
      this.#pending.set(number, { resolve, reject, onProgress });
      this.#send({ ...request, request: number });
    });
  }

  get #isConnected(): boolean {
    return this.#kernel.connectionStatus === 'connected';
  }

  /** While the connection comes up the comm may be opened anew, and what was asked by the first is never answered. */
  #settled(): Promise<void> {
    return new Promise(resolve => {
      const look = (): void => {
        if (this.#state === 'connecting') return;
        this.changed.disconnect(look);
        resolve();
      };
      this.changed.connect(look);
      look();
    });
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.#forget('closed');
    Signal.clearData(this);
    this.#kernel.dispose();
  }

  /** A new comm knows nothing of what this page wants. */
  #tell(): void {
    this.look();
    if (this.#watched.length > 0) this.#sendWatched();
  }

  #sendWatched(): void {
    this.#send({ action: 'watch', views: this.#watched.map(view => ({ ...view })) });
  }

  #send(data: JSONObject): void {
    this.#comm?.send(data);
  }

  #forget(state: ConnectionState = 'connecting'): void {
    this.#comm = null;
    this.#push = { clusters: [] };
    this.#state = state;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(new KernelFault('', 'KERNEL_GONE', {}));
    this.changed.emit();
  }

  #receive(data: unknown): void {
    const stats = statsOf(data);
    if (stats) this.stats.emit(stats);
    else if (isAnswer(data)) this.#answer(data);
    else if (isClustersPush(data)) {
      this.#push = data;
      this.#state = 'open';
      this.changed.emit();
    }
  }

  #answer(answer: Answer): void {
    const { request, value, error, progress } = answer;
    const pending = this.#pending.get(request);
    if (progress !== undefined) return pending?.onProgress?.(progress);
    this.#pending.delete(request);
    if (error === undefined) pending?.resolve(value);
    else pending?.reject(faultOf(answer));
  }

  #onStatus(_: Kernel.IKernelConnection, status: Kernel.Status): void {
    if (status === 'restarting' || status === 'autorestarting') this.#forget();
    else if (status === 'dead') this.#forget('closed');
    else if (status === 'idle' && this.#state === 'connecting' && !this.#comm && this.#isConnected)
      this.open();
  }

  /** What was true before the server went away need not be true now. */
  #onConnection(_: Kernel.IKernelConnection, status: Kernel.ConnectionStatus): void {
    if (status === 'connected') {
      if (this.#state !== 'open') this.open();
    } else this.#forget();
  }

  /** A kernel that another page restarted shows itself only by a new session in its messages. */
  #onMessage(_: Kernel.IKernelConnection, message: KernelMessage.IIOPubMessage): void {
    const { header } = message;
    const isRestarted = this.#kernelSession !== '' && header.session !== this.#kernelSession;
    this.#kernelSession = header.session;
    if (isRestarted) this.open();
    else this.#comm?.receive(message);
  }
}
