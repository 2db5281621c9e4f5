import { simulate } from '../../../kernel-runtime/src/mathematics/simulate/simulate.js';
import { nodesPerMachine } from '../contract/bluefog/case.js';
import { bluefogContract } from '../contract/bluefog/contract.js';
import * as library from '../contract/bluefog/library.js';

bluefogContract('the simulator', (n, cases) =>
  Promise.all(
    cases.map(({ program, given }) =>
      simulate({ nodes: n, nodesPerMachine: nodesPerMachine(n) }, async c =>
        program(c, library, given)
      )
    )
  )
);
