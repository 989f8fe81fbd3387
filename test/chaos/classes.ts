import { crashAtStep } from "./crashes.ts";
import { damagedFinished, damagedGrowing, tornEnd } from "./damage.ts";
import { clockGoingBack, fullDisk } from "./disk.ts";
import { hubGoneAndBack, misbehavingHub, stormAndKill, stormyHub } from "./hub.ts";
import { askedToStop, closedPipes, killAtRandom } from "./kills.ts";
import type { ScenarioClass } from "./scenario.ts";
import { killedUpdate } from "./update.ts";
import { dyingWorkers } from "./workers.ts";

/** Every kind of fault there is. */
export const SCENARIO_CLASSES: readonly ScenarioClass[] = [
  misbehavingHub,
  stormyHub,
  stormAndKill,
  hubGoneAndBack,
  killAtRandom,
  crashAtStep,
  killedUpdate,
  askedToStop,
  closedPipes,
  tornEnd,
  damagedGrowing,
  damagedFinished,
  dyingWorkers,
  fullDisk,
  clockGoingBack,
];
