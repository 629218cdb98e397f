// What the palette finds for what was typed: a few of each kind, in the order of the kinds.

export interface Entry {
  /** Heading it stands under. */
  kind: string;
  words: string;
  /** Set fainter at the right: a cluster, a count, keys. */
  note: string;
  icon: string;
  /** Icon is the glyph of a state, with this tone. */
  tone?: string;
  /** Where it leads, or what it does. */
  to: string | (() => void);
}

const EACH_MAX = 4;
const FIRST_MAX = 8; // of each kind while nothing is typed

/** Entries that hold every typed word, at most four of a kind; `known` ones were found by the server and match already. */
export function matching(entries: readonly Entry[], typed: string, known: readonly Entry[] = []): Entry[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = (entry: Entry): boolean => words.every((word) => `${entry.kind} ${entry.words} ${entry.note}`.toLowerCase().includes(word));
  return few([...entries.filter(holds), ...known], words.length ? EACH_MAX : FIRST_MAX);
}

function few(entries: readonly Entry[], most: number): Entry[] {
  const counts = new Map<string, number>();
  return entries.filter((entry) => {
    const n = (counts.get(entry.kind) ?? 0) + 1;
    counts.set(entry.kind, n);
    return n <= most;
  });
}

/** Whether the text can be the beginning of a task's id. */
export const idLike = (typed: string): boolean => /^[0-9a-f]{4,8}(-[0-9a-f-]*)?$|^[0-9a-f-]{9,36}$/i.test(typed.trim());
