// The story of one task, told again whenever the stream says something about it.
import { useEffect, useRef } from "preact/hooks";
import type { One } from "../services/read";
import { follow } from "../services/live";
import { story, type Story } from "../services/story";
import { type Asked, useAsked } from "./asked";
import { heard, paused } from "./live";
import { Soon } from "./soon";

export function useStory(id: string, cluster: string, live: boolean): Asked<One<Story>> {
  const asked = useAsked(`${cluster} ${id}`, (signal) => story(id, cluster, signal), null, true);
  const again = useRef(asked.again);
  again.current = asked.again;
  const on = live && !paused.value;
  useEffect(() => {
    if (!on) return;
    const soon = new Soon(() => again.current());
    const tell = (): void => soon.ask();
    const stop = follow({ task_id: id, cluster }, { events: tell, missed: tell, position: heard, refused: () => undefined });
    return () => (stop(), soon.stop());
  }, [on, id, cluster]);
  return asked;
}
