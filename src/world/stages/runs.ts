// What the months are made of: events at an instant, and charge runs drafted by one person and published by another.
import { isRefusal } from '../caller.ts'
import type { CommunityKey } from '../plan/shapes.ts'
import { keyOf, must, type Town } from '../town.ts'
import { billing } from '../../modules/billing/contract.ts'

export interface Event {
  /** Unique in the company. */
  key: string
  day: string
  time: string
  run: () => Promise<number | void>
}
export const drafter = (t: Town) => must(t, t.company.key === 'anju' ? 'shoufei1' : 'huixin-shoufei')
export const publisher = (t: Town) => must(t, t.company.key === 'anju' ? 'caiwu' : 'huixin-caiwu')
/** Drafted by one, published by another. `draft_only` leaves it to whoever tries the sample. */
export async function bill(t: Town, community: CommunityKey, month: string, name: string, codes: string[], o: { draft_only?: boolean; house_id?: string } = {}): Promise<void> {
  const fee_item_ids = codes.map((c) => t.ids.fee.get(keyOf(community, c))!)
  const made = await t.road.call(drafter(t), ['run', community, month, name], billing.createRun, { community_id: t.ids.community.get(community)!, period: month, fee_item_ids, ...(o.house_id ? { house_id: o.house_id } : {}) })
  if (o.draft_only) return
  const publish = (input_hash: string, ...again: string[]) => t.road.call(publisher(t), ['publish', community, month, name, ...again], billing.publishRun, { run_id: made.run_id, input_hash })
  try {
    await publish(made.input_hash)
  } catch (error) {
    // Whoever tries the sample while it is loaded may have changed a house, or published the draft himself.
    if (isRefusal(error, 'billing.run_not_draft')) return
    if (!isRefusal(error, 'billing.preview_stale')) throw error
    const seen = await t.road.ask(drafter(t), billing.previewRun, { run_id: made.run_id })
    await publish(seen.input_hash, seen.input_hash)
  }
}
