// A chart as a table: the same numbers, bucket by bucket, the newest first.
import type { ComponentChildren } from "preact";
import { here, query } from "../state/location";
import { Clock } from "./figures";
import { type Column, Table } from "./table";

interface PointTableProps {
  /** What the chart shows, as the caption. */
  title: string;
  /** Begins of the buckets, epoch seconds. */
  at: readonly number[];
  columns: readonly (readonly [words: string, cell: (index: number) => ComponentChildren])[];
}

export function PointTable({ title, at, columns }: PointTableProps) {
  const every: Column<number>[] = [{ words: "From", class: "dim", cell: (k) => <Clock at={(at[k] ?? 0) * 1000} /> }, ...columns.map(([words, cell]) => ({ words, class: "r", cell }))];
  return (
    <div class="points" tabIndex={0}>
      <Table caption={title} columns={every} rows={at.map((_, k) => at.length - 1 - k)} keyOf={String} />
    </div>
  );
}

const shown = (): string[] => (query.value.get("table") ?? "").split(",").filter(Boolean);

/** Whether the chart of this name is to be shown as a table: the address says it. */
export const asTable = (name: string): boolean => shown().includes(name);

export function TableSwitch({ name }: { name: string }) {
  const on = asTable(name);
  const next = on ? shown().filter((each) => each !== name) : [...shown(), name];
  return (
    <a class="btn ghost" href={here({ table: next.join(",") || null })}>
      {on ? "Chart" : "Table"}
    </a>
  );
}
