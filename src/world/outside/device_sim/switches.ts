// What a meter can be told to do, written from the standards (DL/T 645-2007 7.3 and annex C; CJ/T 188-2004 chapter 7), not from our codecs: a relay with its password, its clock and
// its own reasons not to move; a valve of the standard or of a maker. They misbehave as such things do: contacts welded, a valve that sticks, a clock that is fast.

export interface SimRelay {
  /** As printed by whoever installed it, highest digit first. */
  level: string
  password: string
  operator?: string
  is_open: boolean
  /** What was wanted last (bit 6), whether or not the contacts followed. */
  wanted_open: boolean
  /** Contacts that do not part any more. */
  welded?: boolean
  protected?: boolean
  wrong_count: number
  /** After three wrong passwords nobody is let in for a day. */
  locked_until_ms: number
  clock_ms: () => number
  /** How long the contacts take. */
  moves_ms?: number
  /** What was carried out. */
  done: string[]
}
export interface SimValve {
  /** 0 open, 1 shut, 3 neither. */
  position: number
  open_code: number
  shut_code: number
  /** This maker wants A0 17, others 17 A0. */
  high_first: boolean
  kind?: number
  sticks?: boolean
  moves_ms?: number
  low_battery?: boolean
}
export const relayOf = (o: Partial<SimRelay> = {}): SimRelay => ({ level: '02', password: '123456', is_open: false, wanted_open: false, wrong_count: 0, locked_until_ms: 0, clock_ms: Date.now, done: [], ...o })
export const valveOf = (o: Partial<SimValve> = {}): SimValve => ({ position: 0, open_code: 0x55, shut_code: 0x99, high_first: false, ...o })

const TRIES = 3
const DAY_MS = 86_400_000
const BEIJING_MS = 8 * 3_600_000
const bcd = (b: number): number => (b >> 4) * 10 + (b & 15)
const text = (b: readonly number[]): string => [...b].reverse().map((x) => x.toString(16).toUpperCase().padStart(2, '0')).join('')
const later = (ms: number | undefined, f: () => void): void => { if (ms) setTimeout(f, ms).unref(); else f() }
/** Bits of the error word (annex C): others, no such data, password or right. */
const OTHER = 1
const PASSWORD = 4

/** The data of 1CH without the 33H; null: done and answered so, else the error word. */
export function controlRelay(r: SimRelay, data: readonly number[]): number | null {
  if (data.length !== 16) return OTHER
  const now = r.clock_ms()
  if (now < r.locked_until_ms) return PASSWORD
  if (text(data.slice(0, 1)) !== r.level || text(data.slice(1, 4)) !== r.password || (r.operator !== undefined && text(data.slice(4, 8)) !== r.operator)) {
    r.wrong_count++
    if (r.wrong_count >= TRIES) r.locked_until_ms = now + DAY_MS
    return PASSWORD
  }
  r.wrong_count = 0
  const [ss, mm, hh, day, month, year] = data.slice(10, 16).map(bcd) as [number, number, number, number, number, number]
  if (Date.UTC(2000 + year, month - 1, day, hh, mm, ss) - BEIJING_MS < now) return OTHER
  const what = text(data.slice(8, 9))
  const move = (open: boolean): void => {
    r.wanted_open = open
    later(r.moves_ms, () => { if (!r.welded) r.is_open = open })
  }
  if (what === '1A') {
    if (r.protected) return OTHER
    move(true)
  } else if (what === '1B') r.wanted_open = false
  else if (what === '1C') move(false)
  else if (what === '3A') r.protected = true
  else if (what === '3B') r.protected = false
  else return OTHER
  r.done.push(what)
  return null
}
/** After a permit whoever lives there presses the key of the meter. */
export const pressKey = (r: SimRelay): void => { if (!r.wanted_open && !r.welded) r.is_open = false }
/** Running states, word 3, low byte first: bit 4 the relay, bit 6 what was wanted, bit 12 protected. */
export const stateWord3 = (r: SimRelay): number[] => [(r.is_open ? 0x10 : 0) | (r.wanted_open ? 0x40 : 0), r.protected ? 0x10 : 0]

/** Status word of CJ/T 188: the valve in the two lowest bits, the battery in the next. */
export const valveStatus = (v: SimValve): number[] => [v.position | (v.low_battery ? 4 : 0), 0]
/** The data of 04H, from the identifier on; null: it is not for the valve, or no code of this maker. */
export function controlValve(v: SimValve, kind: number, data: readonly number[]): number[] | null {
  const [a, b, serial, code] = data
  if (!(v.high_first ? a === 0xa0 && b === 0x17 : a === 0x17 && b === 0xa0) || (v.kind !== undefined && kind !== v.kind)) return null
  const to = code === v.open_code ? 0 : code === v.shut_code ? 1 : null
  if (to === null) return null
  const before = valveStatus(v)
  later(v.moves_ms, () => { v.position = v.sticks ? 3 : to })
  return [a!, b!, serial!, ...before]
}
