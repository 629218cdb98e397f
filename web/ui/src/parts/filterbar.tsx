// The filter of the tasks, as chips and one field: it completes fields and states, and lives in the URL.
import { useSignal } from "@preact/signals";
import { all } from "../state/field";
import { FIELDS, stateOf, type Token, tokens, without, written } from "../state/filter";
import { STATES, taskLook } from "../state/states";
import { Glyph, Icon } from "./glyphs";
import { visible } from "./text";

interface FilterProps {
  text: string;
  change: (text: string) => void;
  /** Names, queues and workers seen in the present list. */
  seen: Readonly<Record<string, readonly string[]>>;
}

interface Hint {
  text: string;
  note: string;
  glyph?: string;
}

const HINTS_MAX = 9;

export function FilterBar({ text, change, seen }: FilterProps) {
  const typed = useSignal("");
  const open = useSignal(false);
  const at = useSignal(-1);
  const hints = open.value ? hintsFor(typed.value, seen) : [];
  const add = (token: string): void => {
    if (token.endsWith(":")) return void ((typed.value = token), (at.value = -1));
    if (token.trim()) change([text, token.trim()].filter(Boolean).join(" "));
    typed.value = "";
    at.value = -1;
  };
  const keydown = (event: KeyboardEvent): void => {
    const chosen = hints[at.value];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      at.value = hints.length ? (at.value + (event.key === "ArrowDown" ? 1 : hints.length - (at.value < 0 ? 0 : 1))) % hints.length : -1;
    } else if (event.key === "Enter") add(chosen?.text ?? typed.value);
    else if (event.key === "Tab" && typed.value && hints.length && !event.shiftKey) {
      event.preventDefault();
      add((chosen ?? hints[0])?.text ?? "");
    } else if (event.key === "Backspace" && !typed.value) {
      const last = tokens(text).at(-1);
      if (last) change(without(text, last.raw));
    } else if (event.key === "Escape") {
      open.value = false;
      document.getElementById("tasks")?.focus();
    }
  };
  return (
    <div class="filter">
      <Icon id="search" size={14} />
      {tokens(text).map((token, k) => (
        <Chip key={`${k} ${token.raw}`} token={token} remove={() => change(without(text, token.raw))} />
      ))}
      <input
        id="filter"
        aria-label="Filter tasks"
        role="combobox"
        aria-expanded={hints.length > 0}
        aria-controls="hints"
        aria-activedescendant={hints[at.value] ? `hint-${at.value}` : undefined}
        autocomplete="off"
        spellcheck={false}
        maxLength={512}
        placeholder={text ? "and…" : "state:failed  queue:payments  or any words"}
        value={typed.value}
        onFocus={() => (open.value = true)}
        onBlur={() => (open.value = false)}
        onInput={(event) => ((typed.value = event.currentTarget.value), (at.value = -1), (open.value = true))}
        onKeyDown={keydown}
      />
      {text ? (
        <button type="button" class="faint" aria-label="Clear the filter" onClick={() => change("")}>
          <Icon id="x" size={14} />
        </button>
      ) : (
        <kbd class="hide-s">/</kbd>
      )}
      <div class="suggest pop" id="hints" role="listbox" aria-label="Suggestions" hidden={!hints.length}>
        {hints.map((hint, k) => (
          <button key={hint.text} type="button" id={`hint-${k}`} class="opt" role="option" tabIndex={-1} aria-selected={k === at.value} onPointerDown={(event) => (event.preventDefault(), add(hint.text))}>
            {hint.glyph && <Glyph id={hint.glyph} />}
            <bdi class="mono cut grow">{visible(hint.text)}</bdi>
            <span class="faint sm">{hint.note}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

function Chip({ token, remove }: { token: Token; remove: () => void }) {
  return (
    <span class={token.not ? "fchip not" : "fchip"}>
      <span>{token.field && `${token.field}:`}</span>
      <b class="cut">
        <bdi>{visible(token.value.slice(0, 120))}</bdi>
      </b>
      <button type="button" aria-label={`Remove ${token.raw.slice(0, 60)}`} onClick={remove}>
        <Icon id="x" size={12} />
      </button>
    </span>
  );
}

function hintsFor(typed: string, seen: FilterProps["seen"]): Hint[] {
  const [, field, value = ""] = /^([a-z]+):(.*)$/.exec(typed) ?? [];
  if (field === undefined) return FIELDS.filter(([name]) => name.startsWith(typed)).map(([name, note]) => ({ text: `${name}:`, note }));
  const has = (text: string): boolean => text.toLowerCase().includes(value.toLowerCase());
  if (field === "state") {
    return STATES.filter((state) => has(taskLook(state).word) || has(state)).map((state) => ({ text: `state:${stateOf(state)}`, note: taskLook(state).word, glyph: taskLook(state).glyph }));
  }
  const values = field === "cluster" ? (all.value.data ?? []).map((each) => each.slug) : (seen[field] ?? []);
  return values
    .filter(has)
    .slice(0, HINTS_MAX)
    .map((each) => ({ text: written(field, each), note: "" }));
}
