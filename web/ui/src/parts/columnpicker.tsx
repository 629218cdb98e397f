// Which columns the task table shows: kept for this browser, and in the URL.
import { COLUMN_NAMES, type ColumnName, switched } from "../state/columns";
import { put } from "../state/location";
import { columns as kept } from "../state/prefs";
import { Icon } from "./glyphs";
import { Pop } from "./pop";
import { COLUMNS } from "./taskcells";

export function ColumnPicker({ columns }: { columns: readonly ColumnName[] }) {
  const choose = (names: string): void => {
    kept.value = names;
    put({ cols: names });
  };
  return (
    <Pop class="btn icon hide-s" label="Columns" title="Columns" width={220} face={<Icon id="cols" />}>
      {(close) => (
        <>
          <div class="h">Columns</div>
          {COLUMN_NAMES.map((name) => (
            <label key={name} class="opt">
              <input type="checkbox" checked={columns.includes(name)} disabled={columns.length === 1 && columns.includes(name)} onChange={() => choose(switched(columns, name))} />
              {COLUMNS[name].words}
            </label>
          ))}
          <hr />
          <button type="button" class="opt" onClick={() => (close(), choose(""))}>
            The usual ones
          </button>
        </>
      )}
    </Pop>
  );
}
