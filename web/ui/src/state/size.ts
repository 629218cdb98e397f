// Sizes that layouts depend on: of the window, and of an element.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";

export const wide = signal(innerWidth);
addEventListener("resize", () => (wide.value = innerWidth));

export const NARROW = 720;

/** Width of the element in px; 0 until it is measured. */
export function useWidth(ref: { readonly current: HTMLElement | null }): number {
  const [width, set] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    set(element.clientWidth);
    const sizes = new ResizeObserver(([entry]) => set(Math.floor(entry?.contentRect.width ?? 0)));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
  return width;
}

export const TWO_LINES = 52; // px of a row in a narrow window

/** Of the task table, px. */
export const rowHeight = (): number => (wide.value <= NARROW ? TWO_LINES : matchMedia("(pointer: coarse)").matches ? 36 : 28);
