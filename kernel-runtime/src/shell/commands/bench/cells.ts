/** `decentlab bench cells`: the kernel beside ipykernel, tslab and Deno, clusters beside ipyparallel. */
import { ipyparallel, ours as ourClusters, type ClusterKind } from './clusters/kinds.js';
import { measureClusters, type ClusterSample } from './clusters/session.js';
import { Contenders } from './contenders.js';
import { measureCells, type CellSamples } from './kernels/cells.js';
import { deno, ipykernel, ours, tslab, type KernelKind } from './kernels/kinds.js';
import { measureSession, type SessionSample } from './kernels/session.js';
import { referenceDeno, referencePython, referenceTslab, type Reference } from './references.js';
import { toFigure, type Samples } from './statistics.js';
import type { Figure, Measured, Suite, SuiteContext } from './suite.js';

/** Starts of each kernel, and of each cluster, unless `--rounds` says otherwise. */
const ROUNDS = 3;

export const suite: Suite = {
  name: 'cells',
  summary: 'The kernel beside ipykernel, tslab and Deno, and clusters beside ipyparallel.',
  options: ['rounds'],
  measure
};

/** What is taken from the samples of a part of the suite. */
type Plan<S> = Omit<Samples, 'values'> & {
  readonly take: (sample: S) => readonly (number | undefined)[];
};

const OF_SESSIONS: readonly Plan<SessionSample>[] = [
  { what: 'first reply', unit: 'ms', atMost: 600, take: s => [s.firstReply] },
  { what: 'first cell, from the start', unit: 'ms', take: s => [s.firstCell] },
  { what: 'first completion', unit: 'ms', atMost: 30, take: s => [s.firstCompletion] },
  { what: 'repeated completion', unit: 'ms', atMost: 5, take: s => s.completions },
  { what: 'completion while a cell runs', unit: 'ms', atMost: 5, take: s => s.busy.completions },
  { what: 'hover while a cell runs', unit: 'ms', take: s => s.busy.hovers },
  { what: 'signature while a cell runs', unit: 'ms', take: s => s.busy.signatures },
  { what: 'stop of a busy loop', unit: 'ms', atMost: 100, take: s => [s.stop] },
  { what: 'idle memory (RSS of all processes)', unit: 'MB', atMost: 200, take: s => [s.idleRss] },
  { what: 'idle memory (PSS)', unit: 'MB', take: s => [s.idlePss] }
];

const OF_CELLS: readonly Plan<CellSamples>[] = [
  { what: 'cell `1`', unit: 'ms', atMost: 2, take: s => s.one },
  { what: 'cell with a redeclared const', unit: 'ms', take: s => s.redeclare },
  { what: 'cell with a 17-line function', unit: 'ms', atMost: 15, take: s => s.define },
  { what: 'memory after 300 cells (RSS)', unit: 'MB', atMost: 230, take: s => s.rss },
  { what: 'memory after 300 cells (PSS)', unit: 'MB', take: s => s.pss }
];

const OF_4_ENGINES: readonly Plan<ClusterSample>[] = [
  { what: 'start of a cluster, 4 engines', unit: 'ms', atMost: 1500, take: s => [s.start] },
  { what: 'cell `%%px` of `1`, 4 engines', unit: 'ms', atMost: 4, take: s => s.magic },
  { what: "execute('1'), 4 engines", unit: 'ms', take: s => s.execute },
  { what: 'apply of a + 1, 4 engines', unit: 'ms', take: s => s.apply },
  { what: 'push 8 MB to each of 4 engines', unit: 'ms', atMost: 40, take: s => s.push },
  { what: 'pull 8 MB from each of 4 engines', unit: 'ms', atMost: 40, take: s => s.pull },
  { what: 'stop of a cluster, 4 engines', unit: 'ms', take: s => [s.stop] }
];

const OF_8_ENGINES: readonly Plan<ClusterSample>[] = [
  { what: 'start of a cluster, 8 engines', unit: 'ms', take: s => [s.start] },
  { what: 'cell `%%px` of `1`, 8 engines', unit: 'ms', take: s => s.magic }
];

/** What is measured, and what is aimed at. */
export const plans: readonly Pick<Samples, 'what' | 'atMost'>[] = [
  ...OF_SESSIONS,
  ...OF_CELLS,
  ...OF_4_ENGINES,
  ...OF_8_ENGINES
];

async function measure(context: SuiteContext): Promise<Measured> {
  if (wanted(plans, context).length === 0) return { figures: [], notes: [] };
  const python = await referencePython(context);
  const found: readonly [Reference<string>, (path: string) => KernelKind][] = [
    [python, ipykernel],
    [await referenceTslab(context), tslab],
    [await referenceDeno(), deno]
  ];
  const kinds = [
    ours,
    ...found.flatMap(([tool, kind]) => ('found' in tool ? [kind(tool.found)] : []))
  ];
  const notes = found.flatMap(([tool]) => ('missing' in tool ? [tool.missing] : []));
  const versions = found.map(([tool]) => ('versions' in tool ? tool.versions : {}));
  const clusters = [ourClusters, ...('found' in python ? [ipyparallel(python.found)] : [])];
  const part = { ...context, rounds: context.rounds ?? ROUNDS, notes };
  const figures = [
    ...(await sessionFigures(kinds, part)),
    ...(await cellFigures(kinds, part)),
    ...(await clusterFigures(clusters, { ...part, engines: 4, plans: OF_4_ENGINES })),
    ...(await clusterFigures(clusters, { ...part, engines: 8, plans: OF_8_ENGINES }))
  ];
  return { figures, notes, versions: Object.assign({}, ...versions) as Record<string, string> };
}

/** What the parts of the suite share. */
interface Part extends SuiteContext {
  readonly rounds: number;
  /** What was not measured, and why. */
  readonly notes: string[];
}

async function sessionFigures(kinds: readonly KernelKind[], part: Part): Promise<Figure[]> {
  const plans = wanted(OF_SESSIONS, part);
  if (plans.length === 0) return [];
  const { rounds, notes, progress } = part;
  const samples = new Map<string, SessionSample[]>(kinds.map(({ name }) => [name, []]));
  for (let k = 1; k <= rounds; k++) {
    const round = `kernels, round ${k} of ${rounds}`;
    // One that hangs now and then may try again in the next round.
    await new Contenders(kinds, notes, part).inTurns(round, async kind => {
      progress(`${round}: ${kind.name}`);
      samples.get(kind.name)?.push(await measureSession(kind));
    });
  }
  return plans.map(plan => figureOf(plan, samples));
}

async function cellFigures(kinds: readonly KernelKind[], part: Part): Promise<Figure[]> {
  const plans = wanted(OF_CELLS, part);
  if (plans.length === 0) return [];
  const samples = await measureCells(kinds, part);
  const lists = new Map([...samples].map(([name, sample]) => [name, [sample]]));
  return plans.map(plan => figureOf(plan, lists));
}

interface ClusterPart extends Part {
  readonly engines: number;
  readonly plans: readonly Plan<ClusterSample>[];
}

async function clusterFigures(
  kinds: readonly ClusterKind[],
  { plans, ...part }: ClusterPart
): Promise<Figure[]> {
  const ownPlans = wanted(plans, part);
  if (ownPlans.length === 0) return [];
  const { engines, rounds, progress } = part;
  const samples = new Map<string, ClusterSample[]>(kinds.map(({ name }) => [name, []]));
  for (let k = 1; k <= rounds; k++) {
    progress(`clusters of ${engines} engines, round ${k} of ${rounds}`);
    for (const [name, sample] of await measureClusters(kinds, part))
      samples.get(name)?.push(sample);
  }
  return ownPlans.map(plan => figureOf(plan, samples));
}

function wanted<P extends { readonly what: string }>(
  all: readonly P[],
  { only = '' }: SuiteContext
): P[] {
  return all.filter(({ what }) => what.includes(only));
}

function figureOf<S>(
  { take, ...rest }: Plan<S>,
  samples: ReadonlyMap<string, readonly S[]>
): Figure {
  const values = [...samples].map(([name, list]) => [
    name,
    list.flatMap(take).filter(value => value !== undefined)
  ]);
  return toFigure({ ...rest, values: Object.fromEntries(values) as Samples['values'] });
}
