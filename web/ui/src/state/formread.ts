// What a command's form is made of, and how what was typed is read: arguments for the API, or a sentence that says what is wrong.
import type { Wire } from "../api";
import type { Values } from "./dialogs";

export interface Field {
  name: string;
  words: string;
  kind: "number" | "text" | "check" | "choice";
  /** What stands there at first. */
  start: string;
  choices?: readonly string[];
  /** Faint words after the name. */
  note?: string;
  /** Shown only while this switch is on. */
  when?: string;
}

export interface Form {
  /** The question, about `who`: a worker, so many, or all of a cluster. */
  title: (who: string) => string;
  lead: string;
  /** Glyph of what it does, and its tone. */
  glyph: string;
  tone?: string;
  /** It takes something away. */
  danger?: boolean;
  /** It cannot be undone: the name is typed first. */
  typed?: boolean;
  /** It can be meant for one worker or for all of its cluster. */
  wide?: boolean;
  fields: readonly Field[];
  /** The API's arguments, or a sentence that says what is wrong. */
  read: (values: Values) => Wire | string;
  /** The button, which is also how the sending is called afterwards. */
  word: (values: Values) => string;
}

/** NaN when it is no whole number. */
export const whole = (values: Values, name: string): number => (/^\s*\d{1,4}\s*$/.test(values[name] ?? "") ? Number(values[name]) : Number.NaN);

const STEP_MAX = 100; // as control has it

/** `n` of a pool that grows or shrinks. */
export function size(values: Values): Wire | string {
  const n = whole(values, "n");
  return n >= 1 && n <= STEP_MAX ? { n } : `How many is a whole number of 1 to ${STEP_MAX}.`;
}

export function queue(values: Values): Wire | string {
  const name = values.queue?.trim() ?? "";
  return name ? { queue: name } : "Name the queue.";
}

export function limits(values: Values): Wire | string {
  const seconds = (name: string): number | null => (values[name]?.trim() ? Number(values[name]) : null);
  const [soft, hard] = [seconds("soft_s"), seconds("hard_s")];
  if ([soft, hard].some((each) => each !== null && !(each > 0))) return "A limit is a number of seconds, or empty for none.";
  if (soft !== null && hard !== null && soft >= hard) return "The soft limit lies below the hard one.";
  return values.task_name ? { task_name: values.task_name, soft_s: soft, hard_s: hard } : "Name the task.";
}

export function rate(values: Values): Wire | string {
  const limit = values.rate_limit?.trim() ?? "";
  if (!values.task_name) return "Name the task.";
  return /^\d+(\.\d+)?(\/[smh])?$/.test(limit) ? { task_name: values.task_name, rate_limit: limit } : "A rate is a number with /s, /m or /h such as 5/m, or 0 for no limit.";
}

export function scale(values: Values): Wire | string {
  const [min, max] = [whole(values, "min"), whole(values, "max")];
  return max >= min && max >= 1 ? { max, min } : "Both are whole numbers, and the larger one is at least 1.";
}
