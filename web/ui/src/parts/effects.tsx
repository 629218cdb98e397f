// What a command would do: a glyph, a sentence and a fact each. The first says who is asked.
import type { Effect } from "../services/commands";
import type { Form } from "../state/formread";
import { count } from "../state/words";
import { Glyph } from "./glyphs";
import { visible } from "./text";

export function Effects({ form, effects }: { form: Form; effects: readonly Effect[] }) {
  return (
    <ul class="effect">
      {effects.map((each, k) => (
        <li key={each.text}>
          <Glyph {...(each.unknown ? { id: "LOST", tone: "QUIET" } : k === 0 ? { id: "ON", tone: "QUIET" } : { id: form.glyph, tone: form.tone ?? form.glyph })} />
          <span>{visible(each.text)}</span>
          <span class="dim nw">{each.count !== null ? count(each.count) : ""}</span>
        </li>
      ))}
    </ul>
  );
}
