// How sure a proposal for a bank line is, from why it was made and what stands beside it. Pure.
//   certain  the payment code of this house and of no other: it can be booked by itself
//   likely   the exact sum that the house owes, with its room number or its payer's name, and no other house like that: one press confirms it
//   maybe    everything else: a person looks
export type Why = 'code' | 'room' | 'name' | 'amount'
export type Sure = 'certain' | 'likely' | 'maybe'

const fits = (why: readonly Why[]): boolean => why.includes('amount') && (why.includes('room') || why.includes('name'))

/** In the order of the proposals of one line. */
export function sureOf(proposals: readonly (readonly Why[])[]): Sure[] {
  const coded = proposals.filter((w) => w.includes('code')).length
  if (coded > 0) return proposals.map((w) => (coded === 1 && w.includes('code') ? 'certain' : 'maybe'))
  // The room and the sum say more than a namesake with the same debt.
  const both = proposals.filter((w) => fits(w) && w.includes('room')).length
  const best = (w: readonly Why[]): boolean => (both > 0 ? both === 1 && fits(w) && w.includes('room') : fits(w) && proposals.filter(fits).length === 1)
  return proposals.map((w) => (best(w) ? 'likely' : 'maybe'))
}
