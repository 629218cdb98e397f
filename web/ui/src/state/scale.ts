// How a value becomes a height: on an even scale from zero, or on a logarithmic one; and which values are written beside it.
import { ceiling } from "./buckets";
import { axisDuration, count } from "./words";

export interface Scale {
  /** 0 at the ground, 1 at the top. */
  of: (value: number) => number;
  ticks: readonly number[];
  label: (value: number) => string;
}

/** Counts from 0 to the next round number; `half`: the middle is written too, where it is a whole one. */
export function even(most: number, half: boolean): Scale {
  const top = ceiling(most);
  return { of: (value) => value / top, ticks: !most ? [] : half && top % 2 === 0 ? [top / 2, top] : [top], label: (value) => count(value, value < 10 && value % 1 ? 1 : 0) };
}

const DECADES_S = [1e-4, 1e-3, 1e-2, 0.1, 1, 10, 60, 600, 3600, 36_000, 360_000];
const LEAST_S = 1e-4;

/** Durations in seconds. Values below a tenth of a millisecond stand at the ground. */
export function logarithmic(values: readonly (number | null)[]): Scale {
  const known = values.filter((value): value is number => value !== null && value > 0);
  const low = Math.log(Math.max(LEAST_S, Math.min(...known, Infinity) * 0.8));
  const least = Number.isFinite(low) ? low : Math.log(0.01);
  const most = Math.max(least + Math.log(4), Math.log(Math.max(...known, LEAST_S) * 1.3));
  const of = (value: number): number => (Math.log(Math.max(value, LEAST_S)) - least) / (most - least);
  return { of, ticks: DECADES_S.filter((value) => of(value) >= 0 && of(value) <= 1), label: axisDuration };
}
