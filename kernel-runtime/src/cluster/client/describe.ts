/** A cluster below a cell: a table of its engines, and the same in one line. */
import type { ClusterState, EngineState } from '../protocol/state.js';

/** The cluster by MIME type. */
export function describeCluster(state: ClusterState): Record<string, string> {
  return { 'text/html': toHtml(state), 'text/plain': toText(state) };
}

function toText({ id, size, engines, absent }: ClusterState): string {
  const counts = new Map<string, number>();
  for (const { state } of engines) counts.set(state, (counts.get(state) ?? 0) + 1);
  const states = [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
  const around = absent.length === 0 ? '' : `; the graph goes around rank ${absent.join(', ')}`;
  return `Cluster ${id}: ${size} engines (${states})${around}`;
}

function toHtml({ id, size, engines }: ClusterState): string {
  const head = '<tr><th>rank</th><th>state</th><th>process</th><th></th></tr>';
  const rows = engines.map(toRow).join('');
  const caption = `Cluster ${escapeHtml(id)}, ${size} engines`;
  return `<table><caption>${caption}</caption><thead>${head}</thead><tbody>${rows}</tbody></table>`;
}

function toRow({ rank, state, pid, detail }: EngineState): string {
  const cells = [rank, state, pid ?? '–', detail ?? ''];
  return `<tr>${cells.map(cell => `<td>${escapeHtml(String(cell))}</td>`).join('')}</tr>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
