/** The command `decentlab`: finds the subcommand, runs it, and turns what it throws into one sentence. */
import { DecentLabError } from '../../errors.js';
import type { Command } from './command.js';

/** Each command is loaded when it is used, so that a light one starts at once. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.js')).start,
  install: async () => (await import('./install.js')).install,
  doctor: async () => (await import('./doctor.js')).doctor,
  cluster: async () => (await import('./cluster.js')).cluster,
  run: async () => (await import('./run.js')).run,
  topology: async () => (await import('./topology.js')).topology,
  solve: async () => (await import('./solve.js')).solve,
  notebooks: async () => (await import('./notebooks.js')).notebooks,
  'gpu-check': async () => (await import('./gpu-check.js')).gpuCheck,
  bench: async () => (await import('./bench.js')).bench
};

/** Runs `decentlab` with its arguments and sets the exit code: 0, or 1 after one sentence on standard error. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    process.exitCode = await dispatch(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

async function dispatch([name, ...rest]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === 'help') return printCommands();
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) throw new DecentLabError('COMMAND_UNKNOWN', { received: name });
  const command = await load();
  if (!rest.includes('--help')) return command.run(rest);
  const { summary, usage, details } = command;
  console.log([summary, `Usage: ${usage}`, details].filter(Boolean).join('\n\n'));
  return 0;
}

async function printCommands(): Promise<number> {
  const commands = await Promise.all(Object.values(COMMANDS).map(load => load()));
  const width = Math.max(...commands.map(command => command.name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  console.log(`Usage: decentlab COMMAND [options]\n\n${lines.join('\n')}`);
  console.log('\n`decentlab COMMAND --help` prints the options of a command.');
  return 0;
}
