/** What computes the tensors of an engine, in the reader's language: the engine tells it in English words of few forms. */
import type { TranslationBundle } from '@jupyterlab/translation';

/** `tensorflow with the first tensor, the fastest on the processor`; what is of another form stays as it is. */
export function deviceWords(told: string, trans: TranslationBundle): string {
  const [, place, why] = /^(.+), (asked for by name|the fastest .+)$/.exec(told) ?? [];
  if (place === undefined || why === undefined) return told;
  return trans.__('%1; %2', placeWords(place, trans), reasonWords(why, trans));
}

const place =
  /^(\S+) on (.+?)(?: \(GPU (\d+)(?:, shared by (\d+) engines)?\))?(?:, ([\d.]+ [MG]iB(?: of [\d.]+ [MG]iB)?)( taken)?)?$/;

function placeWords(told: string, trans: TranslationBundle): string {
  const [, later] = /^(\S+) with the first tensor$/.exec(told) ?? [];
  if (later !== undefined) return trans.__('%1 with the first tensor', later);
  const [, backend, device, gpu, sharers, memory, taken] = place.exec(told) ?? [];
  if (backend === undefined || device === undefined) return told;
  const [used = '', total] = (memory ?? '').split(' of ');
  const isTaken = memory !== undefined && (taken !== undefined || total !== undefined);
  return [
    trans.__('%1 on %2', backend, device),
    ...(gpu === undefined ? [] : [trans.__('GPU %1', gpu)]),
    ...(sharers === undefined ? [] : [trans.__('shared by %1 engines', sharers)]),
    ...(total === undefined ? [] : [trans.__('%1 of %2', used, total)]),
    ...(total === undefined && isTaken ? [trans.__('%1 taken', used)] : []),
    ...(memory !== undefined && !isTaken ? [memory] : [])
  ].join(', ');
}

function reasonWords(told: string, trans: TranslationBundle): string {
  if (told === 'asked for by name') return trans.__('asked for by name');
  const [, missing] = /; not set up: (.+)$/.exec(told) ?? [];
  const isGpu = told.includes('on a GPU');
  if (missing === undefined)
    return isGpu ? trans.__('the fastest on a GPU') : trans.__('the fastest on the processor');
  return isGpu
    ? trans.__('the fastest that is set up on a GPU, where %1 is not', missing)
    : trans.__('the fastest that is set up on the processor, where %1 is not', missing);
}
