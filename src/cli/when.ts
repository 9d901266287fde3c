// Instants as the command line reads and writes them: Beijing time, minutes or seconds.
import { UsageError } from './command.ts'

/** '2026-11-27 15:00:30' */
export const instantText = (iso: string): string => new Date(Date.parse(iso) + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')

/** '2026-11-27 15:00[:30]' as an instant. */
export function readInstant(text: string, option: string): string {
  const m = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d)?$/.exec(text)
  const at = m ? new Date(`${m[1]}T${m[2]}${m[3] ?? ':00'}+08:00`) : undefined
  // 2026-02-30 becomes 2 March.
  if (!at || Number.isNaN(at.getTime()) || instantText(at.toISOString()) !== `${m![1]} ${m![2]}${m![3] ?? ':00'}`) throw new UsageError(`${option} 后面写北京时间,如 '2026-11-27 15:00:00'`)
  return at.toISOString()
}
