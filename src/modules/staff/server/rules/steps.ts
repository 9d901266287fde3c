// Which step of a ladder is due. Pure: the smallest that is not over yet; what was slept over is not told afterwards.
import { daysBetween } from '../../../../kernel/clock.ts'

export function stepOf(last_on: string, today: string, ladder: readonly number[]): string | undefined {
  const left = daysBetween(today, last_on)
  if (left < 0) return 'over'
  const step = ladder.toSorted((a, b) => a - b).find((d) => left <= d)
  return step === undefined ? undefined : String(step)
}
/** The first step: from here on it is near. */
export const far = (ladder: readonly number[]): number => Math.max(...ladder)
