import { communicatorContract } from '../../mathematics/contract/communicator.js';
import { algorithmContract } from '../../mathematics/contract/algorithms.js';
import * as library from '../../mathematics/contract/library.js';
import { runOnRanks } from './ranks.js';

communicatorContract('sockets', runOnRanks);

algorithmContract(
  'sockets',
  (topology, program, given) =>
    runOnRanks(topology, communicator => program(communicator, library, given)),
  { mostIterations: 100 }
);
