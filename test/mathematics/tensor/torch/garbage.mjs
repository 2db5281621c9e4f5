/** Makes ten gigabytes of tensors in one loop that never waits, and lets go of each. Argument: path of the addon. */
import { createRequire } from 'node:module';

const addon = createRequire(import.meta.url)(process.argv[2]);
addon.threads(1);
const { index } = addon.find('aten::add', 'Tensor');
const x = addon.from(new Float64Array(1 << 17), 7, [1 << 17], 'cpu');
const before = process.memoryUsage.rss();
const turns = 10_000;
for (let k = 0; k < turns; k++) addon.guard([{}], [addon.call(index, x, x)]);
const grown = process.memoryUsage.rss() - before;
globalThis.gc();
const left = addon.memory().tensors - 1;
console.log(JSON.stringify({ allocated: turns * 2 ** 20, grown, left }));
