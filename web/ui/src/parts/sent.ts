// Says in a toast what became of a command: who answered, who refused, who was silent, and where the record is.
import type { Command } from "../services/commands";
import { link } from "../state/location";
import { good, told } from "../state/outcome";
import { toast } from "../state/toasts";

/** `word`: how the sending is called, as on its button. */
export function announce(command: Command, word: string): void {
  toast(good(command) ? "SUCCESS" : "WARN", `${word}: ${command.command === "inspect" || command.command === "ping" ? "done" : "sent"}`, told(command), { href: link("/commands", { open: command.id }), words: "See the command" });
}

/** Nothing was sent, or nobody knows. */
export function failed(title: string, error: unknown): void {
  toast("FAILURE", title, error instanceof Error ? error.message : String(error));
}
