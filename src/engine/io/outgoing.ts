/** What takes a model out of the page: formats, the model as they see it, and samples that travel with it. Loaded when it is needed. */
export { fetchData } from "./data";
export { type ExportedModel, type ExportedNetwork, exportedModel } from "./exported";
export { type FormatId, formats } from "./formats";
export { type ExportFormat, type Files, type NetworkSamples, type Refusal, stemOf } from "./formats/format";
export { notesOf, ON_SCREEN } from "./notes";
export { zipOf } from "./npy";
export { networkSamples } from "./samples";
