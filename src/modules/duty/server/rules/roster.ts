// Rosters as pure rules: what a cycle gives, what a month before gives, where persons are missing, who stands in two places, who stands too long.
import { addDays, addMonths, daysBetween } from '../../../../kernel/clock.ts'
import type { Hole, Pattern, Shift } from '../../shapes.ts'

const ZONE = '+08:00'
const MINUTE = 60_000
const DAY = 1440
const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))
/** A shift that ends no later than it begins ends the next day; from 08:00 to 08:00 is a whole day. */
export const lengthOf = (s: Pick<Shift, 'from_time' | 'to_time'>): number => {
  const from = minutesOf(s.from_time)
  const to = minutesOf(s.to_time)
  return to <= from ? to + DAY - from : to - from
}
export function spanOf(on_day: string, s: Pick<Shift, 'from_time' | 'to_time'>): { starts_at: string; ends_at: string } {
  const start = Date.parse(`${on_day}T00:00:00${ZONE}`) + minutesOf(s.from_time) * MINUTE
  return { starts_at: new Date(start).toISOString(), ends_at: new Date(start + lengthOf(s) * MINUTE).toISOString() }
}
export interface Cell {
  on_day: string
  shift_id: string
  account_ids: string[]
}
export function daysOf(month: string): string[] {
  const end = `${addMonths(month, 1)}-01`
  const out: string[] = []
  for (let d = `${month}-01`; d < end; d = addDays(d, 1)) out.push(d)
  return out
}
/** Every cell of the span, empty ones too, so that what stood there goes. */
export function cellsOf(p: Pattern, from_on: string, to_on: string, shift_ids: readonly string[]): Cell[] {
  const out: Cell[] = []
  const n = p.cycle.length
  for (let day = from_on; day <= to_on; day = addDays(day, 1)) {
    const step = daysBetween(p.anchor_on, day)
    const at = new Map<string, Set<string>>(shift_ids.map((s) => [s, new Set()]))
    for (const g of p.groups) {
      const shift = p.cycle[(((step + g.offset) % n) + n) % n]
      if (shift) for (const a of g.account_ids) at.get(shift)?.add(a)
    }
    for (const [shift_id, set] of at) out.push({ on_day: day, shift_id, account_ids: [...set] })
  }
  return out
}
/** From which day of the month before a day takes its roster; undefined where that month has no such day. */
export function sourceDay(day: string, by: 'day' | 'weekday'): string | undefined {
  const before = addMonths(day.slice(0, 7), -1)
  if (by === 'weekday') return addDays(day, -28).startsWith(before) ? addDays(day, -28) : addDays(day, -35)
  const same = `${before}-${day.slice(8)}`
  return daysOf(before).includes(same) ? same : undefined
}
interface Placed {
  on_day: string
  shift_id: string
  account_id: string
}
export function holesOf(days: readonly string[], shifts: readonly Pick<Shift, 'shift_id'>[], entries: readonly Placed[], want: { min_persons: number; min_certified: number }, certified: (e: Placed) => boolean): Hole[] {
  const at = new Map<string, Placed[]>()
  for (const e of entries) at.set(`${e.on_day} ${e.shift_id}`, [...(at.get(`${e.on_day} ${e.shift_id}`) ?? []), e])
  return days.flatMap((on_day) => shifts.flatMap(({ shift_id }) => {
    const here = at.get(`${on_day} ${shift_id}`) ?? []
    const have_certified = want.min_certified > 0 ? here.filter(certified).length : 0
    return here.length >= want.min_persons && have_certified >= want.min_certified ? [] : [{ on_day, shift_id, have: here.length, want: want.min_persons, have_certified, want_certified: want.min_certified }]
  }))
}
export interface Spell {
  key: string
  account_id: string
  starts_at: string
  ends_at: string
  room_name: string
}
/** Per spell: with which others of the same person it overlaps. */
export function doublesOf(spells: readonly Spell[]): Map<string, Spell[]> {
  const out = new Map<string, Spell[]>()
  for (const mine of Map.groupBy(spells, (s) => s.account_id).values()) {
    const list = mine.toSorted((a, b) => a.starts_at.localeCompare(b.starts_at))
    for (const [i, a] of list.entries())
      for (let j = i + 1; j < list.length && list[j]!.starts_at < a.ends_at; j++) {
        const b = list[j]!
        out.set(a.key, [...(out.get(a.key) ?? []), b])
        out.set(b.key, [...(out.get(b.key) ?? []), a])
      }
  }
  return out
}
/** Spells that belong to a stretch without a break, longer than `max_hours`: how many hours it is. */
export function longOf(spells: readonly Spell[], max_hours: number): Map<string, number> {
  const out = new Map<string, number>()
  for (const mine of Map.groupBy(spells, (s) => s.account_id).values()) {
    let run: Spell[] = []
    let end = ''
    const close = (): void => {
      const hours = run.length ? (Date.parse(end) - Date.parse(run[0]!.starts_at)) / 3_600_000 : 0
      if (hours > max_hours) for (const s of run) out.set(s.key, hours)
    }
    for (const s of mine.toSorted((a, b) => a.starts_at.localeCompare(b.starts_at))) {
      if (run.length && s.starts_at > end) {
        close()
        run = []
        end = ''
      }
      run.push(s)
      if (s.ends_at > end) end = s.ends_at
    }
    close()
  }
  return out
}
export interface At extends Pick<Shift, 'shift_id' | 'name'> {
  on_day: string
  starts_at: string
  ends_at: string
}
const around = (on_day: string, shifts: readonly Shift[], days: readonly number[]): At[] => days.flatMap((n) => shifts.map((s) => ({ on_day: addDays(on_day, n), shift_id: s.shift_id, name: s.name, ...spanOf(addDays(on_day, n), s) })))
/** The shift to which one hands over: the first that begins when this one ends, or after it where the room stands empty between. */
export const nextOf = (on_day: string, s: Shift, shifts: readonly Shift[]): At | undefined => {
  const end = spanOf(on_day, s).ends_at
  return around(on_day, shifts, [0, 1, 2]).filter((x) => x.starts_at >= end).toSorted((a, b) => a.starts_at.localeCompare(b.starts_at) || a.ends_at.localeCompare(b.ends_at))[0]
}
/** From which one takes over: the last that ended when this one begins. */
export const previousOf = (on_day: string, s: Shift, shifts: readonly Shift[]): At | undefined => {
  const start = spanOf(on_day, s).starts_at
  return around(on_day, shifts, [-2, -1, 0]).filter((x) => x.ends_at <= start).toSorted((a, b) => b.ends_at.localeCompare(a.ends_at) || b.starts_at.localeCompare(a.starts_at))[0]
}
