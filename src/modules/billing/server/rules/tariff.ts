// Price versions as a timeline without gaps told apart. Pure.
export interface PriceVersion {
  price_id: string
  /** null: every kind that has no price of its own on the day. */
  house_kind: string | null
  unit_price: string
  from_on: string
  to_on: string | null
}
export interface Segment {
  from_on: string
  to_on: string
  price_id: string
  unit_price: string
}

/** The prices of one kind of house over [from_on, to_on), in order; a price of the kind's own goes before the general one. */
export function segmentsOf(prices: readonly PriceVersion[], house_kind: string, from_on: string, to_on: string): { segments: Segment[]; complete: boolean } {
  const usable = prices.filter((p) => (p.house_kind === null || p.house_kind === house_kind) && p.from_on < to_on && (p.to_on === null || (p.to_on > from_on && p.to_on > p.from_on)))
  const cuts = [...new Set([from_on, to_on, ...usable.flatMap((p) => [p.from_on, p.to_on ?? to_on])])].filter((d) => d >= from_on && d <= to_on).sort()
  const segments: Segment[] = []
  let complete = true
  for (let i = 0; i + 1 < cuts.length; i++) {
    const from = cuts[i]!
    const to = cuts[i + 1]!
    const on = usable.filter((p) => p.from_on <= from && (p.to_on === null || p.to_on >= to))
    const price = on.find((p) => p.house_kind === house_kind) ?? on.find((p) => p.house_kind === null)
    if (!price) {
      complete = false
      continue
    }
    const before = segments.at(-1)
    if (before && before.price_id === price.price_id && before.to_on === from) before.to_on = to
    else segments.push({ from_on: from, to_on: to, price_id: price.price_id, unit_price: price.unit_price })
  }
  return { segments, complete }
}
