/** `decentlab bench`: the project's own figures, each beside references that were measured in the same run. */
import { DecentLabError } from '../../errors.js';
import { packageVersion } from '../../package.js';
import { readArguments, wholeNumber } from './arguments.js';
import { readNodes, readSizes } from './bench/exchange/job.js';
import { thisMachine, toTable } from './bench/report.js';
import { SUITE_OPTIONS, type Suite, type SuiteContext, type SuiteOption } from './bench/suite.js';
import { SUITES } from './bench/suites.js';
import type { Command } from './command.js';

const USAGE = `decentlab bench (${Object.keys(SUITES).join(' | ')}) [--only TEXT] [--json]; all but solve: [--rounds 3]; link and collectives: [--sizes 1KB,1MB,102MB]; collectives and train: [--nodes 2,4,8] [--python PATH]`;
const OPTIONS = {
  json: { type: 'boolean' },
  only: { type: 'string' },
  sizes: { type: 'string' },
  nodes: { type: 'string' },
  rounds: { type: 'string' },
  python: { type: 'string' }
} as const;

export const bench: Command = {
  name: 'bench',
  summary: 'Measures speed and memory beside other tools, in one run.',
  usage: USAGE,
  async run(args) {
    const { values, positionals } = readArguments(args, OPTIONS, USAGE);
    const suite = await suiteNamed(positionals);
    assertKnown(suite, values);
    const context = contextOf(values);
    const machine = thisMachine();
    const date = new Date().toISOString();
    const { versions, ...measured } = await suite.measure(context);
    const { only } = context;
    if (only !== undefined && measured.figures.length === 0) throw nothingCalled(only);
    const report = { ...measured, versions: { ...ownVersions(), ...versions } };
    console.log(
      values.json
        ? JSON.stringify({ suite: suite.name, date, machine, ...report })
        : `${suite.headline?.(context) ?? suite.summary}\n\n${toTable(report)}`
    );
    return 0;
  }
};

type Values = Readonly<Partial<Record<'only' | SuiteOption, string>>>;

function contextOf({ only, sizes, nodes, rounds, python }: Values): SuiteContext {
  const count = wholeNumber(rounds, '--rounds');
  return {
    progress: line => console.error(line),
    ...(only === undefined ? {} : { only }),
    ...(sizes === undefined ? {} : { sizes: readSizes(sizes) }),
    ...(nodes === undefined ? {} : { nodes: readNodes(nodes) }),
    ...(count === undefined ? {} : { rounds: Math.max(1, count) }),
    ...(python === undefined ? {} : { python })
  };
}

/** A suite that would ignore an option refuses it. */
function assertKnown(suite: Suite, values: Values): void {
  for (const name of SUITE_OPTIONS) {
    if (values[name] === undefined || suite.options?.includes(name)) continue;
    const received = `bench ${suite.name} --${name}`;
    throw new DecentLabError('OPTION_INVALID', { received, usage: `\`${USAGE}\`` });
  }
}

function nothingCalled(only: string): DecentLabError {
  return new DecentLabError('OPTION_INVALID', {
    received: `--only ${only}`,
    usage: `\`${USAGE}\`, where TEXT is a part of a figure's name`
  });
}

async function suiteNamed([name, ...more]: readonly string[]): Promise<Suite> {
  const load = name !== undefined && Object.hasOwn(SUITES, name) ? SUITES[name] : undefined;
  if (load && more.length === 0) return (await load()).suite;
  const received = ['bench', name, ...more].filter(Boolean).join(' ');
  throw new DecentLabError('OPTION_INVALID', { received, usage: `\`${USAGE}\`` });
}

function ownVersions(): Record<string, string> {
  return { decentlab: packageVersion(), node: process.versions.node };
}
