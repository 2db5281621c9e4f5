import { simulate } from '../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import { algorithmContract } from '../contract/algorithms.js';
import * as library from '../contract/library.js';

algorithmContract(
  'the simulator',
  (topology, program, given) =>
    simulate(topology, communicator => program(communicator, library, given)),
  { mostIterations: () => 2000 }
);
