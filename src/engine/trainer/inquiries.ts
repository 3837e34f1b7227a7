/** Questions about the model in hand, and their answers under way: one of each kind at a time. */
import * as v from "valibot";
import { ArgumentError } from "../errors";
import { type AnswerOf, type InquiryName, inquiryOf, type QuestionOf } from "../inspect";
import type { Past } from "../train/batches";
import { nextTask } from "../train/yielding";
import type { Prepared } from "./prepared";

export class Inquiries {
  readonly #asked = new Map<InquiryName, AbortController>();

  /** Ends the answer to such a question that is under way, which then gives null. */
  drop(name: InquiryName): void {
    this.#asked.get(name)?.abort();
    this.#asked.delete(name);
  }

  /** @returns null where it is not wanted any more  @throws ArgumentError where the question does not fit */
  async ask<K extends InquiryName>(
    { session, run }: Pick<Prepared, "session" | "run">,
    name: K,
    question: QuestionOf<K>,
    onProgress: (done: number, total: number) => void = () => {},
    past?: Past,
  ): Promise<AnswerOf<K> | null> {
    this.drop(name);
    const asked = new AbortController();
    this.#asked.set(name, asked);
    const { signal } = asked;
    try {
      const inquiry = await inquiryOf(name);
      const checked = v.safeParse(inquiry.question, question);
      if (!checked.success) {
        throw new ArgumentError(`Question "${name}": ${checked.issues[0].message}. Ask as its record says.`);
      }
      const now = await session.subject(run.step, run.ratesAt(run.step));
      const subject = past ? { ...now, past } : now;
      const pause = async (done: number, total: number): Promise<void> => {
        onProgress(done, total);
        await nextTask();
        signal.throwIfAborted();
      };
      return await inquiry.answer(subject, checked.output, { pause });
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    } finally {
      if (this.#asked.get(name) === asked) this.#asked.delete(name);
    }
  }
}
