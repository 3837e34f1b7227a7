/** English: the rooms that are fetched when a part of the page is opened that not every visit sees, or a page beside it. */
import { bench, selfTest } from "./checks";
import { bring } from "./bring";
import { brought } from "./brought";
import { card } from "./card";
import { exports } from "./exports";
import { film } from "./film";
import { inspect } from "./inspect";
import { notes } from "./notes";
import { profile } from "./profile";
import { runs } from "./runs";
import { share } from "./share";
import { starts } from "./starts";
import { trials } from "./trials";

export const later = {
  card,
  exports,
  bench,
  selfTest,
  bring,
  brought,
  film,
  inspect,
  notes,
  profile,
  runs,
  share,
  starts,
  trials,
};
