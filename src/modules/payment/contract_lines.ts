// Money received, bill by bill (实收明细): the lines behind every figure of what was received. Taking counts on its day, reversal and refund on theirs.
import { z } from 'zod'
import { download, read } from '../../kernel/contract.ts'
import { Day, FenShape, Id, Month, Paging, pageOf } from '../../kernel/shapes.ts'

export const LineKind = z.enum(['taken', 'reversed', 'refunded']).meta({ zh: '类别' })
export const TakenLine = z.object({
  on: Day.meta({ zh: '日期' }),
  kind: LineKind,
  payment_id: Id.nullable(),
  receipt_no: z.string().meta({ zh: '收据号' }),
  bill_id: Id,
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  community_name: z.string().meta({ zh: '小区' }),
  fee_item_name: z.string().meta({ zh: '收费项目' }),
  period: Month.meta({ zh: '账期' }),
  /** Reversals and refunds are negative. */
  amount_fen: FenShape.meta({ zh: '金额' }),
  taken_by_name: z.string().meta({ zh: '收费员' }),
})
export type TakenLine = z.output<typeof TakenLine>
export const LineFilter = z.object({
  from_on: Day.meta({ zh: '日期起' }),
  to_on: Day.meta({ zh: '日期止' }),
  community_id: Id.optional(),
  building_id: Id.optional(),
  house_id: Id.optional(),
  fee_item_id: Id.optional(),
  /** A collector; all zeros: nobody, that is online or taken off prepayment by itself. */
  taken_by: Id.optional().meta({ zh: '收费员' }),
  /** net: taken and reversed, without what was refunded. */
  kind: z.enum([...LineKind.options, 'net']).optional().meta({ zh: '类别' }),
  period_from: Month.optional().meta({ zh: '账期起' }),
  period_to: Month.optional().meta({ zh: '账期止(含)' }),
})
export const lineCalls = {
  takenLines: read({ zh: '实收明细', may: 'payment.report.read', takes: Paging.extend(LineFilter.shape), gives: pageOf(TakenLine).extend({ amount_fen: FenShape }) }),
  takenLinesExcel: download({ zh: '导出实收明细', may: 'payment.report.export', takes: LineFilter, refuses: ['payment.lines_too_many'] }),
}
