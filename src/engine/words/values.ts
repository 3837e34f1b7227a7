/** What sentences are given, by the kind of value. Types only. */

/** Texts by these names: words, names of layers, numbers that are written already. */
export type Texts<K extends string> = Readonly<Record<K, string>>;
/** Numbers by these names, written by the sentence. */
export type Counts<K extends string> = Readonly<Record<K, number>>;
/** Lists of texts by these names. */
export type Lists<K extends string> = Readonly<Record<K, readonly string[]>>;
/** Shapes by these names, without the batch. */
export type Shapes<K extends string> = Readonly<Record<K, readonly number[]>>;
/** What came where something else was expected: a number is grouped like any other. */
export type Came<K extends string = "got"> = Readonly<Record<K, string | number>>;
