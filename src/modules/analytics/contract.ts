import { z } from 'zod'
import { contract, read } from '../../kernel/contract.ts'
import { FenShape, Id, Needed } from '../../kernel/shapes.ts'
import { HouseKind, HouseState } from '../property/contract.ts'

/** One cell of the house board (房态图). arrears_fen is 0 for people without the right to see money. */
export const BoardCell = z.object({
  house_id: Id,
  unit_no: z.string().nullable(),
  floor_no: z.int(),
  room_no: z.string(),
  label: z.string(),
  kind: HouseKind,
  state: HouseState,
  owner_names: z.string(),
  arrears_fen: FenShape,
  arrears_count: z.int(),
})

export const Found = z.object({
  kind: z.enum(['house', 'person', 'vehicle', 'bill', 'receipt']),
  id: z.string(),
  /** The house to open, where there is one. */
  house_id: Id.nullable(),
  title: z.string(),
  detail: z.string(),
})

export const analytics = contract('analytics', {
  /** One search box (REG-07): 1-2-301, 1栋2单元301, 1栋301, a name, pinyin initials, the last four digits of a phone, a plate, a receipt number. */
  search: read({ zh: '全局搜索', may: 'property.house.read', takes: z.object({ q: Needed(40), limit: z.int().min(1).max(30).default(12) }), gives: z.object({ rows: z.array(Found) }) }),
  houseBoard: read({ zh: '房态图', may: 'property.house.read', takes: z.object({ building_id: Id }), gives: z.object({ building_name: z.string(), shows_money: z.boolean(), cells: z.array(BoardCell) }) }),
  /** What needs me today (BI-01): cards with a count and the address of the list behind it. */
  workbench: read({
    zh: '工作台',
    may: 'signed_in',
    takes: z.object({ community_id: Id.optional() }),
    gives: z.object({
      /** What a new company does next, in order; empty once it takes money. */
      setup: z.array(z.object({ code: z.string(), zh: z.string(), why: z.string(), path: z.string(), done: z.boolean() })),
      todos: z.array(z.object({ code: z.string(), zh: z.string(), count: z.int(), path: z.string() })),
      figures: z.array(z.object({ code: z.string(), zh: z.string(), value: z.string(), unit: z.string(), path: z.string().nullable(), compare: z.string().nullable() })),
      /** Receivable and received of the last 12 months, in fen. */
      months: z.array(z.object({ month: z.string(), receivable_fen: FenShape, received_fen: FenShape })),
    }),
  }),
})
export const events = {}
