// While a spending request is being written: what the budget has left, and what would be flagged, as the approver will read it.
import { Alert, Form } from 'antd'
import { useRead } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { money } from '../../../ui/format.ts'
import type { BookName } from '../../ledger/contract.ts'
import { spending } from '../contract.ts'
import { words } from '../words.ts'

export function BudgetCheck() {
  const form = Form.useFormInstance()
  const v = (Form.useWatch((all: Record<string, unknown>) => ({ community_id: all['community_id'], book: all['book'], account_code: all['account_code'], supplier_name: all['supplier_name'] ?? '', amount_fen: all['amount_fen'] }), form) ?? {})
  const asked = spending.checkSpending.takes.safeParse(v)
  const check = useRead(spending.checkSpending, (asked.data ?? { community_id: '', book: 'company', account_code: '', supplier_name: '', amount_fen: 1 }), { enabled: asked.success, keep: true })
  const { community_id, book, amount_fen } = v as { community_id?: string; book?: BookName; amount_fen?: number }
  const held = community_id && book ? <BookHeld community_id={community_id} book={book} amount_fen={typeof amount_fen === 'number' ? amount_fen : 0} /> : null
  if (!asked.success || !check.data) return held
  const { budget_fen, used_fen, flags } = check.data
  return (
    <div className="hy-stack" role="status" aria-label="预算核对">
      {held}
      {budget_fen === null ? <span className="hy-muted">该科目没有设预算。</span> : <span>预算 <MoneyText fen={budget_fen} /> 元,已用与申请中 <MoneyText fen={used_fen} /> 元,本次后余 <MoneyText fen={budget_fen - used_fen - asked.data.amount_fen} strong /> 元。</span>}
      {flags.length ? <Alert type="warning" showIcon title={`将标为异常,提交后审批人可见:${flags.map((f) => `${words.states?.['flag']?.[f.code] ?? f.code}(${f.detail})`).join(';')}`} /> : null}
    </div>
  )
}

/** What the book has, beside what is to go out of it: nothing stops here, the person who asks or pays is to know. `waits`: this request is among those that wait. */
export function BookHeld({ community_id, book, amount_fen, waits = false }: { community_id: string; book: BookName; amount_fen: number; waits?: boolean }) {
  const d = useRead(spending.bookHeld, { community_id, book }, { stale_ms: 0 }).data
  if (!d) return null
  const others_fen = d.waiting_fen - (waits ? amount_fen : 0)
  const left_fen = d.held_fen - others_fen - amount_fen
  return (
    <>
      <span>{book === 'company' ? '公司账(全公司)' : '该账簿(本小区)'}可用资金 <MoneyText fen={d.held_fen} strong /> 元{others_fen > 0 ? <>,其他已申请未付 <MoneyText fen={others_fen} /> 元</> : null}。</span>
      {left_fen < 0 ? <Alert type="warning" showIcon title={amount_fen > d.held_fen ? `本笔超出账簿可用资金 ${money(amount_fen - d.held_fen)} 元` : `连同其他已申请未付的,超出账簿可用资金 ${money(-left_fen)} 元`} /> : null}
    </>
  )
}
