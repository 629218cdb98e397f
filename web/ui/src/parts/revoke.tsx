// Revoking one task, while there is something to revoke.
import type { Task } from "../services/tasks";
import { FINAL } from "../state/states";
import { Act } from "./act";

export function RevokeButton({ task, done }: { task: Task; done: () => void }) {
  if (FINAL.has(task.state)) return null;
  return (
    <Act class="btn danger" question={{ kind: "revoke", tasks: [{ id: task.id, cluster: task.cluster }], done }}>
      Revoke…
    </Act>
  );
}
