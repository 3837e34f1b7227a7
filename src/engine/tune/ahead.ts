/** Variants for a product, made ready in order: compilers of cards take longer than the tuner takes to time what they made. */
import type { Executable } from "../backend/backend";
import type { GemmVariant } from "../graph/kernel";

/** Makes ready the variant that is asked for, and meanwhile so many after it as are allowed, while there is time. */
export class Ahead {
  readonly #variants: readonly GemmVariant[];
  readonly #prepare: (variant: GemmVariant) => Promise<Executable | undefined>;
  readonly #isSpent: () => boolean;
  readonly #ahead: number;
  readonly #begun: Promise<Executable | undefined>[] = [];
  #next = 0;

  constructor(
    variants: readonly GemmVariant[],
    prepare: (variant: GemmVariant) => Promise<Executable | undefined>,
    isSpent: () => boolean,
    ahead: number,
  ) {
    this.#variants = variants;
    this.#prepare = prepare;
    this.#isSpent = isSpent;
    this.#ahead = ahead;
  }

  /** The next variant, which is the caller's to dispose; undefined where the device cannot do it, or there is none. */
  next(): Promise<Executable | undefined> {
    if (this.#begun.length === 0) this.#begin();
    while (this.#begun.length <= this.#ahead && this.#next < this.#variants.length && !this.#isSpent()) this.#begin();
    return this.#begun.shift() ?? Promise.resolve(undefined);
  }

  /** Frees the variants that were made ready and never handed out. */
  async dispose(): Promise<void> {
    for (const made of await Promise.allSettled(this.#begun)) {
      if (made.status === "fulfilled") made.value?.dispose();
    }
  }

  #begin(): void {
    const variant = this.#variants[this.#next++];
    if (variant === undefined) return;
    const made = this.#prepare(variant);
    // A failure is reported when `next` hands out this variant.
    made.catch(() => {});
    this.#begun.push(made);
  }
}
