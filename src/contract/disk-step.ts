/**
 * Every step of a run that touches the disk, by name. Tests cut the process before and after each of them; this is the one
 * list of them. A name says what is touched and what is done to it.
 */
export const DISK_STEPS = [
  "folder.make",
  "lock.take",
  "lock.name",
  "fresh.remove",
  "journal.open",
  "journal.trim",
  "journal.write",
  "journal.sync",
  "recover.trim",
  "recover.remove",
  "takeback.copy",
  "takeback.sync",
  "takeback.rename",
  "part.open",
  "part.write",
  "part.sync",
  "quarantine.open",
  "quarantine.write",
  "quarantine.sync",
  "dedupe.read",
  "publish.withdraw",
  "publish.rename",
  "publish.remove",
  "text.write",
  "text.sync",
  "text.rename",
  "directory.sync",
] as const;
export type DiskStep = (typeof DISK_STEPS)[number];

/** Steps that write bytes: cut in the middle they leave the first half. */
export const TORN_STEPS = ["journal.write", "part.write", "quarantine.write", "text.write"] as const;
export type TornStep = (typeof TORN_STEPS)[number];

export type CrashPoint = `${DiskStep}:before` | `${DiskStep}:after` | `${TornStep}:half`;

/** All points at which a test can kill the process. */
export const CRASH_POINTS: readonly CrashPoint[] = [
  ...DISK_STEPS.flatMap((step) => [`${step}:before`, `${step}:after`] as const),
  ...TORN_STEPS.map((step) => `${step}:half` as const),
];

/** Where this process is to kill itself: PLANSTREAM_CRASH_POINT=<point> or <point>@<passing>. For tests only. */
const armed = parseArmed(process.env.PLANSTREAM_CRASH_POINT);
let passings = 0;

/**
 * Does one step that touches the disk. A failure that does not name its file is told again with `path` in it: "no space
 * left on device, write" alone tells nobody where.
 */
export async function diskStep<T>(name: DiskStep, path: string, step: () => Promise<T>): Promise<T> {
  passPoint(`${name}:before`);
  try {
    const result = await step();
    passPoint(`${name}:after`);
    return result;
  } catch (error) {
    throw withPath(error, path);
  }
}

/** Writes bytes as one step; `write` returns when they are with the operating system. */
export function writeStep(
  name: TornStep,
  path: string,
  bytes: Uint8Array,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  return diskStep(name, path, async () => {
    if (isReached(`${name}:half`)) {
      await write(bytes.subarray(0, bytes.length >> 1));
      die();
    }
    await write(bytes);
  });
}

/** The same for a step that is not asynchronous. */
export function diskStepSync(name: DiskStep, path: string, step: () => void): void {
  passPoint(`${name}:before`);
  try {
    step();
  } catch (error) {
    throw withPath(error, path);
  }
  passPoint(`${name}:after`);
}

function passPoint(point: CrashPoint): void {
  if (isReached(point)) die();
}

function isReached(point: CrashPoint): boolean {
  return armed?.point === point && ++passings === armed.passing;
}

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

function parseArmed(text: string | undefined): { point: CrashPoint; passing: number } | undefined {
  if (text === undefined || text === "") return undefined;
  const [name, passing = "1"] = text.split("@");
  const point = CRASH_POINTS.find((known) => known === name);
  if (point && /^[1-9]\d*$/.test(passing)) return { point, passing: Number(passing) };
  throw new Error(`PLANSTREAM_CRASH_POINT=${text} is no crash point; it is for tests only`);
}

function withPath(error: unknown, path: string): unknown {
  const { code, syscall, path: known } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || code === undefined || syscall === undefined || known !== undefined) return error;
  return Object.assign(error, { message: `${error.message} '${path}'`, path });
}
