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
export const texts = (value: unknown): string[] => list(value).map(text).filter(Boolean);
export const object = (value: unknown): Wire => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Wire) : {});

/** Epoch ms of an RFC 3339 time; null when unknown or unreadable. */
export function time(value: unknown): number | null {
  if (typeof value !== "string" || !value) return null;
  const at = Date.parse(value);
  return Number.isFinite(at) ? at : null;
}

export function pageOf<T>(wire: Wire, read: (item: Wire) => T): Page<T> {
  return {
    items: list(wire.items).map((item) => read(object(item))),
    next: maybe(wire.next),
    complete: wire.complete !== false,
    watermark: time(wire.watermark),
  };
}

export function oneOf<T>(wire: Wire, read: (item: Wire) => T): One<T> {
  return { item: read(object(wire.item)), watermark: time(wire.watermark) };
}
