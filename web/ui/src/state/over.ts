// What lies over every page: the palette or the sheet of keys; both are loaded when first wanted.
import { signal } from "@preact/signals";

export type Over = "palette" | "keys";

export const over = signal<Over | null>(null);

export function show(what: Over): void {
  over.value = over.value === what ? null : what;
}

export function closeOver(): void {
  over.value = null;
}
