// Where a server listens, as it is asked for: `--port 5000`, or PORT=5000. Refuses whatever else is asked for.
import { parseArgs } from "node:util";

/** @param usual where neither says anything
 *  @throws Error for an argument that there is not, and for what is no port */
export function readPort<T extends number | undefined>(
  args: readonly string[],
  fromEnvironment: string | undefined,
  usual: T,
): number | T {
  const given = readArgument(args);
  const text = given ?? fromEnvironment;
  if (text === undefined || text === "") return usual;
  const port = Number(text);
  if (text.trim() === "" || !Number.isInteger(port) || port < 0 || port > 65_535) {
    const where = given === undefined ? "PORT" : "--port";
    throw new Error(`${where}: expected a whole number from 0 to 65535, got "${text}". Try --port 4173.`);
  }
  return port;
}

function readArgument(args: readonly string[]): string | undefined {
  try {
    return parseArgs({ args: [...args], options: { port: { type: "string" } } }).values.port;
  } catch {
    throw new Error(`Arguments: expected --port and a number, got "${args.join(" ")}". Try npm start -- --port 4173.`);
  }
}
