/** What the kernel tells of its clusters, checked at the door, and what the panel asks of it. */
import { KernelFault } from './kernel-fault.js';

export const clustersTarget = 'decentlab:clusters';

export const engineStates = [
  'starting',
  'idle',
  'busy',
  'waiting',
  'silent',
  'lost',
  'stopped'
] as const;
export type EngineStateName = (typeof engineStates)[number];

export interface EngineState {
  rank: number;
  pid: number | null;
  state: EngineStateName;
  /** What the engine does or why it is lost, in words. */
  detail?: string;
}

export interface ClusterState {
  id: string;
  size: number;
  epoch: number;
  engines: EngineState[];
}

/** A push from the kernel: all clusters and the one that the notebook uses. */
export interface ClustersPush {
  clusters: ClusterState[];
  current?: string | null;
}

/** How a cluster starts; what is absent is the kernel's choice. */
export type StartOptions = {
  engines: number;
  topology?: string;
  backend?: string;
  devices?: string;
  /** Also engines that do not fit into the free memory. */
  ignoreMemory?: boolean;
};

/** What the kernel is asked to do; every request has an answer. */
export type ClusterRequest =
  | ({ action: 'start' } & StartOptions)
  | { action: 'compute' }
  | { action: 'stop' | 'interrupt' | 'use'; id: string }
  | { action: 'restart'; id: string; rank?: number }
  | { action: 'kill' | 'log'; id: string; rank: number }
  | { action: 'cut'; id: string; from: number; to: number }
  | { action: 'draw'; id: string; drawing: Drawing }
  | { action: 'topology'; id: string; topology: PackedTopology };

/** Links by receivers, and the rule that gives them weights. */
export type Drawing = {
  size: number;
  sources: number[][];
  rule: DrawingRule;
};

/** Metropolis–Hastings, or every receiver averages what comes in. */
export type DrawingRule = 'metropolis' | 'averaging';

/** W by rows without its zeros. */
export type PackedTopology = {
  name: string;
  rows: { selfWeight: number; sources: number[]; weights: number[] }[];
};

/** What a drawing makes of W. */
export interface DrawnTopology {
  topology: PackedTopology;
  /** ‖W − 11ᵀ/n‖₂; null for a large graph. */
  rho: number | null;
  /** The cell that sets it. */
  code: string;
}

/** The answer to a request, or how far it is. */
export interface Answer {
  request: number;
  value?: unknown;
  /** What is wrong in the kernel's words; where its table of errors knows it, with the code and details. */
  error?: string;
  code?: unknown;
  detail?: unknown;
  progress?: unknown;
}

export interface StartProgress {
  ready: number;
  size: number;
}

/** What has passed between an engine and one other since the engine began. */
export interface PeerCount {
  rank: number;
  sentBytes: number;
  receivedBytes: number;
  receivedMessages: number;
}

export interface VariableStats {
  name: string;
  type: string;
  shape: number[];
  norm: number;
}

/** One engine at one moment. */
export interface EngineStats {
  rank: number;
  /** When it told, in ms of a clock of its machine. */
  at: number;
  selfWeight: number;
  sources: number[];
  weights: number[];
  topology: string;
  /** ‖W − 11ᵀ/n‖₂ of the whole W; told by one rank. */
  rho?: number;
  peers: PeerCount[];
  memory: number;
  /** Microseconds of processor time. */
  cpu: number;
  waiting?: string;
  variables: VariableStats[];
  /** How many times it has averaged with its neighbours since it began. */
  rounds: number;
  /** What computes its tensors. */
  device: string;
  /** By name the picked variables, as far as it has them. */
  picked: Record<string, PickedValue>;
  /** What it has done since it told last, if that is watched. */
  lately?: Lately;
}

/** A picked variable of one engine; NaN and infinities are null. */
export interface PickedValue {
  /** The number, or its norm. */
  value: number | null;
  /** ‖x_i − x̄‖ */
  distance?: number | null;
}

/** The lanes of a timeline. */
export const spanKinds = ['compute', 'activity', 'wait', 'send', 'reduce'] as const;
export type SpanKind = (typeof spanKinds)[number];

/** What an engine does, since when; times are in ms of the clock that all engines of a machine share. */
export interface OpenSpan {
  kind: SpanKind;
  name: string;
  start: number;
}

/** Spans of one kind that are so close that they are drawn as one. */
export interface Stretch extends OpenSpan {
  end: number;
  /** Ms in which at least one of the spans lasted. */
  busy: number;
  count: number;
  peer?: number;
  bytes?: number;
}

export interface Lately {
  now: number;
  stretches: Stretch[];
  open?: OpenSpan;
}

export interface StatsPush {
  id: string;
  engines: EngineStats[];
}

/** Whether a comm message holds a list of clusters; what the kernel sends is checked at this door. */
export function isClustersPush(value: unknown): value is ClustersPush {
  return isRecord(value) && isListOf(value['clusters'], isCluster);
}

/** Whether a comm message answers a request. */
export function isAnswer(value: unknown): value is Answer {
  return isRecord(value) && typeof value['request'] === 'number';
}

/** The fault that an answer tells. */
export function faultOf({ error = '', code, detail }: Answer): KernelFault {
  return new KernelFault(
    String(error),
    typeof code === 'string' ? code : null,
    isRecord(detail) ? detail : {}
  );
}

/** The stats in a comm message; null if it holds none. */
export function statsOf(value: unknown): StatsPush | null {
  const stats = isRecord(value) ? value['stats'] : undefined;
  if (!isRecord(stats) || typeof stats['id'] !== 'string') return null;
  return isListOf(stats['engines'], isEngineStats)
    ? { id: stats['id'], engines: stats['engines'] }
    : null;
}

/** Whether an answer tells how many engines are ready. */
export function isStartProgress(value: unknown): value is StartProgress {
  return isRecord(value) && isNumber(value['ready']) && isNumber(value['size']);
}

/** Whether an answer tells what W a drawing makes. */
export function isDrawnTopology(value: unknown): value is DrawnTopology {
  return (
    isRecord(value) &&
    isRecord(value['topology']) &&
    isListOf(value['topology']['rows'], isRow) &&
    (value['rho'] === null || isNumber(value['rho'])) &&
    typeof value['code'] === 'string'
  );
}

function isRow(value: unknown): value is PackedTopology['rows'][number] {
  return (
    isRecord(value) &&
    isNumber(value['selfWeight']) &&
    isListOf(value['sources'], isNumber) &&
    isListOf(value['weights'], isNumber)
  );
}

function isCluster(value: unknown): value is ClusterState {
  return (
    isRecord(value) &&
    typeof value['id'] === 'string' &&
    isNumber(value['size']) &&
    isNumber(value['epoch']) &&
    isListOf(value['engines'], isEngine)
  );
}

function isEngine(value: unknown): value is EngineState {
  const states: readonly unknown[] = engineStates;
  return isRecord(value) && isNumber(value['rank']) && states.includes(value['state']);
}

function isEngineStats(value: unknown): value is EngineStats {
  return (
    isRecord(value) &&
    ['rank', 'at', 'selfWeight', 'memory', 'cpu'].every(key => isNumber(value[key])) &&
    isListOf(value['sources'], isNumber) &&
    isListOf(value['weights'], isNumber) &&
    value['sources'].length === value['weights'].length &&
    typeof value['topology'] === 'string' &&
    isListOf(value['peers'], isPeerCount) &&
    isListOf(value['variables'], isVariable) &&
    isNumber(value['rounds']) &&
    typeof value['device'] === 'string' &&
    isRecord(value['picked']) &&
    Object.values(value['picked']).every(isRecord) &&
    (value['lately'] === undefined || isLately(value['lately']))
  );
}

function isLately(value: unknown): value is Lately {
  return (
    isRecord(value) &&
    isNumber(value['now']) &&
    isListOf(value['stretches'], isStretch) &&
    (value['open'] === undefined || isOpenSpan(value['open']))
  );
}

function isStretch(value: unknown): value is Stretch {
  return isOpenSpan(value) && ['end', 'busy', 'count'].every(key => isNumber(field(value, key)));
}

function isOpenSpan(value: unknown): value is OpenSpan {
  const kinds: readonly unknown[] = spanKinds;
  return (
    isRecord(value) &&
    kinds.includes(value['kind']) &&
    typeof value['name'] === 'string' &&
    isNumber(value['start'])
  );
}

function field(value: object, key: string): unknown {
  return (value as Record<string, unknown>)[key];
}

const counted = ['rank', 'sentBytes', 'receivedBytes', 'receivedMessages'];

function isPeerCount(value: unknown): value is PeerCount {
  return isRecord(value) && counted.every(key => isNumber(value[key]));
}

function isVariable(value: unknown): value is VariableStats {
  return (
    isRecord(value) &&
    typeof value['name'] === 'string' &&
    typeof value['type'] === 'string' &&
    isListOf(value['shape'], isNumber) &&
    // NaN and infinities are null in JSON.
    (value['norm'] === null || isNumber(value['norm']))
  );
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
