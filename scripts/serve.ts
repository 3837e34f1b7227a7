// `npm start`: prepares MNIST, builds the page, serves it, and prints the address. Serves this machine only.
import { buildPage, distDir } from "./support/buildPage";
import { checkPort, serveFolder } from "./support/staticServer";

const defaultPort = 4173;

try {
  const port = parsePort(process.env["PORT"]);
  await checkPort(port);
  await buildPage();
  const server = await serveFolder(distDir, port);
  console.log(`\n  Descent is at ${server.url.replace("127.0.0.1", "localhost")}\n  Press Ctrl-C to stop.\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function parsePort(text: string | undefined): number {
  if (text === undefined || text === "") return defaultPort;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`PORT: expected a whole number from 0 to 65535, got "${text}". Try PORT=${defaultPort} npm start.`);
  }
  return port;
}
