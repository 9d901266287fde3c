// 停车记录详情: how it was priced, its bills, its steps, its pictures.
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant, yen } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { parking, type StayDetail } from '../contract.ts'
import { said, stayText } from '../shown.ts'
import { words } from '../words.ts'
import { Collect } from './Collect.tsx'
import { PLATE_TONES, Picture, PlateMark, PriceLines } from './parts.tsx'
import './parking.css'

export default function StayPage() {
  const stay_id = useParam('stay_id')
  const may = useMay()
  const stay = useRead(parking.stay, { stay_id })
  const correct = useWrite(parking.correctPlate, { in_form: true, done: '已更正' })
  const voiding = useWrite(parking.voidStay, { in_form: true, done: '已作废' })
  const [open, setOpen] = useState<'correct' | 'void'>()
  const close = (): void => { setOpen(undefined); correct.reset(); voiding.reset() }
  const s = stay.data
  return (
    <>
      <DetailPage
        title={s ? `${s.plate} ${said('class', s.class)}` : '停车记录详情'} loading={stay.loading} error={stay.error} retry={stay.retry} back="/parking/stays"
        tags={s ? <><StateTag value={s.state} words={words.states!['stay_state']} tones={PLATE_TONES} />{s.debt ? <StateTag value="d" words={{ d: '未缴离场' }} tones={{ d: 'bad' }} /> : null}</> : null}
        actions={s ? <>{may('parking.booth.work') ? <CanButton can={s.can.correct} words={words} onClick={() => setOpen('correct')}>更正车牌</CanButton> : null}{may('parking.stay.void') ? <CanButton can={s.can.void} words={words} danger onClick={() => setOpen('void')}>作废</CanButton> : null}</> : null}
        facts={s ? [['车牌', <PlateMark key="p" plate={s.plate} vehicle={s.vehicle} no_plate={s.no_plate} />], ['小区 · 车场', `${s.community_name} ${s.lot_name}`], ['车型', said('vehicle', s.vehicle)], ['授权', s.permit_holder], ['入场', s.no_entry ? '没有入场记录' : `${instant(s.entered_at)} ${s.entry_lane ?? ''}`], ['离场', s.left_at ? `${instant(s.left_at)} ${s.exit_lane ?? ''}` : null], ['停放', stayText(s.minutes)], ['停车费', s.total_fen === null ? null : yen(s.total_fen)], ['已收', yen(s.paid_fen)], ['未缴', <MoneyText key="o" fen={s.open_fen} owed sign />]] : []}
        tabs={s ? [
          { key: 'price', label: '计费与账单', children: () => <PriceTab s={s} retry={stay.retry} /> },
          { key: 'steps', label: '经过', children: () => <StepsTab s={s} /> },
          { key: 'looks', label: '识别', badge: s.looks.length || undefined, children: () => <LooksTab s={s} /> },
        ] : []}
      />
      {open === 'correct' && s ? <FormModal open onClose={close} title="更正车牌" call={parking.correctPlate} loading={correct.running} submitError={correct.error} fields={['plate', 'reason']} fixed={{ stay_id }} initial={{ plate: s.plate.includes('*') ? '' : s.plate, reason: '识别错误' }} onSubmit={async (i) => { if (await correct.run(i)) close() }} /> : null}
      {open === 'void' && s ? <ReasonModal open title="作废停车记录" onClose={close} loading={voiding.running} submitError={voiding.error} suggestions={['没有真正进场,掉头离开', '重复记录']} onConfirm={async (reason) => { if (await voiding.run({ stay_id, reason })) close() }} /> : null}
    </>
  )
}
function PriceTab({ s, retry }: { s: StayDetail; retry: () => void }) {
  const takes = useMay()('parking.money.take')
  return (
    <div className="hy-stack">
      <section><h3>计费过程</h3>{s.lines.length ? <PriceLines lines={s.lines} /> : <p className="hy-muted">没有计费</p>}</section>
      {s.open_fen > 0 && takes && s.state !== 'void' ? <Collect key={s.open_fen} stay_id={s.stay_id} due_fen={s.open_fen} pay_at={s.pay_at} done={retry} /> : null}
      <RowsTable label="账单" rows={s.bills} row_key="bill_id" empty="还没有账单" columns={[{ key: 'made_at', title: '时间', width: 150, show: (b) => instant(b.made_at) }, { key: 'amount_fen', title: '金额', width: 100, show: (b) => <MoneyText fen={b.amount_fen} /> }, { key: 'paid_fen', title: '已收', width: 100, show: (b) => <MoneyText fen={b.paid_fen} /> }, { key: 'receipts', title: '收据', width: 200, show: (b) => b.receipt_nos.join('、') }, { key: 'open', title: '', width: 90, show: (b) => (b.voided ? '已作废' : <Go to={`/billing/bills/${b.bill_id}`}>账单</Go>) }]} />
    </div>
  )
}
function StepsTab({ s }: { s: StayDetail }) {
  return <RowsTable label="经过" rows={s.steps.map((x, i) => ({ ...x, key: String(i) }))} row_key="key" empty="没有记录" columns={[{ key: 'at', title: '时间', width: 150, show: (x) => instant(x.at) }, { key: 'kind', title: '步骤', width: 100, show: (x) => said('step', x.kind) }, { key: 'by_name', title: '经办', width: 100, show: (x) => x.by_name ?? '系统' }, { key: 'reason', title: '原因', width: 220 }, { key: 'detail', title: '内容', width: 260, show: (x) => detailText(x.detail) }]} />
}
function detailText(d: Record<string, unknown> | null): string {
  if (!d) return ''
  if (typeof d['from'] === 'string') return `${d['from']} → ${String(d['to'])}`
  if (typeof d['read'] === 'string') return `识别 ${d['read']},车牌 ${String(d['kept'])}`
  if (typeof d['class'] === 'string') return said('class', d['class'])
  return typeof d['due_fen'] === 'number' ? `应缴 ${yen(d['due_fen'])}` : ''
}
function LooksTab({ s }: { s: StayDetail }) {
  return <div className="pk-lanes">{s.looks.map((l) => <div key={l.look_id} className="hy-stack"><Picture look={l} /><span>{instant(l.device_at)} {l.lane_name} {said('why', l.why)}{l.confidence === null ? '' : `,可信度 ${l.confidence}`}</span></div>)}</div>
}
