import { defineBoundary } from "#contract";
import { drawNumericPair } from "./_numbers.ts";

/** One more than allowed, against exactly as many. */
export default defineBoundary({
  type: "numeric_edge",
  version: 2,
  draw: drawNumericPair(1, (line) => [line + 1, line]),
});
