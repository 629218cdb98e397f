// A table from the description of its columns: a cell has the class of its head, so that both hide and align alike.
import type { ComponentChildren } from "preact";

export interface Column<T> {
  words: string;
  class?: string;
  /** Class of a cell, by what stands in it. */
  tone?: (row: T) => string;
  cell: (row: T) => ComponentChildren;
}

interface TableProps<T> {
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  /** Said for those who do not see it. */
  caption?: string;
  /** False: the cells speak for themselves. */
  heads?: boolean;
}

export const Heads = <T,>({ columns }: { columns: readonly Column<T>[] }) => (
  <thead>
    <tr>
      {columns.map((column) => (
        <th key={column.words} class={column.class}>
          {column.words}
        </th>
      ))}
    </tr>
  </thead>
);

export const Cells = <T,>({ columns, row }: { columns: readonly Column<T>[]; row: T }) => (
  <>
    {columns.map((column) => (
      <td key={column.words} class={`${column.class ?? ""} ${column.tone?.(row) ?? ""}`}>
        {column.cell(row)}
      </td>
    ))}
  </>
);

export function Table<T>({ columns, rows, keyOf, caption, heads = true }: TableProps<T>) {
  return (
    <div class="tw">
      <table class="t">
        {caption && <caption class="sr">{caption}</caption>}
        {heads && <Heads columns={columns} />}
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              <Cells columns={columns} row={row} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
