// The hints for what is typed into the filter: fields are asked once, values a moment after the last letter.
import type { Params } from "../api";
import { type Facet, facets } from "../services/facets";
import { type Field, fields } from "../services/fields";
import { useAsked } from "./asked";
import { COUNTED, fieldHints, type Hint, type Typing, typing, valueHints } from "./completion";
import { withMore } from "./filter";
import { useSettled } from "./settled";

const VALUES_MAX = 10;

export interface Hints {
  at: Typing;
  hints: Hint[];
  /** What is known of the field whose value is typed. */
  field: Field | undefined;
}

/** `text`: the filter so far; `within`: range and cluster; `open`: whether hints are wanted. */
export function useHints(typed: string, text: string, within: Params, open: boolean): Hints {
  const at = typing(typed);
  const known = useAsked("fields", fields, null).data ?? [];
  const asked = useSettled(JSON.stringify(open && at.field !== null && COUNTED.has(at.field) ? { field: at.field, prefix: at.text, text: withMore(text, at.before) } : null));
  const key = `${asked} ${JSON.stringify(within)}`;
  const found = useAsked(key, async (signal) => ({ asked, values: await valuesOf(asked, within, signal) }), null);
  const values = found.data?.asked === asked ? found.data.values : [];
  const field = known.find((each) => each.name === at.field);
  return { at, field, hints: at.field === null ? fieldHints(known, at) : valueHints(field, at, values) };
}

async function valuesOf(asked: string, within: Params, signal: AbortSignal): Promise<Facet[]> {
  const what = JSON.parse(asked) as { field: string; prefix: string; text: string } | null;
  if (!what) return [];
  const prefix = what.field === "state" ? null : what.prefix;
  return (await facets({ ...within, q: what.text || null, by: what.field, prefix, limit: what.field === "state" ? 20 : VALUES_MAX }, signal)).items;
}
