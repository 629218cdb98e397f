// Asks again soon after the live stream told something, while that is wanted and somebody looks.
import { useEffect, useRef } from "preact/hooks";
import type { Params } from "../api";
import { follow, type Listener } from "../services/live";
import { heard, paused } from "./live";
import { Soon } from "./soon";

const SETTLING = 3; // positions, five seconds apart, until what was said just before the stream began is surely stored

/** `also`: who else hears what was told. */
export function useStream(params: Params, wanted: boolean, again: () => void, also: Partial<Listener> = {}): void {
  const latest = useRef({ again, also });
  latest.current = { again, also };
  const on = wanted && !paused.value;
  useEffect(() => {
    if (!on) return;
    const soon = new Soon(() => latest.current.again());
    const tell = (): void => (heard(), soon.ask());
    let positions = 0;
    const stop = follow(params, {
      events: (...told) => (latest.current.also.events?.(...told), tell()),
      missed: (...told) => (latest.current.also.missed?.(...told), tell()),
      position: () => (++positions > SETTLING ? heard() : tell()),
      refused: (problem) => latest.current.also.refused?.(problem),
      waits: (why) => latest.current.also.waits?.(why),
      broken: () => latest.current.also.broken?.(),
    });
    return () => (stop(), soon.stop(), latest.current.also.waits?.(null));
  }, [on, JSON.stringify(params)]);
}
