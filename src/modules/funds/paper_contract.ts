// Papers of the fund: receipts, the ledger of a house, and what is disclosed to the owners. Part of the contract, apart for length.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Day, FenShape, Id, Paging, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { StatementLine, StatementRange } from './shapes.ts'
import { UseState } from './use_contract.ts'

export const Figures = z.object({
  rows: z.array(StatementLine),
  total: StatementLine.omit({ building_id: true, building_name: true }),
  bank_fen: FenShape,
  /** Uses whose split was booked in the period. */
  uses: z.array(z.object({ use_id: Id, title: z.string(), scope_text: z.string(), state: UseState, invoice_fen: FenShape, house_count: z.int() })),
})
export type Figures = z.output<typeof Figures>
export const Disclosure = z.object({
  disclosure_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  from_on: Day.meta({ zh: '起(含)' }),
  to_on: Day.meta({ zh: '止(含)' }),
  version: z.int().meta({ zh: '版次' }),
  figures: Figures,
  note: z.string().nullable().meta({ zh: '说明' }),
  posted_on: Day.meta({ zh: '公示日' }),
  posted_by_name: z.string().nullable().meta({ zh: '公示人' }),
})
export type Disclosure = z.output<typeof Disclosure>

export const paperCalls = {
  /** Draws a number the first time; after that counts the prints. */
  issueReceipt: write({ zh: '开具缴存收据', may: 'funds.deposit.take', takes: Repeatable.extend({ entry_id: Id }), gives: z.object({ receipt_no: z.string(), print_count: z.int() }), refuses: ['funds.no_receipt'] }),
  receiptPdf: download({ zh: '打印缴存收据', may: 'funds.fund.read', takes: z.object({ entry_id: Id }), refuses: ['funds.no_receipt'] }),
  accountPdf: download({ zh: '打印分户账', may: 'funds.fund.read', takes: z.object({ house_id: Id }) }),

  publishFund: write({ zh: '公示维修资金', may: 'funds.disclosure.publish', takes: Repeatable.extend({ ...StatementRange.shape, note: Text(300).optional().meta({ zh: '说明' }) }), gives: z.object({ disclosure_id: Id, version: z.int() }), refuses: ['funds.dates_reversed', 'funds.future', 'funds.version_note'] }),
  disclosures: read({ zh: '维修资金公示', may: 'funds.fund.read', takes: Paging.extend({ community_id: Id.optional() }), gives: pageOf(Disclosure) }),
  disclosurePdf: download({ zh: '打印维修资金公示', may: 'funds.fund.read', takes: z.object({ disclosure_id: Id }) }),
  myFundDisclosures: read({ zh: '维修资金公示', may: 'resident', takes: Paging.extend({ house_id: Id }), gives: pageOf(Disclosure) }),
}
