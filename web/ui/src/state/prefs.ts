// What a person chose for this browser: theme, time zone, columns, single keys. Kept in local storage where there is one.
import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
export type Zone = "UTC" | "local";

export const THEMES: readonly Theme[] = ["system", "light", "dark"];

export const theme = signal<Theme>(oneOf(THEMES, stored("theme")));
export const zone = signal<Zone>(oneOf(["UTC", "local"], stored("zone")));

/** Whether keys without Ctrl do something; those that only move, open and close always do. */
export const singleKeys = signal(stored("keys") !== "off");

/** Names of the columns of the task table, as in the URL; "" for the usual ones. */
export const columns = signal(stored("columns") ?? "");

/** Turns true when colours must be read again: another theme was chosen, or the system changed its own. */
export const darkness = signal(isDark());

export function keepPrefs(): void {
  effect(() => {
    if (theme.value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme.value;
    store("theme", theme.value);
    darkness.value = isDark();
  });
  effect(() => store("zone", zone.value));
  effect(() => store("keys", singleKeys.value ? "on" : "off"));
  effect(() => store("columns", columns.value));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (darkness.value = isDark()));
}

export function switchZone(): void {
  zone.value = zone.value === "UTC" ? "local" : "UTC";
}

function isDark(): boolean {
  return theme.peek() === "dark" || (theme.peek() === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
}

function oneOf<T extends string>(choices: readonly T[], said: string | null): T {
  return choices.find((choice) => choice === said) ?? (choices[0] as T);
}

function stored(name: string): string | null {
  try {
    return localStorage.getItem(`meadow.${name}`);
  } catch {
    return null; // storage may be forbidden
  }
}

function store(name: string, value: string): void {
  try {
    localStorage.setItem(`meadow.${name}`, value);
  } catch {
    return; // the choice then lasts as long as the page
  }
}
