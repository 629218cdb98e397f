// Which columns the task table shows: those in the URL, else those chosen before, else what fits.
export const COLUMN_NAMES = ["state", "name", "id", "said", "cluster", "queue", "worker", "sent", "wait", "run", "tries", "eta", "result"] as const;

export type ColumnName = (typeof COLUMN_NAMES)[number];

interface Room {
  /** Of the window, px. */
  width: number;
  peeking: boolean;
  oneCluster: boolean;
}

/** From which width of the window each fits beside the side, by the least widths of its columns; the rest takes what there is. */
const SETS: readonly [from: number, names: readonly ColumnName[]][] = [
  [1464, ["state", "name", "said", "cluster", "queue", "worker", "sent", "wait", "run", "tries"]],
  [1362, ["state", "name", "said", "queue", "worker", "sent", "wait", "run", "tries"]],
  [1308, ["state", "name", "said", "queue", "worker", "sent", "wait", "run"]],
  [1218, ["state", "name", "said", "queue", "worker", "sent", "run"]],
  [954, ["state", "name", "said", "sent", "run"]],
  [800, ["state", "name", "sent", "run"]],
  [0, ["state", "name", "sent"]],
];
const PEEK_PX = 480;

/** The names in the text that are columns, each once and in the order of the table. */
export const named = (text: string): ColumnName[] => COLUMN_NAMES.filter((name) => text.split(",").includes(name));

/** `said`: in the URL; `kept`: chosen before. A peek leaves no room for a choice. */
export function shown(said: string, kept: string, room: Room): ColumnName[] {
  const chosen = named(said).length ? named(said) : named(kept);
  return chosen.length && !room.peeking ? chosen : fitting(room);
}

function fitting({ width, peeking, oneCluster }: Room): ColumnName[] {
  const room = width - (peeking ? PEEK_PX : 0);
  const [, names] = SETS.find(([from]) => from <= room) ?? [0, []];
  return names.filter((name) => name !== "cluster" || !oneCluster);
}

/** The chosen ones with one switched on or off, as text. */
export const switched = (columns: readonly ColumnName[], name: ColumnName): string =>
  COLUMN_NAMES.filter((each) => columns.includes(each) !== (each === name)).join(",");

/** The orders a list can have. */
export const SORTS = ["newest", "oldest", "runtime", "wait"] as const;

export type Sort = (typeof SORTS)[number];

export const SORT_WORDS: Readonly<Record<Sort, string>> = { newest: "newest first", oldest: "oldest first", runtime: "longest run first", wait: "longest wait first" };

/** The orders that the head of a column switches between; the first one first. */
export const COLUMN_SORTS: Readonly<Partial<Record<ColumnName, readonly Sort[]>>> = { sent: ["newest", "oldest"], wait: ["wait"], run: ["runtime"] };
