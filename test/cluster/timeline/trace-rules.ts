/**
 * The rules of the trace event format, for what JSON.parse makes of a file: every kind of event that the format has, not
 * only those that we write. After "Trace Event Format" (Google, 2016).
 */

type Fields = Readonly<Record<string, unknown>>;
type Rule = (event: Fields) => string | false | undefined;

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);
const isId = (value: unknown): boolean => typeof value === 'string' || Number.isInteger(value);
const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wantsName: Rule = ({ name }) => (typeof name !== 'string' || name === '') && 'no name';
const wantsTime: Rule = ({ ts }) => (!isNumber(ts) || ts < 0) && `ts ${String(ts)}`;
const wantsThread: Rule = ({ pid, tid }) =>
  !(Number.isInteger(pid) && Number.isInteger(tid)) && `pid ${String(pid)}, tid ${String(tid)}`;
const wantsDuration: Rule = ({ dur }) => (!isNumber(dur) || dur < 0) && `dur ${String(dur)}`;
const wantsId: Rule = ({ id, id2 }) => !isId(id) && !isRecord(id2) && 'no id';
const wantsScope: Rule = ({ s }) =>
  !['g', 'p', 't', undefined].includes(s as string) && `s ${String(s)}`;
const wantsNumbers: Rule = ({ args }) =>
  !(isRecord(args) && Object.keys(args).length > 0 && Object.values(args).every(isNumber)) &&
  'a counter without numbers';
const wantsMetadata: Rule = ({ name, args }) => {
  const key = METADATA[name as string];
  if (!key) return `metadata ${String(name)}`;
  const value = isRecord(args) ? args[key] : undefined;
  return (
    (key === 'sort_index' ? !isNumber(value) : typeof value !== 'string') &&
    `args.${key} of ${String(name)}`
  );
};

const METADATA: Readonly<Record<string, string>> = {
  process_name: 'name',
  process_labels: 'labels',
  process_sort_index: 'sort_index',
  thread_name: 'name',
  thread_sort_index: 'sort_index'
};

const timed = [wantsTime, wantsThread];
/** By phase: what an event of it has to have. */
const PHASES: Readonly<Record<string, readonly Rule[]>> = {
  B: [wantsName, ...timed],
  E: timed,
  X: [wantsName, wantsDuration, ...timed],
  i: [wantsName, wantsScope, ...timed],
  I: [wantsName, wantsScope, ...timed],
  C: [wantsName, wantsNumbers, ...timed],
  b: [wantsName, wantsId, ...timed],
  n: [wantsName, wantsId, ...timed],
  e: [wantsName, wantsId, ...timed],
  s: [wantsName, wantsId, ...timed],
  t: [wantsName, wantsId, ...timed],
  f: [wantsName, wantsId, ...timed],
  M: [wantsThread, wantsMetadata]
};

/** What is wrong with a trace, in words; empty for a valid one. */
export function faultsOf(trace: unknown): string[] {
  if (!isRecord(trace) || !Array.isArray(trace['traceEvents'])) return ['no traceEvents'];
  const { displayTimeUnit } = trace;
  const events = trace['traceEvents'].filter(isRecord);
  return [
    ...(events.length === trace['traceEvents'].length ? [] : ['an event that is no record']),
    ...(['ms', 'ns', undefined].includes(displayTimeUnit as string) ? [] : ['displayTimeUnit']),
    ...events.flatMap(faultsOfEvent),
    ...faultsOfNames(events),
    ...faultsOfOrder(events),
    ...faultsOfNesting(events),
    ...faultsOfPairs(events),
    ...faultsOfFlows(events)
  ];
}

function faultsOfEvent(event: Fields): string[] {
  const phase = String(event['ph']);
  const rules = PHASES[phase];
  if (!rules) return [`the phase ${phase}`];
  const { cat, args } = event;
  const faults = rules.map(rule => rule(event)).filter(fault => typeof fault === 'string');
  if (cat !== undefined && (typeof cat !== 'string' || cat === '')) faults.push('cat');
  if (args !== undefined && !isRecord(args)) faults.push('args');
  return faults.map(fault => `${phase} "${String(event['name'])}": ${fault}`);
}

/** Viewers show numbers for processes and threads without names; ours have names, each told once. */
function faultsOfNames(events: readonly Fields[]): string[] {
  const told = events.flatMap(({ ph, name, pid, tid }) =>
    ph !== 'M' ? [] : [/^process/.test(String(name)) ? `${name} ${pid}` : `${name} ${pid} ${tid}`]
  );
  const twice = told.filter((name, k) => told.indexOf(name) < k);
  const timed = events.filter(({ ph }) => ph !== 'M');
  const needed = timed.flatMap(({ pid, tid }) => [
    `process_name ${pid}`,
    `thread_name ${pid} ${tid}`
  ]);
  return [
    ...twice.map(name => `${name} is told twice`),
    ...[...new Set(needed)].filter(name => !told.includes(name)).map(name => `no ${name}`)
  ];
}

/** Not asked for by the format, which sorts by itself; ours is sorted, as other readers need it. */
function faultsOfOrder(events: readonly Fields[]): string[] {
  const times = events.filter(({ ph }) => ph !== 'M').map(({ ts }) => Number(ts));
  return times.flatMap((ts, k) => (k > 0 && ts < times[k - 1] ? [`${ts} is late`] : []));
}

/** On one thread a stretch lies beside another one, or inside of it. */
function faultsOfNesting(events: readonly Fields[]): string[] {
  const open = new Map<string, number[]>();
  return events
    .filter(({ ph }) => ph === 'X')
    .flatMap(({ pid, tid, ts, dur, name }) => {
      const key = `${pid} ${tid}`;
      const [start, end] = [Number(ts), Number(ts) + Number(dur)];
      const ends = (open.get(key) ?? []).filter(other => other > start);
      open.set(key, [...ends, end]);
      return ends.some(other => other < end)
        ? [`${name} at ${start} overlaps on thread ${key}`]
        : [];
    });
}

/** Every B has its E, the innermost first, on one thread; every b its e, by category and id. */
function faultsOfPairs(events: readonly Fields[]): string[] {
  const open = new Map<string, unknown[]>();
  const faults: string[] = [];
  for (const { ph, pid, tid, name, cat, id } of events) {
    if (!['B', 'E', 'b', 'e'].includes(ph as string)) continue;
    const key = ph === 'B' || ph === 'E' ? `thread ${pid} ${tid}` : `id ${cat} ${id}`;
    const stack = open.get(key) ?? [];
    open.set(key, stack);
    if (ph === 'B' || ph === 'b') stack.push(name);
    else if (stack.length === 0) faults.push(`${ph} without its beginning on ${key}`);
    else {
      const begun = stack.pop();
      if (name !== undefined && name !== begun) faults.push(`${name} ends in ${begun} on ${key}`);
    }
  }
  const left = [...open].flatMap(([key, stack]) =>
    stack.map(name => `${name} never ends on ${key}`)
  );
  return [...faults, ...left];
}

/** A flow begins once, ends once, and not before. */
function faultsOfFlows(events: readonly Fields[]): string[] {
  const flows = new Map<string, string>();
  for (const { ph, cat, id } of events)
    if (['s', 't', 'f'].includes(ph as string)) {
      const key = `${cat} ${id}`;
      flows.set(key, (flows.get(key) ?? '') + String(ph));
    }
  return [...flows].flatMap(([key, phases]) =>
    /^st*f$/.test(phases) ? [] : [`the flow ${key}: ${phases}`]
  );
}
