/** The rules of the trace event format that a viewer relies on. */
import type {
  ChromeTrace,
  CompleteEvent
} from '../../../kernel-runtime/src/cluster/client/timeline.js';

/** What is wrong with a trace, in words; empty for a valid one. */
export function faultsOf({ traceEvents }: ChromeTrace): string[] {
  const complete = traceEvents.filter(event => event.ph === 'X');
  const named = new Set(
    traceEvents.flatMap(event =>
      event.ph === 'M' ? [`${event.name} ${event.pid} ${event.tid}`] : []
    )
  );
  return [
    ...complete.flatMap(faultsOfEvent),
    ...complete.flatMap(({ ts }, k) => (k > 0 && ts < complete[k - 1].ts ? [`${ts} is late`] : [])),
    ...complete.flatMap(({ pid, tid }) => [
      ...(named.has(`process_name ${pid} 0`) ? [] : [`process ${pid} has no name`]),
      ...(named.has(`thread_name ${pid} ${tid}`) ? [] : [`thread ${tid} of ${pid} has no name`])
    ]),
    ...faultsOfNesting(complete)
  ];
}

function faultsOfEvent({ ts, dur, pid, tid, name, cat }: CompleteEvent): string[] {
  const isWhole = [ts, dur, pid, tid].every(value => Number.isSafeInteger(value) && value >= 0);
  return isWhole && name !== '' && cat !== ''
    ? []
    : [`no event: ${ts} ${dur} ${pid} ${tid} ${name}`];
}

/** On one thread a stretch lies beside another one, or inside of it. */
function faultsOfNesting(events: readonly CompleteEvent[]): string[] {
  const open = new Map<string, number[]>();
  return events.flatMap(({ pid, tid, ts, dur, name }) => {
    const key = `${pid} ${tid}`;
    const ends = (open.get(key) ?? []).filter(end => end > ts);
    open.set(key, [...ends, ts + dur]);
    return ends.some(end => end < ts + dur) ? [`${name} at ${ts} overlaps on thread ${key}`] : [];
  });
}
