// The audit trail a page shows: its newest page asked anew whenever the stream tells of a command, older ones added below.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Command, commands, oneCommand } from "../services/commands";
import { follow } from "../services/live";
import type { Page } from "../services/read";
import { type Asked, useAsked } from "./asked";
import { heard, paused } from "./live";
import { Soon } from "./soon";

type Params = Parameters<typeof commands>[0];

const TYPES = ["meadow-command-asked", "meadow-command-answered"];
const PAGE = 50;

export interface Trail {
  asked: Asked<Page<Command>>;
  /** Newest first, without repeats. */
  items: Command[];
  /** Null: there are no older ones. */
  more: (() => void) | null;
}

export function useCommands(params: Params, live: boolean): Trail {
  const key = JSON.stringify(params);
  const asked = useAsked(key, (signal) => commands({ ...params, limit: PAGE }, signal), null, true);
  const older = useSignal<{ key: string; items: Command[]; next: string | null } | null>(null);
  const below = older.value?.key === key ? older.value : null;
  useStream(params, live, asked.again);
  const next = below ? below.next : (asked.data?.next ?? null);
  const more = async (): Promise<void> => {
    const page = await commands({ ...params, limit: PAGE, cursor: next }).catch(() => null);
    if (page) older.value = { key, items: [...(below?.items ?? []), ...page.items], next: page.next };
  };
  const first = asked.data?.items ?? [];
  const known = new Set(first.map((each) => each.id));
  return { asked, items: [...first, ...(below?.items ?? []).filter((each) => !known.has(each.id))], more: next === null ? null : () => void more() };
}

function useStream(params: Params, live: boolean, ask: () => void): void {
  const again = useRef(ask);
  again.current = ask;
  const on = live && !paused.value;
  useEffect(() => {
    if (!on) return;
    const soon = new Soon(() => again.current());
    const tell = (): void => (heard(), soon.ask());
    const stop = follow({ type: TYPES, cluster: params.cluster }, { events: tell, missed: tell, position: heard, refused: () => undefined });
    return () => (stop(), soon.stop());
  }, [on, String(params.cluster)]);
}

/** One command by its id, told again until it was answered. */
export function useCommand(id: string): Asked<{ item: Command }> {
  return useAsked(`command ${id}`, (signal) => oneCommand(id, signal), null, true);
}
