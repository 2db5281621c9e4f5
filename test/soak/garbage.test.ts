/** Links that are dialled, and that dial, by whoever sends what no rank sends. */
import { it } from 'vitest';

import { throwGarbage } from '../cluster/net/garbage.js';
import { form, SOAK_LIMIT_MS } from './form.js';

it(
  `a rank survives ${form.malformed} malformed handshakes and frames, lets nobody in and keeps nothing`,
  { timeout: SOAK_LIMIT_MS },
  () => throwGarbage(form.malformed)
);
