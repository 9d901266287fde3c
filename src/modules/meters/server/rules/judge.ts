// What a reading is: refused, good, or suspect and why. Pure.
import { compareDecimal } from '../../../../kernel/money.ts'
import { units } from './usage.ts'

export interface Facts {
  /** Of the reading before this period, or the meter's start; the reading itself when the start is not known. */
  previous: string
  reading: string
  rolled: boolean
  whole_digits: number | null
  /** What ran through the meter, carried differences apart. */
  ran: string
  /** A usage above this is suspect; null when there is no history, or it was nothing. */
  high_above: string | null
  /** The most that can run in the days since the last reading; null when not known. */
  possible: string | null
  /** The last reading that was read and not estimated: below it the dial cannot stand. Null when the one before was read. */
  estimated_since: string | null
  /** Sum of the parts (peak, flat, valley …) and of what the total ran may differ by the digits cut off; null without parts. */
  parts_ran: string | null
  parts_count: number
  period_on: string
  read_on: string
  today: string
  /** Day of the reading before, or of the installation. */
  last_on: string
  removed_on: string | null
  /** First day of the nearest later period that has a reading. */
  later_on: string | null
  /** The reading this period has already, if any. */
  existing: string | null
}
export type Doubt = 'high' | 'rolled' | 'over_possible' | 'parts_differ'
export type Verdict =
  | { ok: true; state: 'good' | 'suspect'; doubts: Doubt[] }
  | { ok: false; code: 'meters.reading_back' | 'meters.already_read' | 'meters.removed' | 'meters.later_reading' | 'meters.read_on_out' | 'meters.no_rollover' | 'meters.over_dial' }

/** The rules of entering a reading; a corrected one passes `existing: null`. */
export function judge(f: Facts): Verdict {
  if (f.removed_on !== null && f.removed_on <= f.period_on) return { ok: false, code: 'meters.removed' }
  if (f.existing !== null) return { ok: false, code: 'meters.already_read' }
  if (f.later_on !== null) return { ok: false, code: 'meters.later_reading' }
  if (f.read_on > f.today || f.read_on < f.last_on) return { ok: false, code: 'meters.read_on_out' }
  if (f.whole_digits !== null && compareDecimal(f.reading, `1${'0'.repeat(f.whole_digits)}`) >= 0) return { ok: false, code: 'meters.over_dial' }
  if (f.rolled) {
    if (f.whole_digits === null || compareDecimal(f.reading, f.previous) >= 0) return { ok: false, code: 'meters.no_rollover' }
  } else if (compareDecimal(f.reading, f.previous) < 0) {
    // After an estimate that was too high the dial stands below it, but not below where it was last read.
    if (f.estimated_since === null || compareDecimal(f.reading, f.estimated_since) < 0) return { ok: false, code: 'meters.reading_back' }
  }
  const doubts: Doubt[] = []
  if (f.rolled) doubts.push('rolled')
  if (f.high_above !== null && compareDecimal(f.ran, f.high_above) > 0) doubts.push('high')
  if (f.possible !== null && compareDecimal(f.ran, f.possible) > 0) doubts.push('over_possible')
  if (f.parts_ran !== null) {
    const gap = units(f.parts_ran) - units(f.ran)
    // Each dial cuts off what it does not show: one whole unit a part is the most that reading can lose.
    if ((gap < 0n ? -gap : gap) > BigInt(f.parts_count + 1) * 10_000n) doubts.push('parts_differ')
  }
  return { ok: true, state: doubts.length ? 'suspect' : 'good', doubts }
}
