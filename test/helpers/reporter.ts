/** Prints why each skipped test was skipped, and leaves the totals of the run for `npm test` to add up. */
import { writeFileSync } from 'node:fs';
import type {
  Reporter,
  SerializedError,
  TestCase,
  TestModule,
  TestRunEndReason
} from 'vitest/node';

/** The file that receives the totals (`Totals` of `npm test`); unset when vitest is started by hand. */
const TOTALS = 'DECENTLAB_TEST_TOTALS';

type Counts = Record<'passed' | 'failed' | 'skipped', number>;
/** An error as vitest brings it, with where it came from. */
type PlacedError = SerializedError & {
  readonly stacks?: readonly { readonly file: string; readonly line: number }[];
};

export default class TotalsReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly SerializedError[],
    reason: TestRunEndReason
  ): void {
    for (const module of modules)
      for (const test of module.children.allTests('skipped'))
        console.log(`skipped: ${test.fullName}${reasonOf(test)}`);
    const file = process.env[TOTALS];
    if (file) writeFileSync(file, JSON.stringify(totalsOf(modules, unhandled, reason)));
  }
}

function totalsOf(
  modules: readonly TestModule[],
  unhandled: readonly SerializedError[],
  reason: TestRunEndReason
): object {
  const parts = modules.map(module => [module, countsOf(module)] as const);
  const sum = (key: keyof Counts): number =>
    parts.reduce((total, [, part]) => total + part[key], 0);
  const failures = [...modules.flatMap(failuresOf), ...unhandled.map(firstLine)];
  // An error outside of all tests fails the run without failing a test.
  const failed = Math.max(sum('failed') + unhandled.length, reason === 'passed' ? 0 : 1);
  const failedFiles = parts.filter(([, counts]) => counts.failed > 0);
  return {
    ...{ passed: sum('passed'), failed, skipped: sum('skipped') },
    ...{ failures, repeated: modules.flatMap(repeatedIn) },
    files: Object.fromEntries(
      failedFiles.map(([module, counts]) => [module.relativeModuleId, counts])
    )
  };
}

/** A file that cannot be loaded, or whose hook fails, counts as one failure beside its tests. */
function countsOf(module: TestModule): Counts {
  const tests = [...module.children.allTests()];
  const skipped = tests.filter(test => stateOf(test) === 'skipped').length;
  const failed = tests.filter(test => stateOf(test) === 'failed').length;
  return {
    passed: tests.length - skipped - failed,
    failed: failed + brokenIn(module).length,
    skipped
  };
}

function failuresOf(module: TestModule): string[] {
  const failed = [...module.children.allTests()].filter(test => stateOf(test) === 'failed');
  return [...failed.map(failureOf), ...brokenIn(module)];
}

/** Tests of time have another try of their own. */
function repeatedIn(module: TestModule): string[] {
  const tests = [...module.children.allTests()];
  return tests.filter(test => test.diagnostic()?.flaky).map(failureOf);
}

function stateOf(test: TestCase): 'passed' | 'failed' | 'skipped' {
  const { state } = test.result();
  return state === 'pending' ? 'failed' : state;
}

/** The file, the line in it that failed, the title, what was said, and what pages showed then. */
function failureOf(test: TestCase): string {
  const errors: readonly PlacedError[] = test.result().errors ?? [];
  const { moduleId, relativeModuleId } = test.module;
  const frames = errors.flatMap(({ stacks = [] }) => stacks);
  const line = frames.find(({ file }) => file === moduleId)?.line;
  const where = line === undefined ? relativeModuleId : `${relativeModuleId}:${line}`;
  const { shown } = test.meta() as { shown?: string };
  const page = shown === undefined ? '' : ` [seen: ${shown}]`;
  return `${where} > ${test.fullName}: ${errors.map(firstLine).join('; ')}${page}`;
}

/** Why a file could not be loaded, or hooks in it failed. */
function brokenIn(module: TestModule): string[] {
  const errors = [module, ...module.children.allSuites()].flatMap(part => part.errors());
  return errors.map(error => `${module.relativeModuleId}: ${firstLine(error)}`);
}

function firstLine({ message }: { readonly message: string }): string {
  return message.split('\n')[0];
}

/** The reason in words; nothing where the title tells it already, as `titleWith` writes it. */
function reasonOf(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note) return `: ${result.note}`;
  return test.fullName.includes('(skipped: ') ? '' : ': left out by a filter, or without a reason';
}
