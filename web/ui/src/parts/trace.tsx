// A traceback: the project's own frames in front, those of libraries folded.
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { type Block, blocks } from "../state/traceback";
import { visible } from "./text";

export function Trace({ text }: { text: string }) {
  const found = useMemo(() => blocks(text), [text]);
  return (
    <pre class="code tall" tabIndex={0}>
      {found.map((block, k) => (block.kind === "folded" ? <Folded key={k} block={block} /> : <Lines key={k} block={block} />))}
    </pre>
  );
}

const TONES = { text: "", own: "mine", library: "lib", error: "e", folded: "lib" };

const Lines = ({ block }: { block: Block }) => (
  <>
    {block.lines.map((line, k) => (
      <bdi key={k} class={`ln ${TONES[block.kind]}`}>
        {visible(line) || " "}
      </bdi>
    ))}
  </>
);

function Folded({ block }: { block: Block }) {
  const open = useSignal(false);
  if (open.value) return <Lines block={block} />;
  return (
    <button type="button" class="ln lib fold" onClick={() => (open.value = true)}>
      {"  "}… {block.frames} {block.frames === 1 ? "frame" : "frames"} of {visible(block.packages.slice(0, 4).join(", "))}
    </button>
  );
}
