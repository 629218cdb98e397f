// The states as switches, with how many tasks of the present filter are in each; on with none means all.
import type { Facets } from "../services/facets";
import { states, toggled } from "../state/filter";
import { STATES, taskLook } from "../state/states";
import { count } from "../state/words";
import { visible } from "./text";

const SELDOM: ReadonlySet<string> = new Set(["REJECTED"]); // takes no place while there are none

export function StateRow({ text, change, facets }: { text: string; change: (text: string) => void; facets: Facets | null }) {
  const on = states(text);
  const none = on.reduce((rest, state) => toggled(rest, state), text);
  const custom = (facets?.items ?? []).map((each) => each.key).filter((key) => key && !STATES.includes(key));
  const countOf = (state: string): number | null => {
    if (state === "SCHEDULED") return facets?.scheduled ?? null; // a part of the waiting and received
    return facets?.items.find((each) => each.key === state)?.count ?? (facets && !facets.more && facets.complete ? 0 : null);
  };
  const sum = facets && !facets.more ? facets.items.reduce((total, each) => total + (each.count ?? 0), 0) : null;
  return (
    <div class="facets" role="group" aria-label="States">
      <button type="button" class="facet" aria-pressed={!on.length} onClick={() => change(none)}>
        All {facets && <Number n={sum} cut={!facets.complete} />}
      </button>
      {[...STATES, ...custom].map((state) => {
        if (SELDOM.has(state) && !on.includes(state) && !countOf(state)) return null;
        const look = taskLook(state);
        return (
          <button key={state} type="button" class={`facet ${look.tone}`} aria-pressed={on.includes(state)} onClick={() => change(toggled(text, state))}>
            <svg aria-hidden="true">
              <use href={`#${look.glyph}`} />
            </svg>
            {visible(look.word.slice(0, 40))} {facets && <Number n={countOf(state)} cut={!facets.complete} />}
          </button>
        );
      })}
    </div>
  );
}

/** Counted to the end, or at least so many. */
const Number = ({ n, cut }: { n: number | null; cut: boolean }) => (n === null ? null : <em title={cut ? "counted until the deadline" : undefined}>{(cut ? "≥ " : "") + count(n)}</em>);
