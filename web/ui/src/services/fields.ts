// What a filter can say: the fields of the search, as the server knows them.
import { ask } from "../api";
import { each, shape, text, texts } from "./read";
import type { Said } from "./types";

export interface Field extends ReturnType<typeof field> {}

export async function fields(signal?: AbortSignal): Promise<Field[]> {
  return each(field)((await ask("/tasks/fields", {}, signal)).items);
}

const field = shape<Said<"SearchField">>()({
  name: text,
  kind: text,
  meaning: text,
  example: text,
  /** All there are, of a choice. */
  values: texts,
  /** The permission it needs; "" for none. */
  needs: text,
});
