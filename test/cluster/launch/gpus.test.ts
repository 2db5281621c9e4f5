/** The GPUs of a machine are found through their driver's program, its files, or not at all; engines are told theirs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  findGpus,
  parseGpus,
  readDriver
} from '../../../kernel-runtime/src/cluster/launch/gpus.js';
import { temporaryFolder, writeProgram } from '../../helpers/folder.js';

const TWO = '0, NVIDIA H200, 143771\n1, NVIDIA L4, 23034\n';
const MEBIBYTE = 2 ** 20;
const h200 = { index: 0, name: 'NVIDIA H200', memory: 143771 * MEBIBYTE };
const l4 = { index: 1, name: 'NVIDIA L4', memory: 23034 * MEBIBYTE };

/** A PATH on which `nvidia-smi` is this script. */
function pathWith(script: string): string {
  const folder = temporaryFolder();
  writeProgram(folder, 'nvidia-smi', script);
  return folder;
}

describe('What nvidia-smi prints is read:', () => {
  it.each([
    ['two devices', TWO, [h200, l4]],
    ['a name with a comma', '0, A, B, 10', [{ index: 0, name: 'A, B', memory: 10 * MEBIBYTE }]],
    [
      'memory it does not know',
      '0, NVIDIA GB10, [N/A]',
      [{ index: 0, name: 'NVIDIA GB10', memory: 0 }]
    ],
    ['no device', 'No devices were found\n', []],
    ['half a line', '0, NVIDIA\n1', []],
    ['nothing', '', []]
  ])('%s', (_, text, gpus) => {
    expect(parseGpus(text)).toEqual(gpus);
  });
});

describe('The GPUs of this machine', () => {
  const script = `cat <<'END'\n${TWO}END`;
  it.each([
    ['are those of the program', {}, [h200, l4]],
    ['are without hidden ones', { CUDA_VISIBLE_DEVICES: '1' }, [l4]],
    ['are in the order that is wished', { CUDA_VISIBLE_DEVICES: '1,0' }, [l4, h200]],
    ['are none if all are hidden', { CUDA_VISIBLE_DEVICES: '-1' }, []]
  ])('%s', async (_, env, gpus) => {
    expect(
      await findGpus({ ...process.env, PATH: `${pathWith(script)}:/usr/bin:/bin`, ...env })
    ).toEqual(gpus);
  });

  it('are those of the driver if its program fails or is missing', async () => {
    const here = readDriver();
    expect(await findGpus({ PATH: pathWith('exit 9') })).toEqual(here);
    expect(await findGpus({ PATH: temporaryFolder() })).toEqual(here);
  });

  it('stand in the files of the driver', () => {
    const folder = temporaryFolder();
    for (const [bus, text] of [
      ['0000:4f:00.0', 'IRQ: 4\nModel: \t\t NVIDIA H200\nGPU UUID: x\n'],
      ['0000:1b:00.0', 'Model: NVIDIA L4\n']
    ]) {
      mkdirSync(join(folder, bus));
      writeFileSync(join(folder, bus, 'information'), text);
    }
    mkdirSync(join(folder, '0000:ff:00.0'));
    expect(readDriver(folder).map(({ index, name }) => [index, name])).toEqual([
      [0, 'NVIDIA L4'],
      [1, 'NVIDIA H200'],
      [2, 'NVIDIA']
    ]);
    expect(readDriver(join(folder, 'absent'))).toEqual([]);
  });
});
