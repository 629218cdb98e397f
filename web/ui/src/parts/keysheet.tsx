// The sheet of keys.
import { closeOver } from "../state/over";
import { PAGES } from "../state/pages";
import { singleKeys } from "../state/prefs";
import { Dialog } from "./dialog";

const KEYS: readonly [group: string, keys: readonly (readonly [keys: string, words: string])[]][] = [
  [
    "Everywhere",
    [
      ["Ctrl K", "search or run"],
      ["?", "this sheet"],
      ...PAGES.map((page) => [`G ${page.key.toUpperCase()}`, page.words] as const),
      ["L", "follow or pause"],
      ["U", "UTC or local"],
      ["[ ]", "longer, shorter range"],
      ["Esc", "close"],
    ],
  ],
  [
    "Lists",
    [
      ["J K", "down, up"],
      ["Home End", "first, last"],
      ["PgUp PgDn", "a screen up, down"],
      ["Space", "peek"],
      ["Enter", "open"],
      ["X", "select"],
      ["Shift X", "select to here"],
      ["V", "revoke…"],
      ["/", "filter"],
    ],
  ],
  [
    "Filter",
    [
      ["Enter Tab", "take"],
      ["−", "before a field: not"],
      ["Backspace", "remove the last"],
      ["Esc", "to the list"],
    ],
  ],
  [
    "Charts",
    [
      ["drag", "look closer"],
      ["click", "back"],
      ["← →", "move the reading line"],
      ["Enter", "only this bar"],
    ],
  ],
];

export function KeySheet() {
  return (
    <Dialog
      title="Keys"
      close={closeOver}
      foot={
        <>
          <label class="row grow">
            <input type="checkbox" checked={singleKeys.value} onChange={(event) => (singleKeys.value = event.currentTarget.checked)} />
            Single keys
          </label>
          <button type="button" class="btn" autofocus onClick={closeOver}>
            Close
          </button>
        </>
      }
    >
      <div class="sheet">
        {KEYS.map(([group, keys]) => (
          <section key={group}>
            <h3>{group}</h3>
            {keys.map(([names, words]) => (
              <div class="row" key={names}>
                <span class="grow">{words}</span>
                {names.split(" ").map((name) => (
                  <kbd key={name}>{name}</kbd>
                ))}
              </div>
            ))}
          </section>
        ))}
      </div>
    </Dialog>
  );
}
