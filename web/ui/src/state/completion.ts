// What is being typed into the filter, and what can stand there: fields first, then values with how many have them.
import type { Facet } from "../services/facets";
import type { Field } from "../services/fields";
import { written } from "./filter";
import { STATES, taskLook } from "./states";
import { count } from "./words";

export interface Typing {
  /** Whole tokens before the one that is typed. */
  before: string;
  /** "-" or "NOT " as written. */
  not: string;
  /** The field before the colon; null while the field itself is typed. */
  field: string | null;
  /** What was typed of the field or value. */
  text: string;
}

export interface Hint {
  /** What the token becomes; ends with ":" when a value must follow. */
  token: string;
  note: string;
  glyph?: string;
}

/** Fields whose values the server counts. */
export const COUNTED: ReadonlySet<string> = new Set(["state", "name", "worker", "queue", "cluster", "exception"]);

const HINTS_MAX = 10;

export function typing(typed: string): Typing {
  const [, before = "", last = ""] = /^((?:.*?\s)??)((?:NOT\s+)?-?(?:[a-z_]+:)?(?:"[^"]*|[^\s"]*))$/s.exec(typed) ?? ["", typed, ""];
  const [, not = "", field, text = ""] = /^(NOT\s+|-)?(?:([a-z_]+):)?(.*)$/s.exec(last) ?? [];
  return { before, not, field: field ?? null, text: text.replaceAll('"', "").replace(/^=/, "") };
}

export function fieldHints(fields: readonly Field[], at: Typing): Hint[] {
  const found = fields.filter((field) => field.name.startsWith(at.text.toLowerCase()));
  return found.map((field) => ({ token: `${at.not}${field.name}:`, note: field.example || field.meaning }));
}

/** `counted`: what the server found that holds the text; `field`: what it knows of the field. */
export function valueHints(field: Field | undefined, at: Typing, counted: readonly Facet[]): Hint[] {
  const name = at.field ?? "";
  const token = (value: string): string => at.not + written(name, value);
  if (name === "state") return stateHints(at, counted).map((hint) => ({ ...hint, token: token(hint.token) }));
  if (COUNTED.has(name)) return counted.slice(0, HINTS_MAX).map((each) => ({ token: at.not + written(name, each.key, true), note: count(each.count) }));
  const said = (field?.values ?? []).filter((value) => value.toLowerCase().includes(at.text.toLowerCase()));
  return said.slice(0, HINTS_MAX).map((value) => ({ token: token(value), note: "" }));
}

function stateHints(at: Typing, counted: readonly Facet[]): Hint[] {
  const custom = counted.map((each) => each.key).filter((key) => !STATES.includes(key));
  const held = (state: string): boolean => `${state} ${taskLook(state).word}`.toLowerCase().includes(at.text.toLowerCase());
  return [...STATES, ...custom].filter(held).map((state) => {
    const found = counted.find((each) => each.key === state);
    return { token: state, note: found ? count(found.count) : "", glyph: taskLook(state).glyph };
  });
}
