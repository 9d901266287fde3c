// Which step of a contract's ladder is due, and a rate that is rounded down. Pure.
import { daysBetween } from '../../../../kernel/clock.ts'

/** '90' … '7', '0' on the last day, 'over' after it: each once. What was slept over is not told afterwards. */
export function stepOf(to_on: string, today: string, ladder: readonly number[]): string | undefined {
  const left = daysBetween(today, to_on)
  if (left < 0) return 'over'
  const step = [0, ...ladder].toSorted((a, b) => a - b).find((d) => left <= d)
  return step === undefined ? undefined : String(step)
}
/** In hundredths of a percent, rounded down; null where nobody has to sign. */
export const rateBp = (signed: number, all: number): number | null => (all === 0 ? null : Math.floor((signed * 10_000) / all))
