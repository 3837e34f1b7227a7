/** A second worker that decodes pictures, for the one that reads them. */
import * as Comlink from "comlink";
import { type Decode, pictureDecoder } from "./decode";

const decode = pictureDecoder(async () => null);

Comlink.expose(async (...asked: Parameters<Decode>): ReturnType<Decode> => {
  const made = await decode(...asked);
  return Comlink.transfer(
    made,
    made.flatMap((pixels) => pixels?.buffer ?? []),
  );
});
