/** The mesh, with its sends and waits recorded for timelines. */
import type { LeafData } from '../../mathematics/communicator/values.js';
import { spans } from '../net/spans.js';
import { Mesh } from './mesh.js';

type PostArguments = Parameters<Mesh['post']>;
type ReceiveArguments = Parameters<Mesh['receive']>;

export class RecordedMesh extends Mesh {
  override post(...args: PostArguments): Promise<void> {
    const sent = super.post(...args);
    if (spans.isOn) record(sent, args);
    return sent;
  }

  override receive(...args: ReceiveArguments): ReturnType<Mesh['receive']> {
    const arriving = super.receive(...args);
    if (!spans.isOn) return arriving;
    const [from, call] = args;
    const end = spans.begin('wait', call.op, { peer: from });
    arriving.then(end, end);
    return arriving;
  }
}

/** A send lasts until all its ranks have what they get. */
function record(sent: Promise<void>, [ranks, call, arrays]: PostArguments): void {
  const bytes = bytesOf(arrays);
  const ends = ranks.map(peer => spans.begin('send', call.op, { peer, bytes }));
  const end = (): void => ends.forEach(one => one());
  sent.then(end, end);
}

function bytesOf(arrays: readonly LeafData[]): number {
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
