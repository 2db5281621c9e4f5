/** What engines print and show during a `%%px` cell, labelled by rank. */
import type { Output } from '../../cluster/protocol/cell.js';
import type { PxOptions } from './magics.js';

type Stream = Extract<Output, { type: 'stream' }>;
type Display = Extract<Output, { type: 'display' }>;

/**
 * Labels outputs: every printed line begins with `[rank] `, a rich display stands below a small label, and display
 * ids of different ranks are kept apart.
 */
export class EngineOutputs {
  readonly #emit: (output: Output) => void;
  readonly #isGrouped: boolean;
  readonly #lines = new Map<string, LabelledLines>();
  readonly #held = new Map<number, Output[]>();

  constructor(emit: (output: Output) => void, group: PxOptions['groupOutputs']) {
    this.#emit = emit;
    this.#isGrouped = group === 'engine';
  }

  /** Takes an output of `rank`. */
  add(rank: number, output: Output): void {
    switch (output.type) {
      case 'stream':
        return this.#addStream(rank, output);
      case 'display':
        this.#endLines(rank);
        return this.#addDisplay(rank, output);
      case 'clear':
        // One rank must not wipe away what the others have printed.
        return;
    }
  }

  /** Ends lines that have no line break yet, and emits what was held back for grouping. */
  finish(): void {
    for (const lines of this.#lines.values()) lines.end();
    for (const rank of [...this.#held.keys()].sort((a, b) => a - b))
      this.#held.get(rank)?.forEach(this.#emit);
    this.#held.clear();
  }

  #addStream(rank: number, { name, text }: Stream): void {
    const key = `${rank} ${name}`;
    let lines = this.#lines.get(key);
    if (!lines) {
      lines = new LabelledLines(`[${rank}] `, line =>
        this.#send(rank, { type: 'stream', name, text: line })
      );
      this.#lines.set(key, lines);
    }
    lines.add(text);
  }

  #addDisplay(rank: number, display: Display): void {
    const displayId =
      display.displayId === undefined ? undefined : `rank-${rank}-${display.displayId}`;
    if (!display.update) this.#send(rank, { type: 'display', data: rankLabel(`${rank}`) });
    this.#send(rank, displayId === undefined ? display : { ...display, displayId });
  }

  #endLines(rank: number): void {
    for (const name of ['stdout', 'stderr']) this.#lines.get(`${rank} ${name}`)?.end();
  }

  #send(rank: number, output: Output): void {
    if (!this.#isGrouped) return this.#emit(output);
    const held = this.#held.get(rank);
    if (held) held.push(output);
    else this.#held.set(rank, [output]);
  }
}

/** The small label above a rich display of one or several ranks. */
export function rankLabel(ranks: string): Record<string, unknown> {
  return {
    'text/html': `<small style="color: var(--jp-ui-font-color2)">[${ranks}]</small>`,
    'text/plain': `[${ranks}]`
  };
}

/** Passes on whole lines, each with a label; text without a line break waits for the rest of its line. */
class LabelledLines {
  readonly #label: string;
  readonly #emit: (text: string) => void;
  #rest = '';

  constructor(label: string, emit: (text: string) => void) {
    this.#label = label;
    this.#emit = emit;
  }

  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (lines.length > 0) this.#emit(lines.map(line => `${this.#label}${line}\n`).join(''));
  }

  end(): void {
    if (this.#rest) this.add('\n');
  }
}
