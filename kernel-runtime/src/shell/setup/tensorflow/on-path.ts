/** Looks for programs on PATH without starting them. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether a program of this name stands in a folder of PATH. */
export function isOnPath(name: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders.some(folder => existsSync(join(folder, name)));
}
