// The only place that reads the time. Tests and the sample year move it.
let fixed_ms: number | undefined

export const ZONE = 'Asia/Shanghai'
const dayFormat = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit' })

export const nowMs = (): number => fixed_ms ?? Date.now()
/** For limits of waiting: goes on while tests hold the clock, and is not set back when the machine's is. */
export const steadyMs = (): number => performance.now()
export const nowIso = (): string => new Date(nowMs()).toISOString()
/** The business day of an instant in the community's zone. China has one zone and no summer time. */
export const dayOf = (instant: string | number): string => dayFormat.format(new Date(instant))
const minuteFormat = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short', timeStyle: 'short' })
/** An instant as papers and sheets show it: `2026-10-05 09:30` in the community's zone. The stored text is UTC, eight hours behind. */
export const minuteText = (instant: string | null): string => (instant ? minuteFormat.format(new Date(instant)) : '')
export const today = (): string => dayOf(nowMs())

/** For tests and the sample world only. */
export function setClock(iso: string | undefined): void {
  fixed_ms = iso === undefined ? undefined : new Date(iso).getTime()
}

export function addDays(day: string, n: number): string {
  const d = new Date(`${day}T00:00:00Z`)
  d.setUTCDate(d.getUTCDate() + n)
  return d.toISOString().slice(0, 10)
}
export function daysBetween(from_on: string, to_on: string): number {
  return Math.round((Date.parse(`${to_on}T00:00:00Z`) - Date.parse(`${from_on}T00:00:00Z`)) / 86_400_000)
}
export function addMonths(month: string, n: number): string {
  const [y, m] = month.split('-').map(Number) as [number, number]
  const t = y * 12 + (m - 1) + n
  return `${String(Math.floor(t / 12)).padStart(4, '0')}-${String((t % 12) + 1).padStart(2, '0')}`
}
