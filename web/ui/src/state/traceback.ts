// A Python traceback in lines: which are the project's own, which belong to libraries, and what can be folded away.

export type Kind = "text" | "own" | "library" | "error";


export interface Block {
  kind: Kind | "folded";
  lines: string[];
  /** Packages of the frames folded here. */
  packages: string[];
  frames: number;
}

const FRAME = /^ +File "(.+)", line \d+/;
const INSTALLED = /[\\/](?:site|dist)-packages[\\/]([^\\/]+)/;
const STANDARD = /[\\/]lib[\\/]python\d[^\\/]*[\\/]([^\\/]+)|^<frozen ([^>]+)>/;
const RAISED = /^[A-Za-z_][\w.]*(?::|(?:Error|Exception|Warning|Exit|Interrupt|Iteration)$)/;
const LINES_MAX = 2000; // more is cut in the middle, with a line that says so
const LINE_MAX = 2000;

/** Blocks in order: runs of library frames fold, everything else stays. The frame nearest the error is never folded. */
export function blocks(traceback: string): Block[] {
  const found: Block[] = [];
  const frames = framesOf(bounded(traceback.trimEnd().split("\n")));
  frames.forEach((frame, at) => {
    const folds = frame.kind === "library" && frames[at + 1]?.kind === "library";
    const last = found.at(-1);
    if (folds && last?.kind === "folded") join(last, frame);
    else found.push({ kind: folds ? "folded" : frame.kind, lines: frame.lines, packages: frame.packages, frames: frame.frames });
  });
  return found;
}

/** Frames with the source lines under them; other lines one by one. */
function framesOf(lines: string[]): Block[] {
  const found: Block[] = [];
  for (const line of lines) {
    const path = FRAME.exec(line)?.[1];
    const last = found.at(-1);
    if (path !== undefined) {
      const [, module, frozen] = STANDARD.exec(path) ?? [];
      const owner = INSTALLED.exec(path)?.[1] ?? module ?? frozen;
      found.push({ kind: owner === undefined ? "own" : "library", lines: [line], packages: owner === undefined ? [] : [nameOf(owner)], frames: 1 });
    } else if (last && last.frames > 0 && /^ {4,}|^ {2}\[Previous line/.test(line)) last.lines.push(line);
    else found.push({ kind: RAISED.test(line) ? "error" : "text", lines: [line], packages: [], frames: 0 });
  }
  return found;
}

const nameOf = (owner: string): string => owner.replace(/\.py$/, "").replace(/\W.*$/, "") || "python";

function join(block: Block, frame: Block): void {
  block.lines.push(...frame.lines);
  block.frames += frame.frames;
  for (const name of frame.packages) if (!block.packages.includes(name)) block.packages.push(name);
}

function bounded(lines: string[]): string[] {
  const short = lines.map((line) => (line.length > LINE_MAX ? `${line.slice(0, LINE_MAX)}…` : line));
  if (short.length <= LINES_MAX) return short;
  const half = LINES_MAX / 2;
  return [...short.slice(0, half), `… ${short.length - LINES_MAX} lines left out here`, ...short.slice(-half)];
}
