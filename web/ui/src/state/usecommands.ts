// The audit trail a page shows: its newest page asked anew whenever the stream tells of a command, older ones added below.
import { useSignal } from "@preact/signals";
import { type Command, commands, oneCommand } from "../services/commands";
import type { Page } from "../services/read";
import { type Asked, useAsked } from "./asked";
import { useStream } from "./usestream";

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
  useStream({ type: TYPES, cluster: params.cluster }, live, asked.again);
  const next = below ? below.next : (asked.data?.next ?? null);
  const more = async (): Promise<void> => {
    const page = await commands({ ...params, limit: PAGE, cursor: next }).catch(() => null);
    if (page) older.value = { key, items: [...(below?.items ?? []), ...page.items], next: page.next };
  };
  const first = asked.data?.items ?? [];
  const known = new Set(first.map((each) => each.id));
  return { asked, items: [...first, ...(below?.items ?? []).filter((each) => !known.has(each.id))], more: next === null ? null : () => void more() };
}

/** One command by its id, told again until it was answered. */
export function useCommand(id: string): Asked<{ item: Command }> {
  return useAsked(`command ${id}`, (signal) => oneCommand(id, signal), null, true);
}
