/** UMAP of a layer's outputs, in a worker that is started when it is asked for and ended when it is done or given up. */
import { useCallback, useEffect, useRef, useState } from "react";
import type { Embedding } from "../../../../src/engine";
import type { UmapAnswer, UmapQuestion } from "./umapWorker";

interface Laid {
  /** What was laid out. */
  readonly of: Embedding;
  readonly places: Float32Array<ArrayBuffer>;
}

interface Umap {
  readonly laid: Laid | null;
  /** From 0 to 1 while it is under way. */
  readonly share: number | null;
  readonly hasFailed: boolean;
  readonly start: (of: Embedding) => void;
  readonly cancel: () => void;
}

export function useUmap(): Umap {
  const [laid, setLaid] = useState<Laid | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const worker = useRef<Worker | null>(null);
  const cancel = useCallback(() => {
    worker.current?.terminate();
    worker.current = null;
    setShare(null);
  }, []);
  useEffect(() => cancel, [cancel]);
  const start = useCallback(
    (of: Embedding) => {
      cancel();
      const own = new Worker(new URL("./umapWorker.ts", import.meta.url), { type: "module", name: "umap" });
      worker.current = own;
      setFailed(false);
      setShare(0);
      own.addEventListener("error", () => {
        cancel();
        setFailed(true);
      });
      own.addEventListener("message", ({ data }: MessageEvent<UmapAnswer>) => {
        if ("share" in data) {
          setShare(data.share);
          return;
        }
        cancel();
        setLaid({ of, places: data.places });
      });
      const question: UmapQuestion = { values: of.values, width: of.width };
      own.postMessage(question);
    },
    [cancel],
  );
  return { laid, share, hasFailed, start, cancel };
}
