// Who looks after which building (管家分工). Part of the contract of this module.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Instant, Repeatable } from '../../kernel/shapes.ts'

const Spell = z.object({ account_id: Id, steward_name: z.string().meta({ zh: '管家' }), from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().meta({ zh: '止(不含)' }), assigned_by_name: z.string().meta({ zh: '安排人' }), assigned_at: Instant.meta({ zh: '安排时间' }) })
export const StewardRow = z.object({
  building_id: Id,
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  building_name: z.string().meta({ zh: '楼栋' }),
  house_count: z.int().meta({ zh: '户数' }),
  /** In charge on the day asked for. */
  steward: Spell.nullable(),
  next: Spell.nullable(),
})
export type StewardRow = z.output<typeof StewardRow>
const Filter = z.object({ community_id: Id.optional(), account_id: Id.optional().meta({ zh: '管家' }), on_day: Day.optional().meta({ zh: '日期' }), without: z.boolean().optional().meta({ zh: '只看没有管家的' }) })

export const stewardCalls = {
  /** Buildings within reach, at most 2,000; today when no day is asked for. */
  stewards: read({ zh: '管家分工', may: 'property.house.read', takes: Filter, gives: z.object({ rows: z.array(StewardRow), people: z.array(z.object({ account_id: Id, name: z.string(), post: z.string().nullable() })) }) }),
  stewardsExcel: download({ zh: '导出管家分工', may: 'property.house.export', takes: Filter }),
  stewardHistory: read({ zh: '楼栋的管家历史', may: 'property.house.read', takes: z.object({ building_id: Id }), gives: z.object({ rows: z.array(Spell) }) }),
  /** From a day on, until another takes over; without account nobody. What begins later than that day is replaced. */
  assignSteward: write({
    zh: '安排管家',
    may: 'property.building.write',
    takes: Repeatable.extend({ building_ids: z.array(Id).min(1, '请选择楼栋').max(200), account_id: Id.nullable().meta({ zh: '管家' }), from_on: Day.meta({ zh: '起' }) }),
    gives: z.object({ count: z.int() }),
    refuses: ['property.steward_gone', 'property.steward_past'],
  }),
}
