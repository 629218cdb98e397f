// Signing out, and what is said when it does not work.
import { signOut } from "../services/session";
import { go } from "./location";
import { toast } from "./toasts";

export function leave(): void {
  signOut().then(
    () => go("/signin"),
    (error: Error) => toast("WARN", "Not signed out", error.message),
  );
}
