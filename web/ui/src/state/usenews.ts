// Hears from the live stream that something happened in the clusters one looks at; whatever is kept asking waits for that.
import { useEffect } from "preact/hooks";
import { scope } from "./field";
import { heard, paused, told } from "./live";

type Follow = typeof import("../services/live").follow;

const JOIN_MS = 4_000; // what a page begins with was just asked; until then its own pieces come first
const SELDOM = ["worker-online", "worker-offline"]; // that anything else happened, the position says

/** One stream while the shell stands and somebody looks. */
export function useNews(): void {
  const on = !paused.value;
  useEffect(() => {
    if (!on) return;
    const stop = new AbortController();
    const join = (follow: Follow): void => {
      if (!stop.signal.aborted) stop.signal.addEventListener("abort", follow({ cluster: scope.value, type: SELDOM }, listener()));
    };
    const timer = setTimeout(() => void import("../services/live").then(({ follow }) => join(follow), away), JOIN_MS);
    return () => (clearTimeout(timer), stop.abort(), away());
  }, [on, scope.value]);
}

function listener() {
  let newest: number | null = null;
  const tell = (): void => (heard(), void (told.value = (told.peek() ?? 0) + 1));
  const position = (watermark: number | null): void => (watermark === newest ? heard() : tell(), void (newest = watermark));
  return { events: tell, missed: tell, position, refused: away, broken: away };
}

const away = (): void => void (told.value = null);
