// The filter of a list, as text in the URL: field:value tokens and words, and what they mean to the API.
import type { Params } from "../api";

export interface Token {
  /** As written. */
  raw: string;
  not: boolean;
  /** "" for a word. */
  field: string;
  value: string;
}

export const FIELDS: readonly [field: string, hint: string][] = [
  ["state", "waiting, running, failed…"],
  ["name", "task name"],
  ["queue", "queue name"],
  ["worker", "host name"],
  ["cluster", "cluster"],
];

/** Celery's state for a word of the page, and for itself. */
export const STATE_WORDS: Readonly<Record<string, string>> = {
  waiting: "PENDING",
  received: "RECEIVED",
  running: "STARTED",
  retrying: "RETRY",
  succeeded: "SUCCESS",
  failed: "FAILURE",
  revoked: "REVOKED",
  rejected: "REJECTED",
  lost: "LOST",
};

export function tokens(text: string): Token[] {
  const words = text.match(/-?[a-z_]+:"[^"]*"|-?[a-z_]+:\S+|"[^"]*"|\S+/g) ?? [];
  return words.map((raw) => {
    const [, not, field, value] = /^(-?)([a-z_]+):(.*)$/s.exec(raw) ?? [];
    if (field === undefined) return { raw, not: false, field: "", value: unquoted(raw) };
    return { raw, not: not === "-", field, value: unquoted(value ?? "") };
  });
}

const unquoted = (text: string): string => text.replaceAll('"', "");

/** A token as text; values with spaces are quoted. */
export function written(field: string, value: string): string {
  const clean = unquoted(value);
  return `${field}:${/\s/.test(clean) || clean === "" ? `"${clean}"` : clean}`;
}

/** What the API is asked for. Fields it does not know stay in `q`, so that it can say so. */
export function params(text: string): Params {
  const found: Record<string, string[]> = {};
  const rest: string[] = [];
  for (const token of tokens(text)) {
    if (token.not || !FIELDS.some(([field]) => field === token.field)) rest.push(token.raw);
    else (found[token.field] ??= []).push(...valuesOf(token));
  }
  return { ...found, q: rest.join(" ") || null };
}

function valuesOf(token: Token): string[] {
  const values = token.value.split(",").filter(Boolean);
  return token.field === "state" ? values.map(stateOf) : values;
}

export const stateOf = (said: string): string => STATE_WORDS[said.toLowerCase()] ?? said.toUpperCase();

/** The states the text asks for, none for all. */
export const states = (text: string): string[] => tokens(text).flatMap((token) => (token.field === "state" && !token.not ? valuesOf(token) : []));

/** The text with a state switched on or off; states share one token. */
export function toggled(text: string, state: string): string {
  const on = states(text);
  const next = on.includes(state) ? on.filter((each) => each !== state) : [...on, state];
  const rest = tokens(text).filter((token) => token.field !== "state" || token.not);
  return [...(next.length ? [`state:${next.join(",")}`] : []), ...rest.map((token) => token.raw)].join(" ");
}

export const without = (text: string, raw: string): string => {
  const all = tokens(text).map((token) => token.raw);
  const at = all.indexOf(raw);
  return all.filter((_, k) => k !== at).join(" ");
};
