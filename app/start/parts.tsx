/** What is fetched together with the first of it that is drawn. */
export { Freezing } from "./Freezing";
export { Stages } from "./Stages";
export { StartField } from "./StartField";
