/** `npm test`: the compiled part of the set-up, then every check, then what failed and the totals. */
import { runSteps } from '../../../bin/bootstrap/steps.mjs';
import type { Place } from '../setup/place.js';
import { setupPlan } from '../setup/plan.js';
import { NEWER_NODE, newerNode } from './newer-node.js';
import { runStaticChecks } from './static-checks.js';
import { addTotals, summary, type Totals } from './totals.js';
import { runVitest } from './vitest.js';

/** What rests on Node itself: how code is evaluated, stopped and traced, processes, threads, sockets, shared memory. */
const NODE_DEPENDENT = [
  ...['errors', 'executor', 'interrupt', 'modules', 'variables'].map(name => `test/cells/${name}`),
  ...['client/calls', 'collectives/', 'control/', 'net/'].map(name => `test/cluster/${name}`)
];

/** What the kernel claims to do, tried through `jupyter_client`. */
const ROWS = ['test/jupyter/rows/'];

/** `npm run soak`: the tests of what must not depend on luck, in their long form, and the rows on the newer Node. */
const SOAK = '--soak';

/**
 * Runs everything; with arguments (parts of paths of test files), only those tests; with `--soak`, the long tests.
 * Resolves to the exit code.
 */
export async function test(place: Place & { readonly args: readonly string[] }): Promise<number> {
  await runSteps(setupPlan(place, { forTests: true }));
  const { root, args } = place;
  const runs =
    args[0] === SOAK
      ? await runSoak(place)
      : args.length > 0
        ? [await runVitest({ root, filters: args })]
        : await runEverything(place);
  const totals = addTotals(runs);
  console.log(summary(totals));
  return totals.failed === 0 ? 0 : 1;
}

async function runEverything(place: Place): Promise<Totals[]> {
  return [
    await runStaticChecks(place),
    await runVitest({ root: place.root }),
    await runOnNewerNode(place, 'Cells, engines and links', NODE_DEPENDENT)
  ];
}

async function runSoak(place: Place & { readonly args: readonly string[] }): Promise<Totals[]> {
  const { root, args } = place;
  const parts = args.slice(1);
  const filters = parts.length > 0 ? parts.map(part => `test/soak/${part}`) : ['test/soak/'];
  const soak = await runVitest({ root, filters, env: { DECENTLAB_SOAK: 'long' } });
  return parts.length > 0 ? [soak] : [soak, await runOnNewerNode(place, "The kernel's rows", ROWS)];
}

async function runOnNewerNode(
  place: Place,
  what: string,
  filters: readonly string[]
): Promise<Totals> {
  const found = await newerNode(place);
  if ('reason' in found) {
    console.log(`skipped: ${what} on Node ${NEWER_NODE}: ${found.reason}`);
    return { passed: 0, failed: 0, skipped: 1, failures: [], repeated: [] };
  }
  console.log(`\n${what} on Node ${NEWER_NODE}`);
  return runVitest({ root: place.root, node: found.path, filters });
}
