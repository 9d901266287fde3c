// The tariffs that one SQL expression can price: a metered component with a flat price or plain tiers, counted by month or year. Everything
// else goes through the engine; rules/fast.test.ts and billing's tests hold the two together.
import { show } from './exact.ts'
import { cycleStart } from './metering.ts'
import { boundsOf, tierPrice, type MeteredSpec } from './metered_spec.ts'
import type { Component, Version } from './spec.ts'

export interface FastTiers {
  /** Upper bounds but the last, and one price more. Decimals as text. */
  limits: string[]
  prices: string[]
  /** First month of the tier cycle the period lies in. */
  cycle_from: string
}

const PLAIN = new Set(['shape', 'unit', 'price', 'tiers', 'first_price', 'base_price', 'cycle', 'year_start', 'multi_month', 'crossing', 'border', 'part_year', 'class_split', 'quantity_mode'])

export function fastTiers(version: Version, c: Component, period: string): FastTiers | null {
  if (c.spec.shape !== 'metered' || c.when || c.payers) return null
  const s: MeteredSpec = c.spec
  const used = Object.entries(s).filter(([, v]) => v !== undefined).map(([k]) => k)
  const r = c.rounding ?? version.rounding
  const plain = used.every((k) => PLAIN.has(k)) && s.crossing === 'split' && s.part_year === 'full' && r.mode === 'half_up' && r.to === '0.01' && (r.place === 'line' || (r.place === 'total' && version.components.length === 1))
  if (!plain) return null
  const tiers = s.tiers ?? [{ price: s.price ?? '0' }]
  const bounds = s.tiers ? boundsOf(s.tiers) : []
  if (bounds.some((b) => b.per_person || typeof b.bound === 'object')) return null
  return { limits: bounds.slice(0, -1).map((b) => String(b.bound)), prices: tiers.map((t) => show(tierPrice(s, t), 10)), cycle_from: cycleStart(s, period) }
}
