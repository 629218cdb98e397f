// What the page is called: in the bar at the top, and in the browser's tab.
import { signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";

export interface Title {
  words: string;
  /** The page above this one. */
  above: { path: string; words: string } | null;
}

export const title = signal<Title>({ words: "", above: null });

export function useTitle(words: string, above: Title["above"] = null): void {
  useLayoutEffect(() => {
    title.value = { words, above };
    document.title = words ? `${words.slice(0, 80)} · Meadow` : "Meadow";
  }, [words]);
}
