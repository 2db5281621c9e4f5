/** The comm with one kernel: opened again whenever the kernel has restarted. No code is run in the kernel. */
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import { clustersTarget, isClustersPush, type ClusterRequest, type ClustersPush } from './state.js';

export type ConnectionState = 'connecting' | 'open' | 'closed';

export class ClustersConnection implements IDisposable {
  readonly changed = new Signal<this, void>(this);
  /** A request that the kernel could not fulfil, in its words. */
  readonly failed = new Signal<this, string>(this);
  readonly #kernel: Kernel.IKernelConnection;
  #comm: Kernel.IComm | null = null;
  #kernelSession = '';
  #state: ConnectionState = 'connecting';
  #push: ClustersPush = { clusters: [] };

  /** @param kernel a connection of its own, which handles comms; it is disposed with this object */
  constructor(kernel: Kernel.IKernelConnection) {
    this.#kernel = kernel;
    kernel.statusChanged.connect(this.#onStatus, this);
    kernel.iopubMessage.connect(this.#onMessage, this);
    this.open();
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
    const comm = this.#kernel.createComm(clustersTarget);
    comm.onMsg = ({ content }) => this.#receive(content.data);
    comm.onClose = () => {
      if (this.#comm === comm) this.#forget('closed');
    };
    this.#comm = comm;
    comm.open();
  }

  send(request: ClusterRequest): void {
    this.#comm?.send({ ...request });
  }

  dispose(): void {
    if (this.isDisposed) return;
    Signal.clearData(this);
    this.#comm = null;
    this.#kernel.dispose();
  }

  #forget(state: ConnectionState = 'connecting'): void {
    this.#comm = null;
    this.#push = { clusters: [] };
    this.#state = state;
    this.changed.emit();
  }

  #receive(data: unknown): void {
    if (isClustersPush(data)) {
      this.#push = data;
      this.#state = 'open';
      this.changed.emit();
    } else if (typeof data === 'object' && data !== null && 'error' in data) {
      this.failed.emit(String(data.error));
    }
  }

  #onStatus(_: Kernel.IKernelConnection, status: Kernel.Status): void {
    if (status === 'restarting' || status === 'autorestarting') this.#forget();
    else if (status === 'idle' && !this.#comm && this.#state === 'connecting') this.open();
  }

  /** A kernel that another page restarted shows itself only by a new session in its messages. */
  #onMessage(_: Kernel.IKernelConnection, { header }: KernelMessage.IIOPubMessage): void {
    const isRestarted = this.#kernelSession !== '' && header.session !== this.#kernelSession;
    this.#kernelSession = header.session;
    if (isRestarted) this.open();
  }
}
