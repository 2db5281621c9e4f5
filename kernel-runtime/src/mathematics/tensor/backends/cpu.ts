/** Backend `cpu`: plain JavaScript. Always right, and too slow for convolutions: the reference of the others' tests. */
import type { Backend } from './backend.js';

export const cpu: Backend = {
  name: 'cpu',
  summary: 'plain JavaScript, the reference of the others; too slow for convolutions',
  missing: () => undefined,
  kinds: () => ['cpu'],
  // It comes with TensorFlow.js itself.
  start: () => Promise.resolve()
};
