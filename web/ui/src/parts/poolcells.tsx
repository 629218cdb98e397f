// How many of a worker's processes run a task: a cell each while there are few.
import type { Worker } from "../services/workers";
import { count } from "../state/words";
import { Count } from "./figures";

const CELLS_MAX = 12;

export function PoolCells({ worker }: { worker: Worker }) {
  if (worker.state === "offline") return <span class="faint">–</span>;
  const size = worker.pool?.max_concurrency ?? null;
  const busy = worker.active ?? 0;
  return (
    <span class="row">
      {size !== null && size <= CELLS_MAX && (
        <span class="cells" aria-hidden="true">
          {Array.from({ length: size }, (_, k) => (
            <i key={k} class={k < busy ? "on" : ""} />
          ))}
        </span>
      )}
      <span class="dim">
        <Count n={worker.active} />
        {size !== null && <span class="faint"> of {count(size)}</span>}
      </span>
    </span>
  );
}
