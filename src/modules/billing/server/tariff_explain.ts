// How a bill's amount came from its tariff: computed again from what the bill keeps and the version it names, which never changes.
import { fen, trimDecimal, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { priced, storedTariffs, storedVersions, type Tariff, type Values } from '../../tariff/server/index.ts'

export interface TariffBill {
  shape: string
  price_id: string
  component: string | null
  period_on: string
  quantity: string
  used_before: string | null
  inputs: Values | null
  days: number
  days_of: number
  amount_fen: number
}
export interface TariffText {
  text: string
  /** What the inputs come to today; differs from the bill never (B3). */
  amount_fen: number | null
}

const valuesOf = (b: TariffBill): Values => b.inputs ?? { usage: trimDecimal(b.quantity), usage_to_date: trimDecimal(b.used_before ?? '0'), period: b.period_on.slice(0, 7) }

function explained(t: Tariff, b: TariffBill): TariffText {
  const p = priced(t, valuesOf(b))
  const own = p.quote?.components.find((c) => c.code === b.component)
  if (!own) return { text: `按价目计算 = ${yuanGrouped(fen(b.amount_fen))} 元`, amount_fen: null }
  const lines = own.lines.map((l) => l.text).join(';')
  if (b.days === 0) return { text: own.lines.length > 1 ? `${lines};合计 ${yuanGrouped(fen(b.amount_fen))} 元` : lines, amount_fen: own.amount_fen }
  return { text: `${lines};按天分摊 ${b.days}/${b.days_of} = ${yuanGrouped(fen(b.amount_fen))} 元`, amount_fen: Math.abs(own.amount_fen * b.days - b.amount_fen * b.days_of) < b.days_of ? b.amount_fen : null }
}

/** Texts of the bills priced by tariffs, in the order given; null for the others. */
export async function tariffTexts(scope: Scope, bills: readonly TariffBill[]): Promise<(TariffText | null)[]> {
  const versions = [...new Set(bills.filter((b) => b.shape === 'tariff').map((b) => b.price_id))]
  if (versions.length === 0) return bills.map(() => null)
  const of = await storedVersions(scope, versions)
  const tariffs = await storedTariffs(scope, [...new Set(of.values())])
  return bills.map((b) => {
    const stored = b.shape === 'tariff' ? tariffs.get(of.get(b.price_id) ?? '') : undefined
    return stored ? explained(stored.tariff, b) : null
  })
}

/** Rows with the texts of those that a tariff priced; asks nothing when there are none. */
export async function withTariffTexts<T extends TariffBill>(scope: Scope, rows: readonly T[]): Promise<(T & { text: string | null })[]> {
  const texts = await tariffTexts(scope, rows)
  return rows.map((r, i) => ({ ...r, text: texts[i]?.text ?? null }))
}
