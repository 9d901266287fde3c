// In the form of a late-fee rule: what it would make of bills that are open, on a day, beside what the rules in force make of them.
import { Button, Form } from 'antd'
import { useState } from 'react'
import { useRead, type In } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { DayInput } from '../../../ui/dates.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { billing } from '../contract.ts'

type Asked = In<typeof billing.tryLateRule.takes>

export function LateTrial({ community_id }: { community_id: string }) {
  const form = Form.useFormInstance()
  const [as_of, setAsOf] = useState<string | null>(null)
  const [asked, setAsked] = useState<Asked>()
  const [missing, setMissing] = useState(false)
  const run = () => {
    const v = form.getFieldsValue(true) as Record<string, unknown>
    const q = { community_id, grace_days: 0, counts_from: 'grace', shift: false, ...v, cap_bp: typeof v['cap_bp'] === 'number' ? v['cap_bp'] * 100 : null, lpr_rate: v['lpr_rate'] || null, lpr_multiple: v['lpr_multiple'] || null, as_of: as_of ?? undefined }
    const ready = billing.tryLateRule.takes.safeParse(q).success
    setMissing(!ready)
    setAsked(ready ? (q as unknown as Asked) : undefined)
  }
  return (
    <section className="hy-stack" aria-label="试算">
      <div className="hy-line" style={{ flexWrap: 'wrap' }}>
        <Button onClick={run}>按未收清的账单试算</Button>
        <label className="hy-line">算到 <span style={{ width: 140 }}><DayInput aria-label="算到" value={as_of} onChange={setAsOf} /></span></label>
        <span className="hy-muted">不填则算到今天,生效日在后的算到生效后 30 天</span>
      </div>
      {missing ? <p role="alert" className="hy-red">先填起日、适用收费项目与日利率,再试算。</p> : null}
      {asked ? <Tried asked={asked} /> : null}
    </section>
  )
}

function Tried({ asked }: { asked: Asked }) {
  const trial = useRead(billing.tryLateRule, asked)
  if (trial.error) return <ErrorBlock error={trial.error} retry={trial.retry} />
  if (trial.loading || !trial.data) return <LoadingBlock />
  const d = trial.data
  if (d.bill_count === 0) return <p role="status">到 {d.as_of} 没有这些项目的逾期未收账单,无法对比。</p>
  return (
    <>
      <p role="status">到 {d.as_of} {d.capped ? `到期最早的 ${d.bill_count} 笔` : `的 ${d.bill_count} 笔`}逾期未收账单:按现行规则 <MoneyText fen={d.before_fen} /> 元,按本规则 <MoneyText fen={d.after_fen} strong /> 元,相差 <MoneyText fen={d.after_fen - d.before_fen} /> 元{d.bill_count > d.rows.length ? `(下面列出 ${d.rows.length} 笔)` : ''}。</p>
      <RowsTable label="试算明细" rows={d.rows} row_key="bill_id" empty="" height={260} columns={[{ key: 'house_label', title: '房号', width: 90 }, { key: 'due_on', title: '到期日', width: 105 }, { key: 'open_fen', title: '未收', width: 90 }, { key: 'before_fen', title: '现行', width: 80 }, { key: 'after_fen', title: '本规则', width: 80 }, { key: 'explanation', title: '计算过程', width: 320 }]} />
    </>
  )
}
