/** Runs the script of the CIFAR-10 experiment on eight engines, and reads what it has found. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../helpers/project.js';

const PROGRAM = join(root, 'kernel-runtime/bin/decentlab.mjs');
const SCRIPT = join(root, 'notebooks/cifar10-large-batch/run.ts');
const ENGINES = 8;

/** What a test needs of an outcome; `Outcome` in the script's own folder has it all. */
export interface Outcome {
  readonly method: string;
  readonly batch: number | 'all';
  readonly seed: number;
  readonly own: { readonly mean: number; readonly least: number; readonly greatest: number };
  readonly averaged: number;
  readonly statistics: string;
}

/** @throws an Error with what the script said, if it fails */
export async function runExperiment(
  folder: string,
  options: readonly string[],
  signal?: AbortSignal
): Promise<Outcome[]> {
  const out = join(folder, 'outcomes.json');
  const args = [PROGRAM, 'run', '-n', String(ENGINES), SCRIPT, ...options, '--out', out];
  const script = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  // Not SIGKILL: it takes its engines with it when it is asked to end.
  signal?.addEventListener('abort', () => script.kill('SIGINT'));
  let said = '';
  for (const stream of [script.stdout, script.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(script, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The experiment ended with ${code}:\n${said}`);
  return (JSON.parse(readFileSync(out, 'utf8')) as { outcomes: Outcome[] }).outcomes;
}

/** The mean test accuracies of the engines' own models, of one method, seed after seed. */
export function accuracies(outcomes: readonly Outcome[], method: string): number[] {
  return outcomes.filter(outcome => outcome.method === method).map(({ own }) => own.mean);
}
