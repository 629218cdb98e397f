// The palette: pages, things to do, ids, workers, queues, names, errors; all by the keyboard.
import { useSignal } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect } from "preact/hooks";
import { go, link } from "../state/location";
import { clusterEntries, deeds, places } from "../state/deeds";
import { closeOver } from "../state/over";
import { type Entry, matching } from "../state/palette";
import { useFinds, useWorkers } from "../state/usefinds";
import { useModal } from "../state/usemodal";
import { Glyph, Icon } from "./glyphs";
import { visible } from "./text";

export function Palette() {
  const box = useModal(closeOver);
  const typed = useSignal("");
  const at = useSignal(0);
  const finds = useFinds(typed.value);
  const crew = useWorkers();
  const entries = matching([...places(), ...deeds(), ...(typed.value ? [...clusterEntries(), ...crew] : [])], typed.value, finds);
  const chosen = Math.min(at.value, Math.max(0, entries.length - 1));
  useEffect(() => document.getElementById(`entry-${chosen}`)?.scrollIntoView({ block: "nearest" }), [chosen]);
  const run = (entry: Entry | undefined, elsewhere = false): void => {
    closeOver();
    const to = entry ? entry.to : link("/tasks", { q: typed.value.trim() });
    if (typeof to === "function") to();
    else if (elsewhere) open(to, "_blank", "noopener");
    else go(to);
  };
  const keydown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: entries.length - 1, PageDown: 4, PageUp: entries.length - 4 }[event.key];
    if (by !== undefined && entries.length) at.value = (((chosen + by) % entries.length) + entries.length) % entries.length;
    else if (event.key === "Enter") run(entries[chosen], event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  };
  return (
    <dialog ref={box} class="pal" aria-label="Search or run" onClick={(event) => event.target === box.current && closeOver()}>
      <input
        autofocus
        aria-label="Search or run"
        role="combobox"
        aria-expanded="true"
        aria-controls="entries"
        aria-activedescendant={entries.length ? `entry-${chosen}` : undefined}
        autocomplete="off"
        spellcheck={false}
        maxLength={255}
        placeholder="A page, a task id, a worker, a name, something to do"
        value={typed.value}
        onInput={(event) => ((typed.value = event.currentTarget.value), (at.value = 0))}
        onKeyDown={keydown}
      />
      <div class="list" id="entries" role="listbox" aria-label="Found">
        {entries.map((entry, k) => (
          <Fragment key={`${entry.kind} ${entry.words} ${entry.note}`}>
            {entries[k - 1]?.kind !== entry.kind && <div class="h">{entry.kind}</div>}
            <Line entry={entry} id={`entry-${k}`} chosen={k === chosen} run={() => run(entry)} />
          </Fragment>
        ))}
        {!entries.length && <div class="h">Nothing by that name. Enter looks for it in tasks.</div>}
      </div>
      <footer>
        <span class="faint sm grow">
          <kbd>↑</kbd> <kbd>↓</kbd> move
        </span>
        <span class="faint sm">
          <kbd>Enter</kbd> open
        </span>
        <span class="faint sm">
          <kbd>Ctrl Enter</kbd> in a new tab
        </span>
      </footer>
    </dialog>
  );
}

const KEYS = /^(G )?\S$/;

function Line({ entry, id, chosen, run }: { entry: Entry; id: string; chosen: boolean; run: () => void }) {
  return (
    <button type="button" id={id} class="opt" role="option" tabIndex={-1} aria-selected={chosen} onClick={run}>
      {entry.tone ? <Glyph id={entry.icon} tone={entry.tone} /> : <Icon id={entry.icon} />}
      <bdi class="cut grow">{visible(entry.words.slice(0, 200))}</bdi>
      <span class="faint sm nw">{KEYS.test(entry.note) ? entry.note.split(" ").map((key) => <kbd key={key}>{key}</kbd>) : visible(entry.note.slice(0, 60))}</span>
    </button>
  );
}
