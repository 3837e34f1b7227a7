// Running another program from a script; refuses to interpret a shell.
import { spawn } from "node:child_process";
import { root } from "./paths";

/** Runs a program in the repository with this terminal, and gives its exit code (1 when a signal ended it). */
export function run(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}
