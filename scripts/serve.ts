// `npm start`: prepares MNIST, builds the page, serves it, and prints the address. Serves this machine only.
import { buildPage, distDir } from "./support/buildPage";
import { readPort } from "./support/port";
import { checkPort, serveFolder } from "./support/staticServer";

const defaultPort = 4173;

try {
  const port = readPort(process.argv.slice(2), process.env["PORT"], defaultPort);
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
