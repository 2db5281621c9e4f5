/** `decentlab notebooks`: lessons for a class. */
import { DecentLabError } from '../../errors.js';
import { readArguments } from './arguments.js';
import type { Command } from './command.js';
import { problemsIn } from './notebooks/course-check.js';
import { writeStudentVersion } from './notebooks/student.js';

const USAGE = 'decentlab notebooks (student SOURCE TARGET [--force] | check [FOLDER]) [--json]';

const HELP = `${USAGE}

student  writes SOURCE, a notebook or a folder of lessons, into the folder TARGET without solutions and outputs.
check    says what is wrong with the lessons of FOLDER, their exercises and files of checks.`;

const OPTIONS = { force: { type: 'boolean' }, json: { type: 'boolean' } } as const;

export const notebooks: Command = {
  name: 'notebooks',
  summary: 'Writes the student version of lessons, or checks their exercises.',
  usage: HELP,
  run(args) {
    const { values, positionals } = readArguments(args, OPTIONS, USAGE);
    const [verb, ...paths] = positionals;
    if (verb === 'student' && paths.length === 2) return student(paths[0], paths[1], values);
    if (verb === 'check' && paths.length < 2) return check(paths[0] ?? 'tutorials', values.json);
    throw new DecentLabError('OPTION_INVALID', { received: args.join(' '), usage: `\`${USAGE}\`` });
  }
};

function student(
  source: string,
  target: string,
  { force, json }: { force?: boolean; json?: boolean }
): Promise<number> {
  const version = writeStudentVersion(source, target, force);
  const { files, exercises } = version;
  const text = `${files.length} files are in ${target}; the solutions of ${exercises.length} exercises are not among them.`;
  console.log(json ? JSON.stringify(version) : text);
  return Promise.resolve(0);
}

function check(folder: string, json = false): Promise<number> {
  const problems = problemsIn(folder);
  if (json) console.log(JSON.stringify({ ok: problems.length === 0, problems }));
  else if (problems.length === 0) console.log(`The lessons in ${folder} are in order.`);
  else console.error(problems.join('\n'));
  return Promise.resolve(problems.length === 0 ? 0 : 1);
}
