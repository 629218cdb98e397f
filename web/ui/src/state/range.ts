// The range of time everything on a page is about: from the URL, widened and narrowed in steps.
import { computed, signal } from "@preact/signals";
import { put, query } from "./location";
import { type Zone, zone } from "./prefs";
import { iso } from "./words";

export const USUAL = "now-1h";

export const PRESETS: readonly [from: string, words: string, short: string][] = [
  ["now-15m", "Last 15 min", "15 m"],
  ["now-1h", "Last hour", "1 h"],
  ["now-6h", "Last 6 hours", "6 h"],
  ["now-24h", "Last 24 hours", "24 h"],
  ["now-7d", "Last 7 days", "7 d"],
  ["now-30d", "Last 30 days", "30 d"],
];

const UNITS: Record<string, number> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

/** What the URL says; what it says wrongly, or backwards, is read as the last hour. */
const said = computed(() => {
  const [start, end] = [query.value.get("from") || USUAL, query.value.get("to") || "now"];
  const [since, until] = [moment(start, Date.now()), moment(end, Date.now())];
  return since !== null && until !== null && since < until ? { from: start, to: end } : { from: USUAL, to: "now" };
});

export const from = computed(() => said.value.from);
export const to = computed(() => said.value.to);

/** True while the range ends now, so that what happens next belongs to it. */
export const open = computed(() => to.value === "now");

/** Epoch ms of "now-90m", epoch seconds or ms, or a time with date; null when it is none of them. */
export function moment(said: string, now: number): number | null {
  const back = /^now(?:-(\d{1,6})([smhdw]))?$/.exec(said);
  if (back) return now - Number(back[1] ?? 0) * (UNITS[back[2] ?? "s"] ?? 0);
  if (/^\d{1,16}(\.\d+)?$/.test(said)) return Number(said) > 1e11 ? Number(said) : Number(said) * 1e3;
  const at = /^\d{4}-\d/.test(said) ? Date.parse(said) : NaN; // a browser makes a day of anything
  return Number.isFinite(at) ? at : null;
}

export interface Span {
  from: number;
  to: number;
}

/** The range in epoch ms. */
export function span(now: number): Span {
  const end = moment(to.value, now) ?? now;
  const start = moment(from.value, now);
  return { from: start !== null && start < end ? start : end - 36e5, to: end };
}

export function label(short = false): string {
  const preset = PRESETS.find(([at]) => at === from.value);
  if (preset && open.value) return preset[short ? 2 : 1];
  const days = [from, to].map((each) => day(moment(each.value, Date.now()) ?? 0));
  const dated = !short && (days[0] !== days[1] || days[1] !== day(Date.now()));
  return `${shown(from.value, dated)} – ${shown(to.value, dated)}`;
}

/** In a sentence: "the last hour". */
export const inWords = (): string => label().replace(/^Last/, "the last");

const day = (at: number): string => iso(at, zone.value).slice(0, 10);

function shown(said: string, dated: boolean): string {
  const at = said.startsWith("now") ? null : moment(said, 0);
  if (at === null) return said;
  const text = iso(at, zone.value);
  return dated ? text.slice(0, 16).replace("T", " ") : text.slice(11, 16);
}

/** What a person typed, as the URL keeps it: "now-90m", or RFC 3339. "11:08" is today. Null when it cannot be read. */
export function typed(said: string, zone: Zone, now: number): string | null {
  const text = said.trim();
  if (/^now(-\d{1,6}[smhdw])?$/.test(text)) return text;
  const date = iso(now, zone).slice(0, 10);
  const [, day = date, time = "00:00"] = /^(\d{4}-\d\d-\d\d)?[T ]*(\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?$/.exec(text) ?? [];
  const bare = /^(\d{4}-\d\d-\d\d)?[T ]*(\d{1,2}:\d\d(:\d\d(\.\d+)?)?)?$/.test(text) && text !== "";
  const local = `${day}T${time.padStart(time.indexOf(":") < 2 ? time.length + 1 : 0, "0")}`;
  const at = bare ? Date.parse(`${local}${zone === "UTC" ? "Z" : ""}`) : (moment(text, now) ?? NaN);
  const there = Number.isFinite(at) && (!bare || iso(at, zone).startsWith(local.slice(0, 16))); // no 30 February, and no hour that a clock skips
  return there ? new Date(at).toISOString() : null;
}

/** One step out (−1) or in (+1): the next longer or shorter preset, or double or half of a custom range. */
export function step(by: 1 | -1): void {
  const at = PRESETS.findIndex(([said]) => said === from.value);
  if (open.value && at >= 0) {
    const next = PRESETS[at - by];
    if (next) choose(next[0], "now");
    return;
  }
  const now = Date.now();
  const { from: start, to: end } = span(now);
  const reach = ((end - start) / 4) * (by < 0 ? -2 : 1);
  choose(new Date(start + reach).toISOString(), new Date(Math.min(now, end - reach)).toISOString());
}

/** Sets the range; the way back leads to the one before. */
export function choose(start: string, end: string): void {
  put({ from: start === USUAL && end === "now" ? null : start, to: end === "now" ? null : end }, true);
}

/** Ranges that were narrowed by a drag, the latest last; they go with the page. */
const before = signal<readonly { from: string; to: string }[]>([]);
const BEFORE_MAX = 20;

export const narrowed = computed(() => before.value.length > 0 && query.value.has("from"));

/** The range of a drag over a chart. */
export function narrow(start: number, end: number): void {
  before.value = [...before.value.slice(1 - BEFORE_MAX), { from: from.value, to: to.value }];
  choose(new Date(Math.round(start)).toISOString(), new Date(Math.round(end)).toISOString());
}

/** Back to the range before the last drag; without one, a step out. */
export function widen(): void {
  const last = before.value.at(-1);
  before.value = before.value.slice(0, -1);
  if (last) choose(last.from, last.to);
  else if (query.value.has("from")) step(-1);
}
