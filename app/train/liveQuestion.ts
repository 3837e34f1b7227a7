/** A question that is asked again and again while what it is about changes: a drawing, or the weights. It keeps to the latest, and
 *  asks so seldom that training hardly notices. */

/** Ten times a second at most while training; as often as a hand draws while nothing else is done. */
const INTERVAL_MS = { training: 100, resting: 25 };
/** Answers of a fortieth of the time: in which training stands still, since the same worker gives them. */
const PATIENCE = 40;

interface LiveOptions<Q, A> {
  readonly ask: (question: Q) => Promise<A>;
  readonly hear: (answer: A, question: Q) => void;
  readonly isTraining: () => boolean;
  /** How many times as long as an answer takes the next question waits while training; less where the answer is cheap, and what takes
   *  long is waiting for a turn between two long steps. */
  readonly patience?: number;
}

/** One at a time: what is asked while an answer is awaited takes the place of what waits. */
export class LiveQuestion<Q, A> {
  readonly #options: LiveOptions<Q, A>;
  #wanted: { readonly question: Q; readonly isUrgent: boolean } | undefined;
  #isAsking = false;
  #isStopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #askedAt = -Infinity;
  /** The quickest answer so far: what an answer costs. The slower ones have waited for their turn, which costs nobody, and the first
   *  one for code and data too, so that it does not count. */
  #leastMs = 0;
  #isFirst = true;

  constructor(options: LiveOptions<Q, A>) {
    this.#options = options;
  }

  /** Asks as soon as it may. @param isUrgent whether somebody waits for it, who has just asked something else */
  ask(question: Q, isUrgent = false): void {
    const isStillUrgent = this.#wanted?.isUrgent === true && this.#wanted.question === question;
    this.#wanted = { question, isUrgent: isUrgent || isStillUrgent };
    this.#next();
  }

  /** Asks no more, and hears nothing of what is asked already. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #next(): void {
    if (this.#isAsking || this.#isStopped || !this.#wanted) return;
    clearTimeout(this.#timer);
    const pauseMs = this.#wanted.isUrgent ? INTERVAL_MS.resting : this.#pauseMs;
    const wait = this.#askedAt + pauseMs - performance.now();
    if (wait > 0) this.#timer = setTimeout(() => this.#next(), wait);
    else void this.#askNow(this.#wanted.question);
  }

  get #pauseMs(): number {
    if (!this.#options.isTraining()) return INTERVAL_MS.resting;
    return Math.max(INTERVAL_MS.training, (this.#options.patience ?? PATIENCE) * this.#leastMs);
  }

  async #askNow(question: Q): Promise<void> {
    this.#wanted = undefined;
    this.#isAsking = true;
    this.#askedAt = performance.now();
    const answer = await this.#options.ask(question);
    const took = performance.now() - this.#askedAt;
    if (!this.#isFirst) this.#leastMs = this.#leastMs === 0 ? took : Math.min(this.#leastMs, took);
    this.#isFirst = false;
    if (this.#isStopped) return;
    this.#options.hear(answer, question);
    this.#isAsking = false;
    this.#next();
  }
}
