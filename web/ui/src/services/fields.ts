// What a filter can say: the fields of the search, as the server knows them.
import { ask, type Wire } from "../api";
import { list, object, text, texts } from "./read";

export interface Field {
  name: string;
  kind: string;
  meaning: string;
  example: string;
  /** All there are, of a choice. */
  values: string[];
  /** The permission it needs; "" for none. */
  needs: string;
}

export async function fields(signal?: AbortSignal): Promise<Field[]> {
  const wire = await ask("/tasks/fields", {}, signal);
  return list(wire.items).map((each) => field(object(each)));
}

const field = (wire: Wire): Field => ({
  name: text(wire.name),
  kind: text(wire.kind),
  meaning: text(wire.meaning),
  example: text(wire.example),
  values: texts(wire.values),
  needs: text(wire.needs),
});
