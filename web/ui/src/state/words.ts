// Numbers, durations and times as people read them. What is unknown is "–", never 0 and never NaN.
import type { Zone } from "./prefs";

export const THIN = "\u202f"; // between thousands, and before a unit
export const UNKNOWN = "–";

/** [number, unit] pairs: the unit is set smaller. */
export type Part = readonly [value: string, unit: string];

const known = (n: number | null | undefined): n is number => n !== null && n !== undefined && Number.isFinite(n);

export function count(n: number | null | undefined, digits = 0): string {
  if (!known(n)) return UNKNOWN;
  const [whole = "0", fraction] = Math.abs(n).toFixed(digits).split(".");
  const sign = n < 0 && Number(n.toFixed(digits)) !== 0 ? "−" : "";
  return sign + whole.replace(/\B(?=(\d{3})+(?!\d))/g, THIN) + (fraction ? `.${fraction}` : "");
}

/** A share of 0 to 1 in percent. Never shows 100 % for less, nor 0 % for more. */
export function percent(share: number | null | undefined): string {
  if (!known(share)) return UNKNOWN;
  const n = share * 100;
  if (n === 0 || n >= 100) return count(n);
  if (n > 99) return count(Math.min(99.9, Math.floor(n * 10) / 10), 1);
  return n < 0.01 ? "<0.01" : count(n, n < 10 ? 2 : 1);
}

/** 2.4 per s, 8.7 per min, 3.0 per h: in the unit that shows what is there. Rates are 0 or more. */
export function rate(perSecond: number): Part {
  if (perSecond === 0 || perSecond >= 0.95) return [count(perSecond, 1), "per s"];
  const perMinute = perSecond * 60;
  return perMinute >= 0.95 ? [count(perMinute, 1), "per min"] : [count(perMinute * 60, 1), "per h"];
}

/** 84 ms, 1.62 s, 14 m 12 s, 3 h 04 m; an empty list when unknown. */
export function duration(seconds: number | null | undefined): Part[] {
  if (!known(seconds)) return [];
  const s = Math.max(0, seconds);
  if (s === 0) return [["0", "s"]];
  if (s < 0.0009995) return [[(s * 1e6).toFixed(0), "µs"]];
  if (s < 0.09995) return [[(s * 1e3).toFixed(1), "ms"]];
  if (s < 0.9995) return [[(s * 1e3).toFixed(0), "ms"]];
  if (s < 59.95) return [[s.toFixed(s < 9.995 ? 2 : 1), "s"]];
  if (s < 3599.5) return pair(Math.round(s), 60, "m", "s");
  if (s < 172_770) return pair(Math.round(s / 60), 60, "h", "m");
  return pair(Math.round(s / 3600), 24, "d", "h");
}

function pair(whole: number, size: number, big: string, small: string): Part[] {
  return [
    [String(Math.floor(whole / size)), big],
    [String(whole % size).padStart(2, "0"), small],
  ];
}

export const plain = (parts: readonly Part[]): string => parts.map(([value, unit]) => value + THIN + unit).join(" ") || UNKNOWN;
export const durationText = (seconds: number | null | undefined): string => plain(duration(seconds));

/** The label of an axis: 10 ms, 1 s, 5 min, 2 h. */
export function axisDuration(s: number): string {
  const short = (n: number): string => String(Number(n.toPrecision(3)));
  if (s < 1) return `${short(s * 1e3)} ms`;
  if (s < 60) return `${short(s)} s`;
  return s < 3600 ? `${short(s / 60)} min` : `${short(s / 3600)} h`;
}

/** 12 s, 5 m, 3 h, 9 d: how long ago, roughly. */
export function ago(at: number, now: number): string {
  const s = Math.max(0, (now - at) / 1000);
  if (s < 90) return `${s.toFixed(0)}${THIN}s`;
  if (s < 5400) return `${Math.round(s / 60)}${THIN}m`;
  if (s < 129_600) return `${Math.round(s / 3600)}${THIN}h`;
  return `${Math.round(s / 86_400)}${THIN}d`;
}

const SPAN_MAX = 8.64e15; // what a Date can hold

/** "2026-11-25T03:26:01.123" in the zone; "" when it is no date. */
export function iso(at: number | null | undefined, zone: Zone): string {
  if (!known(at) || Math.abs(at) > SPAN_MAX - 864e5) return "";
  const shift = zone === "UTC" ? 0 : new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - shift).toISOString().slice(0, -1);
}

export const clock = (at: number | null | undefined, zone: Zone, ms = false): string => iso(at, zone).slice(11, ms ? 23 : 19) || UNKNOWN;
export const full = (at: number | null | undefined, zone: Zone): string => {
  const said = iso(at, zone);
  return said ? `${said.replace("T", " ")} ${zone}` : "unknown";
};
