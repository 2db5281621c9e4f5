/** Prints why each skipped test was skipped, and leaves the totals of the run for `npm test` to add up. */
import { writeFileSync } from 'node:fs';
import type {
  Reporter,
  TestCase,
  TestModule,
  TestRunEndReason,
  SerializedError
} from 'vitest/node';

/** The file that receives `{ passed, failed, skipped, failures, repeated }`; unset when vitest is started by hand. */
const TOTALS = 'DECENTLAB_TEST_TOTALS';

export default class TotalsReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly SerializedError[],
    reason: TestRunEndReason
  ): void {
    const tests = modules.flatMap(module => [...module.children.allTests()]);
    const skipped = tests.filter(test => stateOf(test) === 'skipped');
    const failed = tests.filter(test => stateOf(test) === 'failed');
    // A file that cannot be loaded, or an error outside of all tests, fails the run without failing a test.
    const broken = [...modules.flatMap(module => module.errors().slice(0, 1)), ...unhandled];
    const repeated = tests.filter(test => test.diagnostic()?.flaky);
    for (const test of skipped) console.log(`skipped: ${test.fullName}${reasonOf(test)}`);
    const totals = {
      passed: tests.length - skipped.length - failed.length,
      failed: Math.max(failed.length + broken.length, reason === 'passed' ? 0 : 1),
      skipped: skipped.length,
      failures: [...failed.map(failureOf), ...broken.map(firstLine)],
      repeated: repeated.map(failureOf)
    };
    const file = process.env[TOTALS];
    if (file) writeFileSync(file, JSON.stringify(totals));
  }
}

function stateOf(test: TestCase): 'passed' | 'failed' | 'skipped' {
  const { state } = test.result();
  return state === 'pending' ? 'failed' : state;
}

function failureOf(test: TestCase): string {
  const errors = test.result().errors ?? [];
  return `${test.module.relativeModuleId} > ${test.fullName}: ${errors.map(firstLine).join('; ')}`;
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
