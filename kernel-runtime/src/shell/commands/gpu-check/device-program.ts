/** The cases of the addon on a device, in a process of their own. Usage: DEVICE; prints `{ device, cases, wrong }` as JSON. */
import { deviceCases } from './device-cases.js';

/** What it prints. */
export interface CheckedDevice {
  readonly device: string;
  readonly cases: number;
  /** The cases that failed, with how. */
  readonly wrong: readonly string[];
}

const [device = 'cpu'] = process.argv.slice(2);
const wrong: string[] = [];
for (const { name, run } of deviceCases) {
  try {
    await run(device);
  } catch (error) {
    wrong.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(JSON.stringify({ device, cases: deviceCases.length, wrong } satisfies CheckedDevice));
process.exit(0);
