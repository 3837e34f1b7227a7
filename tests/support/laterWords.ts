// Brings the sentences that pages fetch later, for tests of what those pages write.
import { fetchLaterWords } from "../../src/engine/languages/language";

await fetchLaterWords();
