import { simulate } from '../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import { windowContract } from '../contract/windows.js';

windowContract('the simulator', async (topology, program) => [
  ...(await simulate(topology, program))
]);
