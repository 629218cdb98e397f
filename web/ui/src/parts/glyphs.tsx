// Icons and the glyphs of states: shape, then word, then colour. Both are drawn in index.html: glyphs 12 px, icons (i-) strokes of 16 px.
import { type Look, taskLook, workerLook } from "../state/states";
import { visible } from "./text";

export function Icon({ id, size = 16 }: { id: string; size?: number }) {
  return (
    <svg class="i" width={size} height={size} aria-hidden="true">
      <use href={`#i-${id}`} />
    </svg>
  );
}

/** A glyph alone; `label` when no word stands beside it. */
export function Glyph({ id, tone = id, label }: { id: string; tone?: string; label?: string }) {
  return (
    <svg class={`g ${tone}`} {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" as const })}>
      <use href={`#${id}`} />
    </svg>
  );
}

export function State({ look, word = look.word }: { look: Look; word?: string }) {
  return (
    <span class={`st ${look.tone}`}>
      <svg aria-hidden="true">
        <use href={`#${look.glyph}`} />
      </svg>
      <span>{visible(word.slice(0, 60))}</span>
    </span>
  );
}

export const TaskState = ({ state, eta = null, now = 0 }: { state: string; eta?: number | null; now?: number }) => (
  <State look={taskLook(state, eta, now)} />
);

export const WorkerState = ({ state }: { state: string }) => <State look={workerLook(state)} />;
