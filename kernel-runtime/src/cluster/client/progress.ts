/** The progress of a start: a bar below the cell, and whatever the caller does with it. */
import { notebookDisplay } from './host.js';

export interface StartProgress {
  /** Engines that are ready. */
  readonly ready: number;
  readonly size: number;
}

export type OnProgress = (progress: StartProgress) => void;

/** Shows the progress below the cell, if there is one, and tells `onProgress`. */
export function clusterProgress(size: number, onProgress?: OnProgress): OnProgress {
  const bar = notebookDisplay()?.(new ProgressBar({ ready: 0, size }));
  return progress => {
    bar?.update(new ProgressBar(progress));
    onProgress?.(progress);
  };
}

class ProgressBar {
  constructor(readonly progress: StartProgress) {}

  [Symbol.for('Jupyter.display')](): Record<string, string> {
    const { ready, size } = this.progress;
    const text = `${ready} of ${size} engines ready`;
    return {
      'text/html': `<progress max="${size}" value="${ready}"></progress> ${text}`,
      'text/plain': text
    };
  }
}
