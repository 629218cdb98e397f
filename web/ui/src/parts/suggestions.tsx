// What can stand where one types in the filter: fields with an example, values with how many have them.
import type { Hint } from "../state/completion";
import type { Hints } from "../state/usehints";
import { Glyph } from "./glyphs";
import { visible } from "./text";

interface SuggestionProps {
  found: Hints;
  hints: readonly Hint[];
  chosen: number;
  take: (hint: Hint) => void;
}

export function Suggestions({ found, hints, chosen, take }: SuggestionProps) {
  return (
    <div class="suggest pop" id="hints" role="listbox" aria-label="Suggestions" hidden={!hints.length}>
      <div class="h" role="presentation">{heading(found)}</div>
      {hints.map((hint, k) => (
        <button key={hint.token} type="button" id={`hint-${k}`} class="opt" role="option" tabIndex={-1} aria-selected={k === chosen} onPointerDown={(event) => (event.preventDefault(), take(hint))}>
          {hint.glyph && <Glyph id={hint.glyph} />}
          <bdi class="mono cut grow">{visible(hint.token)}</bdi>
          <span class="faint sm cut">{visible(hint.note)}</span>
        </button>
      ))}
    </div>
  );
}

function heading({ at, field }: Hints): string {
  if (at.field === null) return "Fields; a minus before one means not";
  return field?.needs && !field.values.length ? `${field.meaning}, needs ${field.needs}` : "Values in this range";
}
