// The limitation of a claim (诉讼时效): three years (民法典 188) from the day after it fell due, begun anew by a demand that reached the debtor,
// an acknowledgement, a suit or what is like one (195). What comes after the time is over revives nothing but an acknowledgement (192). Pure.
export interface Interruption {
  on: string
  /** The debtor agreed to pay: counts even when the time was over. */
  acknowledged: boolean
}
const YEARS = 3

/** The same day three years on; 29 February becomes the 28th. */
function later(day: string): string {
  const [y, m, d] = day.split('-') as [string, string, string]
  const year = Number(y) + YEARS
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return `${year}-${m}-${m === '02' && d === '29' && !leap ? '28' : d}`
}

/** The last day on which the claim can be brought. */
export function limitationOf(due_on: string, interruptions: readonly Interruption[]): string {
  let expires = later(due_on)
  for (const i of [...interruptions].sort((a, b) => (a.on < b.on ? -1 : 1))) {
    if (i.on < due_on) continue
    if (i.on <= expires || i.acknowledged) expires = later(i.on)
  }
  return expires
}
