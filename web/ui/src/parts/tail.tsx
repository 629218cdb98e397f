// Following the list: the switch, what waits above, and what was missed.
import { put } from "../state/location";
import { count } from "../state/words";
import { Glyph } from "./glyphs";
import { visible } from "./text";

/** `why`: why it cannot be switched on; "" when it can. */
export function TailButton({ on, why }: { on: boolean; why: string }) {
  return (
    <button type="button" class="btn" aria-label="Tail" aria-pressed={on} disabled={why !== ""} title={why || "Rows arrive as they happen (L)"} onClick={() => put({ tail: on ? null : "1" })}>
      <span class={on ? "live" : "live paused"}>
        <i />
      </span>
      <span class="hide-s">Tail</span>
    </button>
  );
}

export function Missed({ rows, reason, read }: { rows: number | null; reason: string; read: () => void }) {
  return (
    <div class="banner w" role="status">
      <div class="grow">
        <b>{rows === null ? "You missed some rows" : `You missed ${count(rows)} ${rows === 1 ? "row" : "rows"}`}</b> <span class="dim">{reason}</span>
      </div>
      <button type="button" class="btn" onClick={read}>
        Read them
      </button>
    </div>
  );
}

/** Rows do not arrive by themselves for now. */
export const NotFollowed = ({ why }: { why: Error }) => (
  <div class="banner w" role="alert">
    <Glyph id="WARN" tone="RETRY" />
    <div class="grow">
      <b>New rows do not arrive now</b> <span class="dim">{visible(why.message)} They come by themselves when it is over, and none is left out.</span>
    </div>
  </div>
);

export function Newer({ held }: { held: number }) {
  const up = (): void => {
    const grid = document.getElementById("tasks");
    if (grid) grid.scrollTop = 0;
  };
  return (
    <button type="button" class="btn newer" onClick={up}>
      {count(held)} newer
    </button>
  );
}
