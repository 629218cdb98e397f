// Keys: the page on top answers first; none fires in a field, in a dialog or popover, or with a modifier held.
import { useEffect, useRef } from "preact/hooks";
import { over } from "./over";
import { singleKeys } from "./prefs";

export type Keys = Record<string, (event: KeyboardEvent) => void>;

const G_MS = 1200; // how long G waits for the letter of a page

const layers: { current: Keys }[] = [];

/** `keys` answer while the component stands; the latest layer goes first. */
export function useKeys(keys: Keys): void {
  const layer = useRef(keys);
  layer.current = keys;
  useEffect(() => {
    layers.unshift(layer);
    return () => void layers.splice(layers.indexOf(layer), 1);
  }, []);
}

/** `after` answers to a letter pressed shortly after G, before any layer; `command` to Ctrl or Command and a letter, anywhere. */
export function listenForKeys(after: Keys, command: Keys): void {
  let gAt = 0;
  addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && command[key]) {
      event.preventDefault();
      if (over.value || !document.querySelector("dialog[open]")) command[key](event);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || busy(event.target)) return;
    if (!singleKeys.value && isLetter(event.key)) return;
    const then = Date.now() - gAt < G_MS ? after[key] : undefined;
    gAt = key === "g" && !event.shiftKey ? Date.now() : 0;
    (then ?? answerTo(event))?.(event);
  });
}

/** The answer to Shift and a letter is written "Shift X". */
function answerTo(event: KeyboardEvent): ((event: KeyboardEvent) => void) | undefined {
  const shifted = event.shiftKey && /^[a-z]$/i.test(event.key) ? `Shift ${event.key.toUpperCase()}` : "";
  for (const { current } of layers) {
    const answer = current[shifted] ?? current[event.key] ?? current[event.key.toLowerCase()];
    if (answer) return answer;
  }
  return undefined;
}

const isLetter = (key: string): boolean => key.length === 1 && key !== " ";

function busy(target: EventTarget | null): boolean {
  if (over.value || document.querySelector("dialog[open]")) return true; // also while the palette is on its way
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select") || target.closest("[popover]")) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type);
}
