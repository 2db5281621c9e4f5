/** A rank's links in a process of its own, steered from here. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { Place } from '../../../kernel-runtime/src/cluster/net/websocket.js';

const program = fileURLToPath(new URL('link-process.mjs', import.meta.url));

export interface HeardByProcess {
  readonly arrivals: Record<string, number>;
  readonly lost: number;
  readonly refused: number;
  readonly causes: Record<string, number>;
  /** How often each rank could be reached again after its silence. */
  readonly reached: Record<string, number>;
  /** Bytes of the heap and of buffers, after a collection. */
  readonly memory: number;
}

export class LinkProcess {
  readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  /**
   * @param addresses by rank; `others` stands for all ranks that are not named
   * @param command what starts a program elsewhere, such as `ip netns exec …`. Defaults to nothing
   */
  static async start(
    options: {
      rank: number;
      size: number;
      token: string;
      addresses: Record<string, Place>;
      silenceLimit?: number;
    },
    command: readonly string[] = []
  ): Promise<LinkProcess> {
    const [execPath, ...execArgv] = [...command, process.execPath, '--expose-gc'];
    const child = fork(program, [JSON.stringify(options)], { execPath, execArgv });
    child.once('exit', (code, signal) => {
      if (signal !== 'SIGKILL') throw new Error(`a rank has fallen: ${code ?? signal}`);
    });
    await once(child, 'message');
    return new LinkProcess(child);
  }

  async ask<Value>(command: string, argument?: unknown): Promise<Value> {
    const answer = new Promise<Value>(resolve => {
      const listen = (told: { value?: Value }): void => {
        if (!('value' in told)) return;
        this.child.off('message', listen);
        resolve(told.value as Value);
      };
      this.child.on('message', listen);
    });
    this.child.send({ command, argument });
    return answer;
  }

  heard(): Promise<HeardByProcess> {
    return this.ask('heard');
  }

  stop(): void {
    this.child.kill('SIGCONT');
    this.child.kill('SIGKILL');
  }
}
