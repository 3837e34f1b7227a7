/** A network as an ONNX file: the graph and its weights. */
import type { ExportedNetwork } from "../exported";
import { lowerNetwork } from "../portable/lower";
import { OnnxGraph } from "./graph";
import { DESCRIPTION, NETWORK } from "./read";
import { Translator } from "./steps";

/** The file of a network. @param model its description as JSON, by which this page knows its own files again
 *  @param more metadata beside that */
export function onnxFile(
  network: ExportedNetwork,
  title: string,
  model?: string,
  more: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const program = lowerNetwork(network);
  const graph = new OnnxGraph();
  const made = new Translator(graph, program.weights).run(program, "input");
  // The result gets a name of its own, even where a network does nothing.
  const output = graph.node("Identity", [made], "output");
  const holdsIndices = network.input.dtype !== "f32";
  return graph.write(
    title,
    { name: "input", shape: network.input.shape, holdsIndices },
    { name: output, shape: network.output.shape },
    { [NETWORK]: network.name, ...(model !== undefined && { [DESCRIPTION]: model }), ...more },
  );
}
