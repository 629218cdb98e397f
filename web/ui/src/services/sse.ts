// Reads the text of a server-sent event stream, in pieces cut anywhere, into whole messages.

export interface Message {
  event: string;
  data: string;
  /** The last id said so far, or "" when none was; resuming starts after it. */
  id: string;
}

const LINE_MAX = 8 * 1024 * 1024; // longer than any batch the server sends; a stream without line ends must not fill memory

export class SseReader {
  private rest = "";
  private event = "";
  private data: string[] = [];
  private id = "";

  /** Messages completed by this piece, in order. Raises when a line never ends. */
  push(piece: string): Message[] {
    const lines = (this.rest + piece).split("\n");
    this.rest = lines.pop() ?? "";
    if (this.rest.length > LINE_MAX) throw new Error("a line of the stream is too long");
    return lines.flatMap((line) => this.line(line.endsWith("\r") ? line.slice(0, -1) : line));
  }

  private line(line: string): Message[] {
    if (line === "") return this.dispatch();
    const [name, value] = fieldOf(line);
    if (name === "data") this.data.push(value);
    else if (name === "event") this.event = value;
    else if (name === "id" && !value.includes("\0")) this.id = value;
    return [];
  }

  private dispatch(): Message[] {
    const message = { event: this.event || "message", data: this.data.join("\n"), id: this.id };
    const said = this.data.length > 0;
    this.event = "";
    this.data = [];
    return said ? [message] : [];
  }
}

function fieldOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(":");
  if (colon < 0) return [line, ""];
  const value = line.slice(colon + 1);
  return [line.slice(0, colon), value.startsWith(" ") ? value.slice(1) : value];
}
