import { DamageError, DefinitionError } from "#contract";

/**
 * Whether an error that came after the interrupt is only its echo: reads are rejected and threads stopped by it. What the
 * disk says, and damage, is an error all the same.
 */
export function isByInterrupt(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted || error instanceof DamageError || error instanceof DefinitionError) return false;
  return (error as NodeJS.ErrnoException).syscall === undefined;
}
