/**
 * A comm on a connection that handles no comms. A connection that does closes every comm whose target it does not know,
 * those of widgets for instance, and takes their messages away from the notebook's own connection.
 */
import { KernelMessage, type Kernel } from '@jupyterlab/services';
import { UUID, type JSONObject } from '@lumino/coreutils';

export interface OwnCommOptions {
  readonly target: string;
  onMessage(data: unknown): void;
  onClose(): void;
}

/** One comm, from its opening to its end; whoever has the connection passes on what is published. */
export class OwnComm {
  readonly #id = UUID.uuid4();
  readonly #kernel: Kernel.IKernelConnection;
  readonly #options: OwnCommOptions;

  /** Opens the comm. */
  constructor(kernel: Kernel.IKernelConnection, options: OwnCommOptions) {
    this.#kernel = kernel;
    this.#options = options;
    const content = { comm_id: this.#id, target_name: options.target, data: {} };
    const message = { ...this.#sender(), msgType: 'comm_open' as const, content };
    kernel.sendShellMessage(KernelMessage.createMessage(message));
  }

  /** Sends data to the kernel. */
  send(data: JSONObject): void {
    const content = { comm_id: this.#id, data };
    const message = { ...this.#sender(), msgType: 'comm_msg' as const, content };
    this.#kernel.sendShellMessage(KernelMessage.createMessage(message));
  }

  /** Hears a published message; those that are not of this comm are passed over. */
  receive(message: KernelMessage.IIOPubMessage): void {
    if (KernelMessage.isCommMsgMsg(message) && message.content.comm_id === this.#id)
      this.#options.onMessage(message.content.data);
    if (KernelMessage.isCommCloseMsg(message) && message.content.comm_id === this.#id)
      this.#options.onClose();
  }

  #sender(): { channel: 'shell'; username: string; session: string } {
    const { username, clientId: session } = this.#kernel;
    return { channel: 'shell', username, session };
  }
}
