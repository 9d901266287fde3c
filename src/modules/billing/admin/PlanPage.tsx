import { Button } from 'antd'
import { useState } from 'react'
import { Go, useGo, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { instant, money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { billing } from '../contract.ts'
import { words } from '../words.ts'
import { PLAN_TONES } from './shown.tsx'

const PART_TONES = { paid: 'good', partly: 'warn', open: 'plain', late: 'bad' } as const

export default function PlanPage() {
  const plan_id = useParam('plan_id')
  const go = useGo()
  const may = useMay()
  const read = useRead(billing.plan, { plan_id })
  const end = useWrite(billing.endPlan, { in_form: true, done: '已结束', invalidates: 'all' })
  const [how, setHow] = useState<'broken' | 'cancelled'>()
  const p = read.data
  return (
    <>
      <DetailPage
        title={p ? `分期协议 ${p.no}` : '分期协议'} loading={read.loading} error={read.error} retry={read.retry} back="/billing/plans"
        tags={p ? <StateTag value={p.state} words={words.states?.['plan']} tones={PLAN_TONES} /> : null}
        actions={
          p ? (
            <>
              {p.amount_fen > p.settled_fen && may('payment.payment.take') ? <Button type="primary" onClick={() => go(`/payment/desk?house_id=${p.house_id}`)}>去收费</Button> : null}
              <Button href={fileUrl(billing.planPdf, { plan_id })} target="_blank">打印协议</Button>
              {p.state === 'active' ? <><CanButton can={p.can.end} words={words} onClick={() => setHow('cancelled')}>取消协议</CanButton><CanButton danger can={p.can.end} words={words} onClick={() => setHow('broken')}>认定违约</CanButton></> : null}
            </>
          ) : null
        }
        facts={
          p
            ? [
                ['房产', <Go key="h" to={`/property/houses/${p.house_id}?tab=bills`}>{p.community_name} {p.house_label}</Go>],
                ['缴费人', p.payer_name],
                ['分期总额', <MoneyText key="a" fen={p.amount_fen} strong />],
                ['已缴', <MoneyText key="s" fen={p.settled_fen} />],
                ['还剩', <MoneyText key="l" fen={p.amount_fen - p.settled_fen} strong />],
              ['逾期未缴', <MoneyText key="b" fen={p.behind_fen} owed />],
                ['签订', `${p.created_by_name} ${instant(p.created_at)}`],
                ['违约条件', `任一期逾期超过 ${p.grace_days} 天未缴足`],
                ['违约金', p.state === 'broken' ? '已违约,自始照计;恢复催缴' : p.state === 'cancelled' ? '协议已取消,照计;恢复催缴' : p.suspends_late_fee ? `${p.state === 'active' ? '履行期间' : '协议期间'}不计违约金、不催缴` : '照计'],
                ...(p.note ? [['说明', p.note] as const] : []),
                ...(p.ended_on ? [['结束', `${p.ended_on} ${p.end_reason ?? ''}`] as const] : []),
              ]
            : []
        }
        tabs={
          p
            ? [
                { key: 'parts', label: '各期', children: () => <RowsTable label="各期" rows={p.parts} row_key="part_no" empty="" totals={{ amount_fen: money(p.amount_fen), settled_fen: money(p.settled_fen), left_fen: money(p.amount_fen - p.settled_fen) }} columns={[{ key: 'part_no', title: '期次', width: 80 }, { key: 'due_on', title: '应缴日', width: 120 }, { key: 'amount_fen', title: '金额', width: 120 }, { key: 'settled_fen', title: '已缴', width: 120 }, { key: 'left_fen', title: '还差', width: 120, show: (x) => <MoneyText fen={x.amount_fen - x.settled_fen} owed={x.state === 'late'} /> }, { key: 'state', title: '状态', width: 100, show: (x) => <StateTag value={x.state} words={words.states?.['plan_part']} tones={PART_TONES} /> }]} /> },
                { key: 'bills', label: '所含账单', badge: p.bills.length, children: () => <RowsTable label="所含账单" rows={p.bills} row_key="bill_id" empty="" totals={{ open_at_signing_fen: money(p.amount_fen) }} columns={[{ key: 'period_on', title: '账期', width: 100, show: (b) => <Go to={`/billing/bills/${b.bill_id}`}>{b.period_on.slice(0, 7)}</Go> }, { key: 'fee_item_name', title: '收费项目', width: 140 }, { key: 'open_at_signing_fen', title: '签订时未收', width: 130 }, { key: 'open_fen', title: '现在未收', width: 130 }]} /> },
              ]
            : []
        }
      />
      {how && p ? <ReasonModal open danger={how === 'broken'} title={how === 'broken' ? `认定 ${p.no} 违约` : `取消 ${p.no}`} submit={how === 'broken' ? '认定违约' : '取消协议'} onClose={() => { setHow(undefined); end.reset() }} loading={end.running} submitError={end.error} suggestions={how === 'broken' ? ['逾期未缴,多次联系无果'] : ['双方协商取消', '登记有误']} onConfirm={async (reason) => { if (await end.run({ plan_id, how, reason })) setHow(undefined) }} /> : null}
    </>
  )
}
