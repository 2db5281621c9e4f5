/** The addon's own cases on the device. */
import { askProgram, torchDevice, torchEnvironment } from './children.js';
import type { CheckedDevice } from './device-program.js';
import type { Part } from './part.js';

export const addonPart: Part = {
  name: 'addon',
  shows:
    'the addon on the device: types, float64, pinned copies beside computing, memory, wrong use',
  async run({ kind }) {
    const env = await torchEnvironment(kind);
    const args = [torchDevice(kind)];
    const { device, cases, wrong } = await askProgram<CheckedDevice>('gpu-check-device', args, env);
    const right = `${cases - wrong.length} of ${cases} cases right on ${device}`;
    return { isRight: wrong.length === 0, lines: [right, ...wrong.map(one => `✗ ${one}`)] };
  }
};
