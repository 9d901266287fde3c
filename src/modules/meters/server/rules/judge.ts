// What a reading is: refused, good, or suspect. Pure.
import { compareDecimal } from '../../../../kernel/money.ts'

export interface Facts {
  /** Of the reading before this period, or the meter's start. */
  previous: string
  reading: string
  usage: string
  /** Three times the mean usage of the last six readings; null when there is none. */
  mean_x3: string | null
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
export type Verdict = { ok: true; state: 'good' | 'suspect' } | { ok: false; code: 'meters.reading_back' | 'meters.already_read' | 'meters.removed' | 'meters.later_reading' | 'meters.read_on_out' }

/** The rules of entering a reading; a corrected one passes `existing: null`. */
export function judge(f: Facts): Verdict {
  if (f.removed_on !== null && f.removed_on <= f.period_on) return { ok: false, code: 'meters.removed' }
  if (f.existing !== null) return { ok: false, code: 'meters.already_read' }
  if (f.later_on !== null) return { ok: false, code: 'meters.later_reading' }
  if (f.read_on > f.today || f.read_on < f.last_on) return { ok: false, code: 'meters.read_on_out' }
  if (compareDecimal(f.reading, f.previous) < 0) return { ok: false, code: 'meters.reading_back' }
  // A mean of nothing says nothing: the first water of an empty house is not suspect.
  const suspect = f.mean_x3 !== null && compareDecimal(f.mean_x3, '0') > 0 && compareDecimal(f.usage, f.mean_x3) > 0
  return { ok: true, state: suspect ? 'suspect' : 'good' }
}
