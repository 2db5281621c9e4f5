/** Axes of the static picture: from data to pixels, and where the ticks stand. */
import { decadesOf, maximalTicks, type Span } from '../axes.js';
import type { Axis } from '../traces.js';

export interface Tick {
  /** Pixels. */
  at: number;
  label: string;
}

export interface Scale {
  /** Data to pixels. */
  map(value: number): number;
  ticks: Tick[];
}

const margin = 0.04;
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** The scale of an axis that runs from pixel `start` to pixel `end`. */
export function scaleOf(axis: Axis, span: Span | null, start: number, end: number): Scale {
  const [from, to] = axis.autorange === 'reversed' ? [end, start] : [start, end];
  return axis.type === 'log' ? logScale(span, from, to) : linearScale(span, from, to);
}

function linearScale(span: Span | null, start: number, end: number): Scale {
  const { low, high } = padded(span ?? { low: 0, high: 1 });
  const map = (value: number): number => start + ((value - low) / (high - low)) * (end - start);
  const step = niceStep((high - low) / maximalTicks);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  const ticks = Array.from({ length: count }, (_, i) => {
    const value = Number(((first + i) * step).toPrecision(12));
    return { at: map(value), label: String(value) };
  });
  return { map, ticks };
}

function padded({ low, high }: Span): Span {
  if (low === high) return { low: low - 0.5, high: high + 0.5 };
  const pad = margin * (high - low);
  return { low: low - pad, high: high + pad };
}

/** The next of 1, 2, 5 × 10^k. */
function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5].find(candidate => candidate * power >= raw) ?? 10;
  return factor * power;
}

function logScale(span: Span | null, start: number, end: number): Scale {
  const { first, last, step } = decadesOf(span);
  const map = (value: number): number =>
    start + ((Math.log10(value) - first) / (last - first)) * (end - start);
  const count = Math.floor((last - first) / step) + 1;
  const ticks = Array.from({ length: count }, (_, i) => {
    const exponent = first + i * step;
    return { at: map(10 ** exponent), label: powerOfTen(exponent) };
  });
  return { map, ticks };
}

/** 10⁻⁶, with characters that every font has. */
function powerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map(digit => superscripts[Number(digit)]);
  return `10${exponent < 0 ? '⁻' : ''}${digits.join('')}`;
}
