// 车辆授权详情: its plates and days, terms with their bills, what may be done.
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant, yen } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { parking } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { PlateMark } from './parts.tsx'
import './parking.css'
import { PermitDrawer } from './PermitDrawer.tsx'

/** On which cameras the plates do not stand yet, or stand still. */
function listsText(d: Out<typeof parking.permitLists.gives>, on: boolean): string {
  if (d.camera_count === 0) return '车场还没有相机'
  if (d.left.length === 0) return on ? `已在 ${d.camera_count} 台相机上` : `不在任何相机上(共 ${d.camera_count} 台)`
  return `${on ? '还没写到' : '还没从'} ${d.left.length} / ${d.camera_count} 台相机${on ? '' : '移除'}:${d.left.map((k) => `${k.lane_name} ${k.camera_name}${k.online ? '' : '(离线)'}`).join('、')}`
}
export default function PermitPage() {
  const permit_id = useParam('permit_id')
  const writes = useMay()('parking.permit.write')
  const permit = useRead(parking.permit, { permit_id })
  const lists = useRead(parking.permitLists, { permit_id }, { refresh_ms: 15_000 })
  const [open, setOpen] = useState<'edit' | 'renew' | 'card' | 'end' | 'agree' | 'refuse'>()
  const renew = useWrite(parking.renewPermit, { in_form: true, done: (a) => `已出账 ${yen(a.amount_fen)},缴清后生效`, invalidates: 'all' })
  const card = useWrite(parking.reissueCard, { in_form: true, done: (a) => (a.amount_fen > 0 ? `已换卡,工本费 ${yen(a.amount_fen)} 已出账` : '已换卡'), invalidates: 'all' })
  const end = useWrite(parking.endPermit, { in_form: true, done: '已注销' })
  const decide = useWrite(parking.decidePermit, { in_form: true, done: '已办理', invalidates: 'all' })
  const close = (): void => { setOpen(undefined); for (const w of [renew, card, end, decide]) w.reset() }
  const p = permit.data
  return (
    <>
      <DetailPage
        title={p ? `${p.holder_name} ${said('permit_kind', p.kind)}` : '车辆授权详情'} loading={permit.loading} error={permit.error} retry={permit.retry} back="/parking/permits"
        tags={p ? <><StateTag value={p.state} words={words.states!['permit_state']} tones={{ live: 'good', asked: 'busy', refused: 'bad', ended: 'plain' }} />{p.state === 'live' && !p.holds ? <StateTag value="x" words={{ x: '今日未生效' }} tones={{ x: 'warn' }} /> : null}</> : null}
        actions={p && writes ? <>
          {p.state === 'asked' ? <><CanButton can={p.can.decide} words={words} onClick={() => setOpen('refuse')}>不通过</CanButton><CanButton can={p.can.decide} words={words} type="primary" onClick={() => setOpen('agree')}>通过并出账</CanButton></> : <>{p.kind === 'monthly' ? <CanButton can={p.can.renew} words={words} type="primary" onClick={() => setOpen('renew')}>续期出账</CanButton> : null}<CanButton can={p.can.card} words={words} onClick={() => setOpen('card')}>补办车卡</CanButton></>}
          <CanButton can={p.can.write} words={words} onClick={() => setOpen('edit')}>修改</CanButton><CanButton can={p.can.end} words={words} danger onClick={() => setOpen('end')}>注销</CanButton>
        </> : null}
        facts={p ? [['车牌', <span key="p" className="pk-near">{p.plates.map((x) => <PlateMark key={x} plate={x} small />)}</span>], ['车场', p.lot_name], ['类别', said('permit_kind', p.kind)], ['房号', p.house_id ? <Go key="h" to={`/property/houses/${p.house_id}`}>{p.house_label}</Go> : null], ['电话', p.holder_phone], ['车卡', p.card_no], ['车位(在场 / 可停)', `${p.inside} / ${p.places}`], ['起止', `${p.from_on} – ${p.to_on ?? '长期'}`], ['已缴至(不含)', p.kind === 'monthly' ? (p.term_to_on ?? '未缴费') : null], ['月租', p.month_fen === null ? null : yen(p.month_fen)], ['未缴租费', p.kind === 'monthly' ? <MoneyText key="u" fen={p.unpaid_fen} owed sign /> : null], ['相机名单', lists.data ? listsText(lists.data, p.state === 'live' && p.kind !== 'black') : null], ['备注', p.reason]] : []}
        tabs={p ? [
          ...(p.kind === 'monthly' ? [{ key: 'terms', label: '租期与账单', children: () => <RowsTable label="租期" rows={p.terms} row_key="term_id" empty="还没有租期" columns={[{ key: 'from_on', title: '起', width: 110 }, { key: 'to_on', title: '止(不含)', width: 110 }, { key: 'months', title: '月数', width: 70 }, { key: 'amount_fen', title: '租费', width: 100, show: (t) => <MoneyText fen={t.amount_fen} /> }, { key: 'paid', title: '状态', width: 100, show: (t) => <StateTag value={t.voided ? 'v' : t.paid ? 'p' : 'u'} words={{ v: '账单已作废', p: '已缴', u: '未缴' }} tones={{ p: 'good', u: 'warn' }} /> }, { key: 'bill', title: '账单', width: 80, show: (t) => (t.bill_id ? <Go to={`/billing/bills/${t.bill_id}`}>查看</Go> : '免费') }, { key: 'by_name', title: '经办', width: 90 }, { key: 'made_at', title: '时间', width: 150, show: (t) => instant(t.made_at) }]} /> }] : []),
          { key: 'plates', label: '车牌变更', children: () => <RowsTable label="车牌变更" rows={p.history.map((h, i) => ({ ...h, key: String(i) }))} row_key="key" empty="没有记录" columns={[{ key: 'plate', title: '车牌', width: 130, show: (h) => <PlateMark plate={h.plate} small /> }, { key: 'from_on', title: '起', width: 110 }, { key: 'to_on', title: '移除(不含)', width: 110, show: (h) => h.to_on ?? '在用' }]} /> },
        ] : []}
      />
      {open === 'edit' && p ? <PermitDrawer row={p} lots={[{ lot_id: p.lot_id, name: p.lot_name }]} close={close} /> : null}
      {open === 'renew' && p ? <FormModal open onClose={close} title="续期出账" submit="出账" call={parking.renewPermit} loading={renew.running} submitError={renew.error} note={<p className="hy-muted">每月 {yen(p.month_fen ?? 0)};账单记在 {p.house_label ?? '车场的临停收款户'} 名下,缴清后生效。</p>} fields={['months']} fixed={{ permit_id }} initial={{ months: 1 }} onSubmit={async (i) => { if (await renew.run(i)) close() }} /> : null}
      {open === 'card' ? <FormModal open onClose={close} title="补办车卡" submit="换卡并出账" call={parking.reissueCard} loading={card.running} submitError={card.error} fields={['card_no', 'reason']} fixed={{ permit_id }} initial={{ card_no: '', reason: '遗失' }} onSubmit={async (i) => { if (await card.run(i)) close() }} /> : null}
      {open === 'end' ? <ReasonModal open title="注销车辆授权" onClose={close} loading={end.running} submitError={end.error} suggestions={['搬离', '车辆已出售', '退租']} onConfirm={async (reason) => { if (await end.run({ permit_id, reason })) close() }} /> : null}
      {open === 'agree' || open === 'refuse' ? <ReasonModal open title={open === 'agree' ? '通过月卡申请' : '不通过月卡申请'} onClose={close} loading={decide.running} submitError={decide.error} suggestions={open === 'agree' ? ['资料齐全'] : ['车位已满,请等候', '车辆不属于本户']} onConfirm={async (reason) => { if (await decide.run({ permit_id, agree: open === 'agree', reason })) close() }} /> : null}
    </>
  )
}
