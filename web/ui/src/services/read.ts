// Reads an answer field by field: what is absent or of another kind is null or "", never NaN and never a crash.
import type { Wire } from "../api";

export interface Page<T> {
  items: T[];
  next: string | null;
  /** False when part of the range was not read by the deadline. */
  complete: boolean;
  /** Everything said before it is in the answer; epoch ms. */
  watermark: number | null;
}

export interface One<T> {
  item: T;
  watermark: number | null;
}

export const num = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
export const text = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");
export const maybe = (value: unknown): string | null => (typeof value === "string" ? value : null);
export const flag = (value: unknown): boolean | null => (typeof value === "boolean" ? value : null);
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const numbers = (value: unknown): (number | null)[] => list(value).map(num);
export const texts = (value: unknown): string[] => list(value).map(text).filter(Boolean);
export const object = (value: unknown): Wire => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Wire) : {});

/** Epoch ms of an RFC 3339 time; null when unknown or unreadable. */
export function time(value: unknown): number | null {
  if (typeof value !== "string" || !value) return null;
  const at = Date.parse(value);
  return Number.isFinite(at) ? at : null;
}

/** What a kind of the API may be on the page: text may be read as a time. */
type Shown<T> = T extends string
  ? string | number | null
  : T extends number
    ? number | null
    : T extends boolean
      ? boolean | null
      : unknown;

/** Reads one value as the API says it, `T`. Never raises. */
export type Reader<T, R> = ((value: unknown) => R) & { of?: T };

type Members<W> = { [K in keyof W]?: Reader<W[K], Shown<NonNullable<W[K]>>> };
type Held<S> = { [K in keyof S]: S[K] extends (value: unknown) => infer R ? R : never };

/** Reads the members of a thing of the API, `W`; a name it has not, or a kind that it is not, is an error of types. */
export function shape<W>() {
  return <S extends Members<W>>(members: S & Record<Exclude<keyof S, keyof W>, never>): Reader<W, Held<S>> => {
    const readers = Object.entries(members) as [string, (value: unknown) => unknown][];
    return (value) => {
      const said = object(value);
      return Object.fromEntries(readers.map(([name, read]) => [name, read(said[name])])) as Held<S>;
    };
  };
}

export const each =
  <T, R>(read: Reader<T, R>): Reader<T[], R[]> =>
  (value) =>
    list(value).map(read);

/** A list by time; what has none is left out. */
export const timed =
  <T, R extends { at: number | null }>(read: Reader<T, R>): Reader<T[], (R & { at: number })[]> =>
  (value) =>
    list(value)
      .map(read)
      .filter((one): one is R & { at: number } => one.at !== null);

export function pageOf<T>(wire: { items?: unknown; next?: unknown; complete?: unknown; watermark?: unknown }, read: (item: Wire) => T): Page<T> {
  return {
    items: list(wire.items).map((item) => read(object(item))),
    next: maybe(wire.next),
    complete: wire.complete !== false,
    watermark: time(wire.watermark),
  };
}

export function oneOf<T>(wire: { item?: unknown; watermark?: unknown }, read: (item: Wire) => T): One<T> {
  return { item: read(object(wire.item)), watermark: time(wire.watermark) };
}
