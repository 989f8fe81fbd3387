import type * as promises from "node:fs/promises";
import { truncate } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { setTimeout as wait } from "node:timers/promises";
import type { Draw } from "../../src/llm/mock-value.ts";

/** `kill`: what was written stays, flushed or not. `power`: of what was not flushed, any part from the front stays. */
export type CrashKind = "kill" | "power";

const SLOW_SHARE = 0.15;
const SLOW_MS = 8;

type Written = { size: number; synced: number };

/**
 * A folder's disk that can die: before a write, in the middle of it, after it, before the flush, after it. From then on
 * every write and flush fails, as they would never happen in a process that was killed, and nothing more reaches the disk.
 */
export class CrashingDisk {
  readonly #files = new Map<string, Written>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #draw: Draw;
  readonly #onCrash: () => void;
  #stepsLeft: number;
  isDead = false;

  /** Dies at the `step`-th moment that it may die at; never for Infinity. */
  constructor(root: string, step: number, draw: Draw, onCrash: () => void) {
    install();
    this.#stepsLeft = step;
    this.#draw = draw;
    this.#onCrash = onCrash;
    disks.set(root, this);
  }

  crash(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#onCrash();
  }

  /** After the crash: waits for what the system was at, and takes away what a power cut would. */
  async settle(kind: CrashKind): Promise<void> {
    await Promise.allSettled(this.#running);
    if (kind === "kill") return;
    for (const [path, { size, synced }] of this.#files) {
      if (size > synced) await truncate(path, synced + Math.floor(this.#draw() * (size - synced + 1)));
    }
  }

  /** Wraps a file that was opened to be written. */
  wrap(path: string, handle: promises.FileHandle, size: number): promises.FileHandle {
    const written = { size, synced: size };
    this.#files.set(path, written);
    const { datasync } = handle;
    const write: (bytes: Buffer, at: number) => Promise<{ bytesWritten: number }> = handle.write.bind(handle);
    const run = async (work: Promise<unknown>): Promise<void> => {
      this.#running.add(work);
      await work.finally(() => this.#running.delete(work));
    };
    const append = async (bytes: Buffer): Promise<void> => {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await write(bytes, at);
        at += bytesWritten;
        written.size += bytesWritten;
      }
    };
    handle.write = (async (buffer: Buffer, offset = 0) => {
      const bytes = buffer.subarray(offset);
      this.#step();
      if (this.#isNow()) {
        await run(append(bytes.subarray(0, Math.floor(this.#draw() * bytes.length))));
        this.crash();
      }
      this.#assertAlive();
      await run(append(bytes));
      this.#step();
      return { bytesWritten: bytes.length, buffer };
    }) as typeof handle.write;
    handle.datasync = async () => {
      const { size: flushed } = written;
      // Now and then the disk is slow: whoever does not wait for the flush is ahead of it by as much.
      if (this.#draw() < SLOW_SHARE) await wait(this.#draw() * SLOW_MS);
      this.#step();
      await run(datasync.call(handle));
      written.synced = Math.max(written.synced, flushed);
      this.#step();
    };
    return handle;
  }

  #step(): void {
    if (this.#isNow()) this.crash();
    this.#assertAlive();
  }

  #isNow(): boolean {
    this.#stepsLeft -= 1;
    return this.#stepsLeft === 0;
  }

  #assertAlive(): void {
    if (this.isDead) throw new Error("the process was killed");
  }
}

const disks = new Map<string, CrashingDisk>();
let isInstalled = false;

/** Lets every later `open` of node:fs/promises in this thread, by whatever module, go by the disks. */
function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  const exported = process.getBuiltinModule("node:fs/promises");
  const { open } = exported;
  exported.open = async (path, flags, mode) => {
    const handle = await open(path, flags, mode);
    const found = [...disks].find(([root]) => String(path).startsWith(`${root}/`));
    if (!found || !String(flags).startsWith("a")) return handle;
    return found[1].wrap(String(path), handle, (await handle.stat()).size);
  };
  syncBuiltinESMExports();
}

/** Forgets the disk of a folder. */
export function removeDisk(root: string): void {
  disks.delete(root);
}
