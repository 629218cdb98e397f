// Short messages about what was done; each leaves by itself.
import { signal } from "@preact/signals";

export interface Toast {
  id: number;
  glyph: string;
  title: string;
  detail: string;
  link: { href: string; words: string } | null;
}

const STAYS_MS = 9000;

export const toasts = signal<Toast[]>([]);
let last = 0;

export function toast(glyph: string, title: string, detail = "", link: Toast["link"] = null): void {
  const id = ++last;
  toasts.value = [...toasts.value.slice(-3), { id, glyph, title, detail, link }];
  leave(id);
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((each) => each.id !== id);
}

/** Leaves after a while, unless `hold` keeps it. */
const timers = new Map<number, ReturnType<typeof setTimeout>>();

export function leave(id: number): void {
  timers.set(
    id,
    setTimeout(() => (timers.delete(id), dismiss(id)), STAYS_MS),
  );
}

export function hold(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
}
