// The attempts of a task over time: in the queue, held, running; coloured by how each ended.
import { useRef } from "preact/hooks";
import type { Story } from "../services/story";
import { type Bar, chartOf, type Phase, ticks } from "../state/gantt";
import { now } from "../state/live";
import { zone } from "../state/prefs";
import { useWidth } from "../state/size";
import { FINAL, taskLook } from "../state/states";
import { axisDuration, clock, durationText } from "../state/words";

const ROW = 28;
const HIGH = 16;
const LEFT = 32;
const AXIS = 24;
const ATTEMPTS_MAX = 100;

/** `usual_s`: the p95 of its name, marked in each attempt that began. */
export function Gantt({ task, usual_s = null }: { task: Story; usual_s?: number | null }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const chart = chartOf(task, FINAL.has(task.state) ? 0 : now.value);
  if (!chart) return <p class="dim">No time of any attempt is known.</p>;
  const bars = chart.bars.slice(-ATTEMPTS_MAX);
  const height = bars.length * ROW + AXIS;
  const right = width < 480 ? 80 : 120;
  const room = Math.max(10, width - LEFT - right);
  const x = (at: number): number => LEFT + ((at - chart.from) / (chart.to - chart.from)) * room;
  const span_s = (chart.to - chart.from) / 1000;
  return (
    <div ref={box} class="chart" style={{ height: `${height}px` }}>
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-label={bars.map(sentence).join(" ")}>
          {ticks(span_s, Math.max(2, room / 110)).map((s) => (
            <g key={s}>
              <path class="gridl" d={`M${Math.round(x(chart.from + s * 1000)) + 0.5} 0V${height - 18}`} />
              <text x={x(chart.from + s * 1000)} y={height - 4} text-anchor={s ? "middle" : "start"}>
                {s ? `+${axisDuration(s)}` : clock(chart.from, zone.value, true)}
              </text>
            </g>
          ))}
          {bars.map((bar, k) => (
            <BarRow key={k} bar={bar} y={k * ROW + 6} x={x} usual_s={usual_s} until={chart.to} />
          ))}
        </svg>
      )}
    </div>
  );
}

const sentence = (bar: Bar): string => `Attempt ${bar.number}: ${taskLook(bar.state).word}, ran ${durationText(bar.runtime_s)}.`;

interface RowProps {
  bar: Bar;
  y: number;
  x: (at: number) => number;
  usual_s: number | null;
  until: number;
}

function BarRow({ bar, y, x, usual_s, until }: RowProps) {
  const look = taskLook(bar.state);
  const began = bar.phases.find((phase) => phase.kind === "running")?.from;
  const usual = began !== undefined && usual_s !== null ? began + usual_s * 1000 : null;
  return (
    <g class={look.tone}>
      <text class="ink" x="0" y={y + 12}>
        #{bar.number}
      </text>
      {bar.phases.map((phase, k) => (
        <PhaseMark key={k} phase={phase} failed={bar.state === "FAILURE"} y={y} x={x} />
      ))}
      {usual !== null && usual <= until && <path class="usual" d={`M${x(usual)} ${y - 2}V${y + HIGH + 2}`} />}
      {bar.end !== null && (
        <>
          <svg class={`g ${look.tone}`} x={x(bar.end) + 6} y={y + 2} width="12" height="12">
            <use href={`#${look.glyph}`} />
          </svg>
          <text class="ink" x={x(bar.end) + 24} y={y + 12}>
            {bar.runtime_s === null ? look.word : durationText(bar.runtime_s)}
          </text>
        </>
      )}
    </g>
  );
}

function PhaseMark({ phase, failed, y, x }: { phase: Phase; failed: boolean; y: number; x: (at: number) => number }) {
  const [left, right] = [x(phase.from), x(phase.to)];
  if (phase.kind === "held-back") {
    return (
      <>
        <path class="held-back" d={`M${left} ${y + HIGH / 2}H${right}`} />
        {right - left > 90 && (
          <text x={(left + right) / 2} y={y + HIGH / 2 - 4} text-anchor="middle">
            held {durationText((phase.to - phase.from) / 1000)}
          </text>
        )}
      </>
    );
  }
  const tone = phase.kind === "running" && failed ? "running failed" : phase.kind;
  return <rect class={`phase ${tone}`} x={left} y={y} width={Math.max(1, right - left)} height={HIGH} rx="1" />;
}

export const GanttLegend = () => (
  <span class="legend hide-s">
    <span>
      <i class="queued" />
      in queue
    </span>
    <span>
      <i class="held" />
      held by worker
    </span>
    <span>
      <i class="running" />
      running, coloured by how it ended
    </span>
    <span>
      <i class="usual" />
      usual p95
    </span>
  </span>
);
