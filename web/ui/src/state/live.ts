// Whether the page follows what happens: live, paused by a person or a hidden tab, or stale.
import { computed, signal } from "@preact/signals";
import { put, query } from "./location";

export const STALE_AFTER_S = 15; // three positions of the stream left out
const QUIET_MS = 45_000;
const WITHOUT_MS = 5_000;

export const hidden = signal(document.visibilityState === "hidden");
export const pausedAt = signal<number | null>(null);
export const heardAt = signal(Date.now());
export const now = signal(Date.now());

/** Counts what the stream told; null while there is no stream. */
export const told = signal<number | null>(null);

export const asked = computed(() => query.value.get("live") === "0");
export const paused = computed(() => asked.value || hidden.value);

/** Seconds without any news; null while paused or recent. */
export const staleS = computed(() => {
  const quiet = (now.value - heardAt.value) / 1000;
  return paused.value || quiet < STALE_AFTER_S ? null : quiet;
});

/** Something came from Meadow. */
export function heard(): void {
  heardAt.value = Date.now();
}

/** Until the stream tells more than `mark`, or for a while: where it tells nothing, or is not there, the answer may have changed too. */
export function news(mark: number | null, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (told.peek() !== mark) return resolve();
    const end = (): void => (leave(), clearTimeout(timer), stop.removeEventListener("abort", end), resolve());
    const timer = setTimeout(end, mark === null ? WITHOUT_MS : QUIET_MS);
    const leave = told.subscribe((n) => n !== mark && end());
    stop.addEventListener("abort", end);
  });
}

export function toggle(): void {
  put({ live: asked.value ? null : "0" });
  pausedAt.value = asked.value ? Date.now() : null;
}

export function keepTime(): void {
  setInterval(() => {
    if (!hidden.value) now.value = Date.now();
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    hidden.value = document.visibilityState === "hidden";
    if (hidden.value) return;
    now.value = Date.now();
    heard(); // the silence was ours
  });
}
