/** Runs the steps of the set-up: what is done is skipped, what is missing is done with one line of progress. */
import { SetupStop } from './stop.mjs';

const NARROWEST = 40;

/**
 * Runs steps in order and prints one line for each that had work to do.
 * @param {import('./steps.d.mts').Step[]} steps
 * @param {NodeJS.WriteStream} [terminal]
 * @returns {Promise<number>} how many steps had work to do
 * @throws {SetupStop} when a step cannot work
 */
export async function runSteps(steps, terminal = process.stderr) {
  let worked = 0;
  for (const step of steps) {
    if (await step.isDone()) continue;
    worked += 1;
    const begun = performance.now();
    const line = progressLine(terminal, step.name);
    try {
      await step.run(line.show);
    } catch (error) {
      line.end(`✗ ${step.name}`);
      if (error?.name === 'SetupStop') throw error;
      throw new SetupStop(`${step.name} failed (${firstLine(error)}): ${step.remedy}`);
    }
    line.end(`✓ ${step.name} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
  }
  return worked;
}

/** A line that shows what a step is doing while it runs; on a pipe only its start and its end are printed. */
function progressLine(terminal, name) {
  const width = Math.max(NARROWEST, (terminal.columns ?? 80) - 1);
  const rewrite = text => terminal.write(`\r\u001B[2K${text.slice(0, width)}`);
  if (terminal.isTTY) rewrite(`… ${name}`);
  else terminal.write(`… ${name}\n`);
  return {
    show: activity => terminal.isTTY && rewrite(`… ${name}: ${activity}`),
    end: text => terminal.write(terminal.isTTY ? `\r\u001B[2K${text}\n` : `${text}\n`)
  };
}

function firstLine(error) {
  return String(error?.message ?? error).split('\n')[0];
}
