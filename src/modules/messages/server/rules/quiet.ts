// Quiet hours (免打扰时段), in the zone of the community (Asia/Shanghai, no summer time). [from, to) on the clock; over midnight when from > to;
// equal clocks mean none.
export interface Quiet {
  quiet_from: string
  quiet_to: string
}
const DAY_MS = 86_400_000
const ZONE_MS = 8 * 3_600_000

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

/** The first instant at or after `now` that is not quiet. */
export function afterQuiet(now: string, quiet: Quiet | null): string {
  if (!quiet || quiet.quiet_from === quiet.quiet_to) return now
  const local = Date.parse(now) + ZONE_MS
  const day = Math.floor(local / DAY_MS) * DAY_MS
  const minute = (local - day) / 60_000
  const [from, to] = [minutesOf(quiet.quiet_from), minutesOf(quiet.quiet_to)]
  const overnight = from > to
  const quietNow = overnight ? minute >= from || minute < to : minute >= from && minute < to
  if (!quietNow) return now
  const endDay = overnight && minute >= from ? day + DAY_MS : day
  return new Date(endDay + to * 60_000 - ZONE_MS).toISOString()
}
