/** English: what is said of the files that visitors bring, where they are read. */
import type { Counts, Lists, Texts } from "../values";
import { formats } from "./formats";

const { count, list } = formats;

export const brought = {
  notText: "Table: expected text, got bytes that are none. Choose a CSV or TSV file.",
  largeTable: ({ most }: Counts<"most">) => `Table: expected at most ${count(most)} bytes, got more. Take fewer rows.`,
  manyColumns: ({ most, got }: Counts<"most" | "got">) =>
    `Table: expected at most ${count(most)} columns, got ${count(got)}. Leave some out.`,
  manyCells: ({ most }: Counts<"most">) =>
    `Table: expected at most ${count(most)} cells, got more. Take fewer rows or columns.`,
  longRow: ({ line }: Counts<"line">) =>
    `Table: expected a row of at most a million characters, got a longer one at row ${count(line)}: perhaps a quote is not closed. Mend that row.`,
  raggedRow: ({ line, got, expected }: Counts<"line" | "got" | "expected">) =>
    `Row ${count(line)}: expected ${count(expected)} cells, got ${count(got)}.`,
  noRows: "Table: expected at least two rows under the names of columns, got fewer. Choose a CSV or TSV file.",
  otherColumns: ({ expected, got }: Lists<"expected" | "got">) =>
    `Table: expected the columns of the first file, ${list(expected)}, got ${list(got)}. Bring a file of the same columns.`,
  oneTestFile: "Table: expected one file for the test, got another number. Choose one.",
  noTarget: "Table: expected a column to predict, got one that is left out. Choose another.",
  wideTarget: ({ column }: Texts<"column">) =>
    `${column}: expected at most 256 classes, got more. Predict it as a number, or choose another column.`,
  oneClass: ({ column }: Texts<"column">) =>
    `${column}: expected at least two classes, got one. Choose another column.`,
  oneValue: ({ column }: Texts<"column">) =>
    `${column}: expected numbers that differ, got the same in all training rows. Choose another column.`,
  fewRows: ({ got }: Counts<"got">) =>
    `Table: expected rows for training and for the test, got ${count(got)} that can be used. Choose another column to predict, or bring more rows.`,
  noFeatures: "Table: expected a column to predict from, got none that differs among rows. Take in at least one.",
  manyValues: ({ byteLength, most }: Counts<"byteLength" | "most">) =>
    `Table: expected at most ${count(most)} bytes, got ${count(byteLength)}. Leave out categories with many different texts.`,
  leaks: ({ columns, target }: Lists<"columns"> & Texts<"target">) =>
    `${list(columns)} alone ${columns.length === 1 ? "tells" : "tell"} ${target} of nearly every row. Leave out what would not be known beforehand.`,
  noTargetIn: ({ rows, target }: Counts<"rows"> & Texts<"target">) =>
    `${count(rows)} ${rows === 1 ? "row has" : "rows have"} no ${target} that can be used, and ${rows === 1 ? "is" : "are"} left out.`,
  filled: ({ cells }: Counts<"cells">) =>
    `${count(cells)} ${cells === 1 ? "cell has" : "cells have"} no number, and ${cells === 1 ? "is" : "are"} read as the mean of the column's training rows.`,
  constantColumns: ({ columns }: Lists<"columns">) =>
    `Left out, being the same in all training rows: ${list(columns)}.`,
  embedded: ({ columns }: Counts<"columns">) =>
    `A model that fits looks up ${columns === 1 ? "one column's texts in a table" : `the texts of ${count(columns)} columns in a table each`}, a vector for each text. Any other model reads them as features.`,
  missingNumber: "missing",
  unseenText: "not in training rows",
  targetScaled: ({ target }: Texts<"target">) =>
    `${target} is learnt in standard deviations from its mean, and so is the loss. Errors and results are in its own units.`,
  notKept: ({ reason }: Texts<"reason">) =>
    `Data: expected to read and keep them, but that failed (${reason}). Make room in this browser, or try another file.`,
  onlyHere: ({ title, reason }: Texts<"title" | "reason">) =>
    `${title}: this browser did not keep it (${reason}). It is there until the page is closed.`,
  manyFiles: ({ most, got }: Counts<"most" | "got">) =>
    `Files: expected at most ${count(most)}, got ${count(got)}. Bring fewer at a time.`,
  noArchive: "Archive: expected a zip or a tar, got something else. Choose a whole file.",
  damagedArchive: "Archive: expected it to unpack, but it is damaged or cut short. Fetch or pack it again.",
  encrypted: "expected a file without a password, got an encrypted one",
  packedOtherwise: ({ method }: Counts<"method">) =>
    `expected it to be stored or deflated, got packing method ${count(method)}`,
  unknownFiles:
    "Files: expected pictures, a table, IDX, NumPy or CIFAR-10 files, or a text, got none of these. Bring one of them.",
  notPictureToo: "expected a picture like the others, got another kind of file",
  largeFile: ({ most }: Counts<"most">) => `expected at most ${count(most)} bytes, got more`,
  growsTooMuch: ({ most }: Counts<"most">) =>
    `expected at most ${count(most)} bytes when unpacked, and not a thousand times what is packed, got more`,
  emptyFile: "expected a picture, got an empty file",
  noPicture: "expected a PNG, JPEG, WebP, GIF, BMP or SVG picture, got something else",
  largePicture: ({ width, height, most }: Counts<"width" | "height" | "most">) =>
    `expected at most ${count(most)} pixels, got ${count(width)}×${count(height)}`,
  unreadable: ({ reason }: Texts<"reason">) => `expected to read it, but that failed (${reason})`,
  notDecoded: "expected a whole picture, got a damaged one",
  manyPixels: ({ most, got }: Counts<"most" | "got">) =>
    `Pictures: expected at most ${count(most)} bytes of pixels, got ${count(got)}. Choose a smaller size, grey, or fewer pictures.`,
  namelessClass: "Classes: expected a name for each, got one without. Name it, or leave it out.",
  noClass: "Classes: expected at least one, got none. Take one in.",
  emptyClasses: ({ classes }: Lists<"classes">) =>
    `Classes: expected pictures of each, got none of ${list(classes)}. Add some, or leave ${classes.length === 1 ? "it" : "them"} out.`,
  noPictures:
    "Files: expected pictures to add, got none. Choose PNG, JPEG, WebP, GIF, BMP or SVG files, or a zip of them.",
  stopped: "Stopped. What was there before is as it was.",
  noMore: "Data: expected something that more can be added to, got a kind that comes whole. Bring all of it together.",
  manyClasses: ({ most, got }: Counts<"most" | "got">) =>
    `Classes: expected at most ${count(most)}, got ${count(got)}. Put the pictures of a class into a folder of its own.`,
  fewPictures: ({ got }: Counts<"got">) =>
    `Pictures: expected some for training and some for the test, got ${count(got)} in all. Bring more, or take more classes in.`,
  disputed: ({ pictures }: Counts<"pictures">) =>
    `${count(pictures)} ${pictures === 1 ? "picture is" : "pictures are"} in two classes: no model can be right about ${pictures === 1 ? "it" : "them"} twice.`,
  twins: ({ pictures, isOut }: Counts<"pictures"> & { readonly isOut: boolean }) =>
    `${count(pictures)} ${pictures === 1 ? "picture is" : "pictures are"} there more than once${isOut ? ", and the copies are left out" : ": what is trained on may then be in the test too"}.`,
  notFinite: ({ file, pictures, first }: Texts<"file"> & Counts<"pictures" | "first">) =>
    `${file} has numbers that are not finite in ${count(pictures)} ${pictures === 1 ? "picture" : "pictures"}, at index ${first}${pictures === 1 ? ": it is left out." : " and after: they are left out."}`,
  uneven: ({ large, most, small, fewest }: Texts<"large" | "small"> & Counts<"most" | "fewest">) =>
    `${large} has ${count(most)} pictures and ${small} ${count(fewest)}: a model may do well by naming the larger.`,
  lackingInTest: ({ classes }: Lists<"classes">) => `None for the test of ${list(classes)}: bring more of them.`,
  oneClassOnly:
    "There is one class: it can be rebuilt or made up, but there is nothing to tell apart. Bring a folder for each class to classify.",
  oneSort: "Classes: expected at least two, got fewer. Take another in, or choose what the texts are sorted by.",
  fewTexts: ({ got }: Counts<"got">) =>
    `Texts: expected some for training and some for the test, got ${count(got)} in all. Bring more, or take more classes in.`,
  manyTokens: ({ most, got }: Counts<"most" | "got">) =>
    `Texts: expected at most ${count(most)} different tokens, got numbers up to ${count(got - 1)}. Keep the most frequent, as num_words of Keras's datasets does.`,
  emptyTexts: ({ texts }: Counts<"texts">) =>
    `${count(texts)} ${texts === 1 ? "text is" : "texts are"} empty, and left out.`,
  cutTexts: ({ texts, length }: Counts<"texts" | "length">) =>
    `${count(texts)} ${texts === 1 ? "text is" : "texts are"} longer than ${count(length)}: the rest of ${texts === 1 ? "it" : "each"} is not read.`,
  rareWords: ({ words }: Counts<"words">) => `The ${count(words)} rarest are read as one sign.`,
  unevenTexts: ({ large, most, small, fewest }: Texts<"large" | "small"> & Counts<"most" | "fewest">) =>
    `${large} has ${count(most)} texts and ${small} ${count(fewest)}: a model may do well by naming the larger.`,
  shortText: ({ got }: Counts<"got">) =>
    `Text: expected pieces to train on and pieces for the test, got ${count(got)} in all. Bring more text, or cut it into shorter pieces.`,
  longText: ({ byteLength, most }: Counts<"byteLength" | "most">) =>
    `Text: expected at most ${count(most)} bytes, got ${count(byteLength)}. Bring less of it.`,
  longLines: ({ lines, most }: Counts<"lines" | "most">) =>
    `${count(lines)} ${lines === 1 ? "line is" : "lines are"} longer than ${count(most)} characters, and left out.`,
  rareCharacters: ({ most, places }: Counts<"most" | "places">) =>
    `There are more than ${count(most)} different characters: the rarest, at ${count(places)} places, are read as one sign.`,
  unknownCharacters: ({ characters }: Lists<"characters">) =>
    `In the test alone, and read as one sign that training never meets: ${list(characters)}`,
  noArray: "expected an IDX or NumPy array, got something else",
  cutArray: "expected as many numbers as its header says, got fewer: the file is cut short, or its header is wrong",
  objects:
    "expected an array of numbers, got Python objects, as rows of different lengths are; make them one length, as keras.utils.pad_sequences does",
  notNumbers: "expected an array of numbers, got another kind of values",
  columnMajor: "expected an array in row-major order, got Fortran order; save np.ascontiguousarray of it",
  noCifar: ({ record }: Counts<"record">) =>
    `expected CIFAR-10's records of ${count(record)} bytes, each beginning with a class from 0 to 9, got something else`,
  labelsAlone: "expected an array of as many samples to go with these labels, got none",
  noPixels: "expected pictures like the other arrays, got another shape",
  noSamples:
    "Arrays: expected pictures [N, H, W], [N, H, W, C] or [N, C, H, W], or rows of numbers [N, D], got none. Bring samples along with their labels.",
  labelsNoClasses: "Labels: expected whole numbers, of at most 1,000 different ones, got others. Bring class numbers.",
  unlikeArrays: ({ expected, got }: Texts<"expected" | "got">) =>
    `Arrays: expected all pictures to be ${expected}, got ${got}. Bring those of one size.`,
};
