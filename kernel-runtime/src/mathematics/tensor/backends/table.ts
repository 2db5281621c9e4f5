/** The table of backends: all that can be chosen by name. */
import type { Backend } from './backend.js';
import { cpu } from './cpu.js';
import { tensorflow } from './tensorflow.js';
import { torch } from './torch.js';
import { wasm } from './wasm.js';
import { webgpu } from './webgpu.js';

/** The fastest first, which is the order in which `auto` tries them on a device (`decentlab bench train` measures it). */
export const backends: readonly Backend[] = [tensorflow, torch, wasm, webgpu, cpu];
