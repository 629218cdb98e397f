// The filter of a list, as text in the URL: the server reads it; here it is only cut into the tokens that are shown.
import type { Params } from "../api";

export interface Token {
  /** As written. */
  raw: string;
  /** Where it begins in the text, counted in characters. */
  at: number;
  not: boolean;
  /** "" for a word. */
  field: string;
  value: string;
}

/** Celery's state for a word of the page. */
export const STATE_WORDS: Readonly<Record<string, string>> = {
  waiting: "PENDING",
  received: "RECEIVED",
  scheduled: "SCHEDULED",
  running: "STARTED",
  retrying: "RETRY",
  succeeded: "SUCCESS",
  failed: "FAILURE",
  revoked: "REVOKED",
  rejected: "REJECTED",
  lost: "LOST",
};

const QUOTED = String.raw`"(?:[^"\\]|\\.)*"?`;
const GROUP = [1, 2, 3].reduce((inner) => String.raw`\((?:${QUOTED}|[^()"]|${inner})*\)`, "[]"); // brackets in brackets, three deep
const TOKEN = new RegExp(String.raw`(?:NOT\s+)?-?(?:${GROUP}|[A-Za-z_]\w*:(?:${QUOTED}|[^\s"])*|${QUOTED}|\S+)`, "gs");
const PARTS = /^(NOT\s+)?(-?)([A-Za-z_]\w*):(.*)$/s;

/** What must all hold. Alternatives are one token: a part of them taken away would change what the rest means. */
export function tokens(text: string): Token[] {
  if (either(text)) return [{ raw: text.trim(), at: text.search(/\S/), not: false, field: "", value: text.trim() }];
  const all = [...text.matchAll(TOKEN)].filter(([raw]) => raw !== "AND");
  return all.map((found) => {
    const [raw] = found;
    const [, , , field = "", value = raw.replace(/^(NOT\s+)?-?/, "")] = PARTS.exec(raw) ?? [];
    return { raw, at: found.index, not: /^(NOT\s|-)/.test(raw), field, value: unquoted(value) };
  });
}

const either = (text: string): boolean => [...text.matchAll(TOKEN)].some(([raw]) => raw === "OR");

const unquoted = (text: string): string => text.replace(/\\(["\\])|"/g, "$1");

/** A token as text. What the server would read as more than a value is quoted; `exact`: without it a text is found anywhere. */
export function written(field: string, value: string, exact = false): string {
  const bare = /^[^\s,()"\\<>=*][^\s,()"\\]*$/.test(value);
  return `${field}:${exact ? "=" : ""}${bare ? value : `"${value.replace(/["\\]/g, "\\$&")}"`}`;
}

/** What the API is asked for. */
export const params = (text: string): Params => ({ q: text.trim() || null });

/** The value that all tasks must have in the field, where the text says so; none when it says less or more than that. */
export function exactly(text: string, field: string): string[] {
  const said = tokens(text).filter((token) => token.field === field && !token.not);
  const value = said.length === 1 ? (said[0]?.value ?? "") : "";
  return /^=[^*,]+$/.test(value) ? [value.slice(1)] : [];
}

export const stateOf = (said: string): string => STATE_WORDS[said.toLowerCase()] ?? said.toUpperCase();

/** The states the text asks for, none for all. */
export const states = (text: string): string[] =>
  tokens(text).flatMap((token) => (token.field === "state" && !token.not ? token.value.split(",").filter(Boolean).map((each) => stateOf(each.replace(/^=/, ""))) : []));

/** The text with a state switched on or off; states share one token. */
export function toggled(text: string, state: string): string {
  const on = states(text);
  const next = on.includes(state) ? on.filter((each) => each !== state) : [...on, state];
  const rest = tokens(text).filter((token) => token.field !== "state" || token.not);
  return together(next.length ? `state:${next.join(",")}` : "", rest.map((token) => token.raw).join(" "));
}

/** The text without the token at `k`. */
export const without = (text: string, k: number): string =>
  tokens(text)
    .filter((_, each) => each !== k)
    .map((token) => token.raw)
    .join(" ");

/** The text with one more token; the same token is not said twice. */
export const withMore = (text: string, more: string): string => {
  const said = tokens(text).map((token) => token.raw);
  if (/^(AND|OR)\s/.test(more.trim())) return `${text.trim()} ${more.trim()}`.trim(); // typed on, as it would be in one go
  return said.includes(more.trim()) ? text : together(text.trim(), more.trim());
};

/** Both must hold: blanks bind closer than OR. */
function together(one: string, other: string): string {
  const closed = (text: string): string => (either(text) ? `(${text})` : text);
  return one && other ? `${closed(one)} ${closed(other)}` : one || other;
}

/** What the server could not read: a place in the text and why. */
export interface Fault {
  at: number;
  length: number;
  message: string;
  accepts: string;
}

/** Whether the fault lies in the token. A fault at the end belongs to the last token. */
export const faulty = (fault: Fault | null, token: Token): boolean =>
  fault !== null && fault.at < token.at + token.raw.length + 1 && fault.at + Math.max(1, fault.length) > token.at;
