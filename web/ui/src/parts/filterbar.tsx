// The filter of the tasks, as chips and one field: it completes fields and values, and lives in the URL.
import { useSignal } from "@preact/signals";
import type { Params } from "../api";
import type { Hint } from "../state/completion";
import { type Fault, faulty, tokens, withMore, without } from "../state/filter";
import { useHints } from "../state/usehints";
import { toList } from "../state/uselistkeys";
import { Icon } from "./glyphs";
import { Chip, Faulty } from "./chips";
import { Suggestions } from "./suggestions";

interface FilterProps {
  text: string;
  change: (text: string) => void;
  /** Range and cluster in which values are counted. */
  within: Params;
  /** What the server could not read. */
  fault: Fault | null;
}

const LETTERS_MAX = 2048; // of a filter, as the API takes it
const TOO_LONG: Fault = { at: LETTERS_MAX, length: 0, message: "A filter of this length cannot be asked.", accepts: `up to ${LETTERS_MAX} characters` };

export function FilterBar({ text, change, within, fault }: FilterProps) {
  const typed = useSignal("");
  const open = useSignal(false);
  const at = useSignal<number | null>(null); // null: none is chosen yet
  const found = useHints(typed.value, text, within, open.value);
  const hints = open.value ? found.hints : [];
  const chosen = at.value ?? (found.at.field !== null && found.at.text ? 0 : -1);
  const type = (value: string): void => {
    typed.value = value;
    at.value = null;
    open.value = true;
  };
  const tooLong = typed.value !== "" && text.length + typed.value.length >= LETTERS_MAX; // what the address says the server reads
  const add = (more: string): void => {
    if (tooLong || more.endsWith(":")) return;
    if (more.trim()) change(withMore(text, more));
    type("");
    open.value = false; // what was found, or what is wrong with it, lies under the suggestions
  };
  const take = (hint: Hint): void => {
    const whole = found.at.before + hint.token;
    if (hint.token.endsWith(":")) type(whole);
    else add(whole);
  };
  const keys: Record<string, (event: KeyboardEvent) => void> = {
    ArrowDown: () => (hints.length ? (at.value = (chosen + 1) % hints.length) : (open.value = true)),
    ArrowUp: () => hints.length && (at.value = (Math.max(chosen, 0) + hints.length - 1) % hints.length),
    Enter: () => (hints[chosen] ? take(hints[chosen]) : add(typed.value)),
    Tab: () => take(hints[Math.max(chosen, 0)] as Hint),
    Backspace: () => change(without(text, tokens(text).length - 1)),
    Escape: () => (hints.length && typed.value ? (open.value = false) : toList()),
  };
  const keydown = (event: KeyboardEvent): void => {
    const leaves = event.key === "Tab" && (event.shiftKey || !typed.value || !hints.length);
    if (leaves || (event.key === "Backspace" && (typed.value || !text)) || !keys[event.key] || event.isComposing) return;
    event.preventDefault();
    keys[event.key]?.(event);
  };
  const all = tokens(text);
  return (
    <div class="grow">
      <div class={fault || tooLong ? "filter wrong" : "filter"}>
        <Icon id="search" size={14} />
        {all.map((token, k) => (
          <Chip key={`${k} ${token.raw}`} token={token} wrong={faulty(fault, token)} remove={() => (change(without(text, k)), toList())} />
        ))}
        <input
          id="filter"
          aria-label="Filter tasks"
          aria-invalid={fault !== null || tooLong}
          aria-describedby={fault || tooLong ? "fault" : undefined}
          role="combobox"
          aria-expanded={hints.length > 0}
          aria-controls="hints"
          aria-activedescendant={hints[chosen] ? `hint-${chosen}` : undefined}
          autocomplete="off"
          spellcheck={false}
          placeholder={text ? "and…" : "state:failed  queue:payments  runtime:>5s  or any words"}
          value={typed.value}
          onFocus={() => (open.value = true)}
          onBlur={() => (open.value = false)}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={keydown}
        />
        {text ? (
          <button type="button" class="faint" aria-label="Clear the filter" onClick={() => (change(""), toList())}>
            <Icon id="x" size={14} />
          </button>
        ) : (
          <kbd class="hide-s">/</kbd>
        )}
        <Suggestions found={found} hints={hints} chosen={chosen} take={take} />
      </div>
      {tooLong ? <Faulty fault={TOO_LONG} /> : fault && <Faulty fault={fault} />}
    </div>
  );
}
