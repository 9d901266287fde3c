// While a spending request is being written: what the budget has left, and what would be flagged, as the approver will read it.
import { Alert, Form } from 'antd'
import { useRead } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { spending } from '../contract.ts'
import { words } from '../words.ts'

export function BudgetCheck() {
  const form = Form.useFormInstance()
  const v = (Form.useWatch((all: Record<string, unknown>) => ({ community_id: all['community_id'], book: all['book'], account_code: all['account_code'], supplier_name: all['supplier_name'] ?? '', amount_fen: all['amount_fen'] }), form) ?? {})
  const asked = spending.checkSpending.takes.safeParse(v)
  const check = useRead(spending.checkSpending, (asked.data ?? { community_id: '', book: 'company', account_code: '', supplier_name: '', amount_fen: 1 }), { enabled: asked.success, keep: true })
  if (!asked.success || !check.data) return null
  const { budget_fen, used_fen, flags } = check.data
  return (
    <div className="hy-stack" role="status" aria-label="预算核对">
      {budget_fen === null ? <span className="hy-muted">该科目没有设预算。</span> : <span>预算 <MoneyText fen={budget_fen} /> 元,已用与申请中 <MoneyText fen={used_fen} /> 元,本次后余 <MoneyText fen={budget_fen - used_fen - asked.data.amount_fen} strong /> 元。</span>}
      {flags.length ? <Alert type="warning" showIcon title={`将标为异常,提交后审批人可见:${flags.map((f) => `${words.states?.['flag']?.[f.code] ?? f.code}(${f.detail})`).join(';')}`} /> : null}
    </div>
  )
}
