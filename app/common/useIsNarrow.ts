/** How much room the page has. The same widths are written in the style sheets. */
import { useMediaQuery } from "@mantine/hooks";

const useNow = (query: string): boolean => useMediaQuery(query, undefined, { getInitialValueInEffect: false });

/** True below 1024 pixels, where the page shows one part at a time. */
export const useIsNarrow = (): boolean => useNow("(max-width: 1023px)");

/** True up to 560 pixels, where the header has room for the least only. */
export const useIsPhone = (): boolean => useNow("(max-width: 560px)");

/** True from 1280 pixels on, where the names of the layers fit beside column and stage. */
export const useIsRoomy = (): boolean => useNow("(min-width: 1280px)");
