import { defineBoundary } from "#contract";
import { drawNumericPair } from "./_numbers.ts";

/** Below it five per cent are no whole one. */
const LINE_LEAST = 10;

/** Five to ten per cent more than allowed, against up to ten per cent less. */
export default defineBoundary({
  type: "numeric_near",
  version: 2,
  draw: drawNumericPair(LINE_LEAST, (line, { random }) => [
    Math.ceil(line * (1.05 + 0.05 * random.fraction())),
    Math.floor(line * (0.9 + 0.1 * random.fraction())),
  ]),
});
