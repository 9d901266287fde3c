// Fee items priced by a tariff: which versions a run uses, and whether one SQL expression can price them.
import type { Scope } from '../../../kernel/scope.ts'
import { fastTiers, storedTariffs, type FastTiers, type Tariff } from '../../tariff/server/index.ts'
import type { PlanItem } from './plan.ts'

export interface TariffItem {
  item: PlanItem
  /** The component of the item, and what it is a percentage of. */
  tariff: Tariff
  version_ids: string[]
  /** Version in force on the first day of the window. */
  version_id: string
  fast: FastTiers | null
}

function only(t: Tariff, code: string): Tariff {
  return {
    ...t,
    versions: t.versions.map((v) => {
      const own = v.components.find((c) => c.code === code)
      const needed = own?.spec.shape === 'percent' ? own.spec.of : []
      return { ...v, components: v.components.filter((c) => c.code === code || needed.includes(c.code)) }
    }),
  }
}

/** By fee item; an item whose tariff has no version in its window is left out and counts as unpriced. */
export async function tariffItems(scope: Scope, items: readonly PlanItem[], period: string): Promise<Map<string, TariffItem>> {
  const due = items.filter((i) => i.shape === 'tariff' && i.window)
  const stored = await storedTariffs(scope, [...new Set(due.map((i) => i.tariff_id!))])
  return new Map(
    due.flatMap((item): [string, TariffItem][] => {
      const s = stored.get(item.tariff_id!)
      const w = item.window!
      const at = s ? s.tariff.versions.findLastIndex((v) => v.from_on! <= w.from_on) : -1
      if (!s || at < 0) return []
      const version = s.tariff.versions[at]!
      const component = version.components.find((c) => c.code === item.component)
      const changes = s.tariff.versions.some((v) => v.from_on! > w.from_on && v.from_on! < w.to_on)
      const fast = component && !changes && item.meter_kind ? fastTiers(version, component, period) : null
      return [[item.fee_item_id, { item, tariff: only(s.tariff, item.component!), version_ids: s.version_ids, version_id: s.version_ids[at]!, fast }]]
    }),
  )
}
