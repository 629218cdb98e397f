// A value that changes with every letter, taken a moment after the last one.
import { useEffect, useState } from "preact/hooks";

const AFTER_MS = 120;

export function useSettled<T>(value: T): T {
  const [settled, set] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => set(value), AFTER_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
