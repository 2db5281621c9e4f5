/** `npm test`: the compiled part of the set-up, then every check, then what failed and the totals. */
import { runSteps } from '../../../bin/bootstrap/steps.mjs';
import type { Place } from '../setup/place.js';
import { setupPlan } from '../setup/plan.js';
import { NEWER_NODE, newerNode, type NewerNode } from './newer-node.js';
import { runStaticChecks } from './static-checks.js';
import { addTotals, summary, type Totals } from './totals.js';
import { runVitest, runWithSecondTry } from './vitest.js';

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
  const totals = addTotals(await runsOf(place));
  console.log(summary(totals));
  return totals.failed === 0 ? 0 : 1;
}

async function runsOf(place: Place & { readonly args: readonly string[] }): Promise<Totals[]> {
  const { root, args } = place;
  if (args.length === 0) return runEverything(place);
  await setUp(place);
  return args[0] === SOAK ? runSoak(place) : [await runVitest({ root, filters: args })];
}

function setUp(place: Place): Promise<unknown> {
  return runSteps(setupPlan(place, { forTests: true }));
}

async function runEverything(place: Place): Promise<Totals[]> {
  const stop = new AbortController();
  // The checks of the text keep the processors busy while packages of Python and the newer Node are fetched.
  const [checks, node] = await Promise.all([
    runStaticChecks(place, stop.signal),
    newerNode(place),
    setUp(place)
  ]).catch(error => {
    stop.abort();
    throw error;
  });
  return [
    checks,
    await runWithSecondTry({ root: place.root }),
    await runOn(node, place, { what: 'Cells, engines and links', filters: NODE_DEPENDENT })
  ];
}

async function runSoak(place: Place & { readonly args: readonly string[] }): Promise<Totals[]> {
  const { root, args } = place;
  const parts = args.slice(1);
  const filters = parts.length > 0 ? parts.map(part => `test/soak/${part}`) : ['test/soak/'];
  const soak = await runVitest({ root, filters, env: { DECENTLAB_SOAK: 'long' } });
  if (parts.length > 0) return [soak];
  const rows = { what: "The kernel's rows", filters: ROWS };
  return [soak, await runOn(await newerNode(place), place, rows)];
}

/** Runs some tests on the newer Node; where there is none, the reason. */
async function runOn(
  node: NewerNode,
  { root }: Place,
  { what, filters }: { readonly what: string; readonly filters: readonly string[] }
): Promise<Totals> {
  if ('reason' in node) {
    console.log(`skipped: ${what} on Node ${NEWER_NODE}: ${node.reason}`);
    return { passed: 0, failed: 0, skipped: 1, failures: [], repeated: [] };
  }
  console.log(`\n${what} on Node ${NEWER_NODE}`);
  return runWithSecondTry({ root, node: node.path, filters });
}
