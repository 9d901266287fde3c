// The households behind the collection rate (收缴率户数明细): who was billed in these periods, what of it is paid. Part of the contract of this module.
import { z } from 'zod'
import { download, read } from '../../kernel/contract.ts'
import { FenShape, Id, Month, Paging, pageOf } from '../../kernel/shapes.ts'

const RateHouse = z.object({
  house_id: Id, house_label: z.string().meta({ zh: '房号' }), community_name: z.string().meta({ zh: '小区' }), building_name: z.string().meta({ zh: '楼栋' }), owner_names: z.string().meta({ zh: '业主' }),
  bill_count: z.int().meta({ zh: '账单数' }), receivable_fen: FenShape.meta({ zh: '应收' }), received_fen: FenShape.meta({ zh: '已收' }), reduced_fen: FenShape.meta({ zh: '减免' }), moved_fen: FenShape.meta({ zh: '拆并转出' }), open_fen: FenShape.meta({ zh: '未收' }),
})
export type RateHouse = z.output<typeof RateHouse>
const Filter = z.object({ period_from: Month.meta({ zh: '账期起' }), period_to: Month.meta({ zh: '账期止(含)' }), community_id: Id.optional(), building_id: Id.optional(), fee_item_id: Id.optional(), cleared: z.enum(['yes', 'no']).optional().meta({ zh: '是否缴清' }) })

export const rateCalls = {
  rateHouses: read({ zh: '收缴率户数明细', may: 'billing.stats.read', takes: Paging.extend(Filter.shape), gives: pageOf(RateHouse).extend({ receivable_fen_sum: FenShape, received_fen_sum: FenShape, reduced_fen_sum: FenShape, open_fen_sum: FenShape }) }),
  rateHousesExcel: download({ zh: '导出收缴率户数明细', may: 'billing.stats.export', takes: Filter, refuses: ['billing.export_too_large'] }),
}
