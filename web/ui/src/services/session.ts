// Signing in with a token, and out.
import { send } from "../api";

export async function signIn(token: string): Promise<void> {
  await send("POST", "/session", {}, { token });
}

export async function signOut(): Promise<void> {
  await send("DELETE", "/session", {}, undefined);
}
