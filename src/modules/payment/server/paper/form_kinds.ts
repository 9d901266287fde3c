// Which papers of this module are laid out by template.
import { sql } from 'kysely'
import { fen } from '../../../../kernel/money.ts'
import { renderPdf, type BUILT_IN, type ReceiptData } from '../../../../kernel/print/index.ts'
import type { FormKind, Paper } from '../../../forms/server/index.ts'
import { seen } from '../access.ts'
import { depositForm } from '../deposit_rows.ts'
import { refundForm } from '../refund_rows.ts'
import { receiptOf } from '../receipts.ts'
import { shiftForm } from '../shift_paper.ts'

const example: ReceiptData = {
  company_name: '示例公司', community_name: '示例小区', receipt_no: '示例-000001', received_on: '2026-01-01', payer_name: '示例', house_name: '1-1-101',
  lines: [{ item: '物业服务费', period: { first_on: '2026-01-01', last_on: '2026-01-31' }, working: '还没有收据,用示例预览', due_fen: fen(100), paid_fen: fen(100) }],
  tenders: [{ name: '现金', amount_fen: fen(100) }], prepaid_used_fen: fen(0), prepaid_added_fen: fen(0), arrears_fen: fen(0), cashier_name: '示例', qr_text: '示例', reprint_count: 0, voided: false,
}
const receiptForm: FormKind = {
  kind: 'payment.receipt', zh: '收款收据', note: '收费台收款、业主手机缴费后打印;标题、脚注留空时用「参数设置 → 单据」的文字', sole: true,
  papers: { a5: 'receipt_a5', roll: 'receipt_80mm', third: 'receipt_three_copy', half: 'receipt_two_copy', a4: 'receipt_a4' },
  columns: [{ key: 'item', zh: '收费项目', must: true }, { key: 'period', zh: '计费期间' }, { key: 'working', zh: '计算过程' }, { key: 'due', zh: '应收' }, { key: 'paid', zh: '本次实收', must: true }],
  blocks: [
    { key: 'community', zh: '小区名称' }, { key: 'payer', zh: '交款人' }, { key: 'tenders', zh: '收款方式' }, { key: 'prepaid', zh: '预存' }, { key: 'remark', zh: '备注' }, { key: 'arrears', zh: '尚欠' },
    { key: 'stamp', zh: '收款单位盖章' }, { key: 'cashier', zh: '收款人' }, { key: 'payer_sign', zh: '交款人签字' }, { key: 'qr', zh: '查验二维码' },
  ],
  params: [],
  subjects: async (scope, { community_id }) => {
    const { rows } = await sql<{ subject_id: string; label: string }>`select p.payment_id as subject_id, p.receipt_no || ' ' || h.label as label from payment.payment p join property.house h on h.company_id = ${scope.company_id} and h.house_id = p.house_id
      where p.company_id = ${scope.company_id} and ${seen(scope, 'p')} ${community_id ? sql`and p.community_id = ${community_id}` : sql``} order by p.taken_at desc, p.payment_id desc limit 20`.execute(scope.db)
    return rows
  },
  draw: async (scope, subject_id, d) => {
    const data = subject_id ? (await receiptOf(scope, subject_id, 0)).data : example
    return renderPdf(TEMPLATE_OF[d.paper], data, { design: d.print })
  },
}
const TEMPLATE_OF = receiptForm.papers as Record<Paper, Extract<keyof typeof BUILT_IN, `receipt_${string}`>>
export const paymentForms: readonly FormKind[] = [receiptForm, depositForm, refundForm, shiftForm]
