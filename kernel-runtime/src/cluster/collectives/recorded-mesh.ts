/** The mesh, with its sends and waits recorded for timelines. */
import { spans } from '../net/spans.js';
import { frameBytes } from './counters.js';
import { Mesh } from './mesh.js';

type PostArguments = Parameters<Mesh['post']>;
type ReceiveArguments = Parameters<Mesh['receive']>;

export class RecordedMesh extends Mesh {
  override post(...args: PostArguments): ReturnType<Mesh['post']> {
    if (!spans.isOn) return super.post(...args);
    const [ranks, call, arrays] = args;
    const bytes = frameBytes(arrays);
    const ends = ranks.map(peer => spans.begin('send', call.op, { peer, bytes }));
    return ended(super.post(...args), () => ends.forEach(end => end()));
  }

  override receive(...args: ReceiveArguments): ReturnType<Mesh['receive']> {
    if (!spans.isOn) return super.receive(...args);
    const [from, call] = args;
    return ended(super.receive(...args), spans.begin('wait', call.op, { peer: from }));
  }

  override land(...args: Parameters<Mesh['land']>): Promise<void> {
    if (!spans.isOn) return super.land(...args);
    const [from, call] = args;
    return ended(super.land(...args), spans.begin('wait', call.op, { peer: from }));
  }
}

/** Calls `end` when something has come, now or later. */
function ended<T>(coming: T, end: () => void): T {
  if (coming instanceof Promise) coming.then(end, end);
  else end();
  return coming;
}
