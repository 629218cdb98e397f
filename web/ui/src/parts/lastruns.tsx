// The last runs of a name, how long each took and how it ended; the task looked at is the last.
import { useRef } from "preact/hooks";
import { keyOf, ran, type Task } from "../services/tasks";
import { useLastRuns } from "../state/alike";
import { go } from "../state/location";
import { taskPath } from "../state/pages";
import { logarithmic } from "../state/scale";
import { useWidth } from "../state/size";
import { taskLook } from "../state/states";
import { count, durationText } from "../state/words";
import { Answered } from "./boxes";
import { Panel } from "./panel";
import { visible } from "./text";

const HIGH = 92;
const LEFT = 48;
const FOOT = 20;
const DOT = 2.5;

export function LastRuns({ task }: { task: Task }) {
  const asked = useLastRuns(task);
  const n = asked.data?.length ?? 0;
  if (asked.data && n < 2) return null;
  return (
    <Panel title={n > 1 ? `The last ${count(n)} runs` : "The last runs"} note={visible(task.name)}>
      <Answered asked={asked} rows={3}>
        {(runs) => (
          <div class="body">
            <Dots runs={runs} />
          </div>
        )}
      </Answered>
    </Panel>
  );
}

function Dots({ runs }: { runs: readonly Task[] }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const scale = logarithmic(runs.map(ran));
  const x = (k: number): number => LEFT + 6 + (k * (width - LEFT - 14)) / Math.max(1, runs.length - 1);
  const y = (s: number): number => 6 + (HIGH - FOOT - 12) * (1 - scale.of(s));
  const failed = runs.filter((each) => each.state === "FAILURE").length;
  return (
    <div ref={box} class="chart" style={{ height: `${HIGH}px` }}>
      {width > 0 && (
        <svg width={width} height={HIGH} role="img" aria-label={`${count(runs.length)} runs, ${count(failed)} failed.`}>
          {scale.ticks.map((value) => (
            <g key={value}>
              <path class="gridl" d={`M${LEFT} ${Math.round(y(value)) + 0.5}H${width}`} />
              <text x={LEFT - 6} y={y(value) + 4} text-anchor="end">
                {scale.label(value)}
              </text>
            </g>
          ))}
          {runs.map((each, k) => (
            <Dot key={keyOf(each)} task={each} x={x(k)} y={y(ran(each) ?? 0)} known={ran(each) !== null} last={k === runs.length - 1} />
          ))}
          <text x={LEFT} y={HIGH - 4}>
            {count(runs.length)} runs ago
          </text>
          <text x={width} y={HIGH - 4} text-anchor="end">
            this one
          </text>
        </svg>
      )}
    </div>
  );
}

/** A failure is a diamond; what nobody timed stands at the ground. */
function Dot({ task, x, y, known, last }: { task: Task; x: number; y: number; known: boolean; last: boolean }) {
  const look = taskLook(task.state);
  const at = known ? y : HIGH - FOOT - 6;
  const size = last ? 6 : 4;
  const said = `${look.word}, ran ${durationText(ran(task))}`;
  return (
    <g class={`dotg ${look.tone} ${last ? "last" : ""}`} onClick={() => go(taskPath(task))}>
      <title>{said}</title>
      {task.state === "FAILURE" ? <path d={`M${x} ${at - size}l${size} ${size}l${-size} ${size}l${-size} ${-size}z`} /> : <circle cx={x} cy={at} r={last ? DOT * 1.6 : DOT} />}
    </g>
  );
}
