/** Lets `max` pieces of work run at a time; the others wait, first come, first served. */
export type Turns = {
  take<T>(work: () => Promise<T>): Promise<T>;
};

export function createTurns(max: number): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async take(work) {
      if (running >= max) await new Promise<void>((begin) => waiting.push(begin));
      else running++;
      try {
        return await work();
      } finally {
        // The place is handed on, so nobody who comes in between can take it.
        const next = waiting.shift();
        if (next) next();
        else running--;
      }
    },
  };
}
