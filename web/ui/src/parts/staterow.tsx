// The states one can ask for, as switches; on with none means all.
import { states, toggled } from "../state/filter";
import { STATES, taskLook } from "../state/states";

export function StateRow({ text, change }: { text: string; change: (text: string) => void }) {
  const on = states(text);
  const none = on.reduce((rest, state) => toggled(rest, state), text);
  return (
    <div class="facets" role="group" aria-label="States">
      <button type="button" class="facet" aria-pressed={!on.length} onClick={() => change(none)}>
        All
      </button>
      {STATES.map((state) => {
        const look = taskLook(state);
        return (
          <button key={state} type="button" class={`facet ${look.tone}`} aria-pressed={on.includes(state)} onClick={() => change(toggled(text, state))}>
            <svg aria-hidden="true">
              <use href={`#${look.glyph}`} />
            </svg>
            {look.word}
          </button>
        );
      })}
    </div>
  );
}
