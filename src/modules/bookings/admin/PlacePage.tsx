// 场地设置: a place with its rules, prices and closures by date; a version is published from a day on and never changed.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant, money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock } from '../../../ui/states.tsx'
import { WHO, bookings, type ClosureRow, type ResourceRow } from '../contract.ts'
import { hoursText, priceText, said } from '../shown.ts'
import { words } from '../words.ts'
import { ClosureModal } from './ClosureModal.tsx'
import { HoursInput } from './HoursInput.tsx'
import { PlaceDrawer } from './PlacesPage.tsx'
import './bookings.css'

const TONES = { now: 'good', future: 'busy', past: 'plain', lifted: 'plain' } as const
export default function PlacePage() {
  const resource_id = useParam('resource_id')
  const q = useRead(bookings.resources, { with_retired: true })
  const [open, setOpen] = useState<'edit' | 'rule' | 'price' | 'close'>()
  const shuts = useMay()('bookings.booking.write')
  const r = q.data?.rows.find((x) => x.resource_id === resource_id)
  const close = (): void => setOpen(undefined)
  return (
    <>
      <DetailPage
        title={r?.name ?? '场地设置'} loading={q.loading} error={q.error} retry={q.retry} back="/bookings/places"
        tags={r?.retired ? <StateTag value="x" words={{ x: '停用' }} /> : r && !r.rule ? <StateTag value="x" words={{ x: '未发布规则,业户看不到' }} tones={{ x: 'warn' }} /> : null}
        actions={r ? <>{shuts && !r.retired ? <Button onClick={() => setOpen('close')}>停用一段时间</Button> : null}{r.can.write === true ? <><Button onClick={() => setOpen('edit')}>修改</Button><Button onClick={() => setOpen('price')}>发布价格</Button><Button type="primary" onClick={() => setOpen('rule')}>发布规则</Button></> : null}</> : null}
        facts={r ? [['小区', r.community_name], ['位置', r.place], ['种类', said('kind', r.kind)], ['数量', `${r.unit_count} ${r.unit_word}`], ['收入归属', said('belongs', r.belongs_to)], ['负责人', r.keeper_name], ['开放时间', r.rule ? hoursText(r.rule.hours) : null], ['价格', priceText(r.price)], ['有效预约', String(r.live_count)], ['使用须知', r.note], ['照片', r.photo_id ? <img key="p" src={fileUrl(bookings.photo, { resource_id, file_id: r.photo_id })} alt={r.name} style={{ maxWidth: 220, borderRadius: 6 }} /> : null]] : []}
        tabs={r ? [{ key: 'rules', label: '规则', children: () => <Rules resource_id={resource_id} /> }, { key: 'prices', label: '价格', children: () => <Prices resource_id={resource_id} /> }, { key: 'closures', label: '停用', children: () => <Closures resource_id={resource_id} writes={shuts} /> }] : []}
      />
      {r && open === 'edit' ? <PlaceDrawer row={r} close={close} /> : null}
      {r && open === 'rule' ? <RuleDrawer r={r} close={close} /> : null}
      {r && open === 'price' ? <PriceDrawer r={r} close={close} /> : null}
      {r && open === 'close' ? <ClosureModal places={[r]} day={today()} close={close} /> : null}
    </>
  )
}
function Rules({ resource_id }: { resource_id: string }) {
  const q = useRead(bookings.rules, { resource_id })
  if (q.error) return <ErrorBlock error={q.error} retry={q.retry} />
  return <RowsTable label="规则" rows={q.data?.rows ?? []} row_key="rule_id" empty="还没有规则,发布后业户才能预约" columns={[{ key: 'from_on', title: '生效日', width: 105 }, { key: 'state', title: '状态', width: 85, show: (x) => <StateTag value={x.state} words={words.states!['rule']} tones={TONES} /> }, { key: 'hours', title: '开放时间', width: 210, show: (x) => hoursText(x.hours) }, { key: 'slot', title: '时段', width: 150, show: (x) => `每段 ${x.slot_min} 分钟,${x.min_slots}–${x.max_slots} 段${x.max_units > 1 ? `,最多 ${x.max_units} 份` : ''}` }, { key: 'limits', title: '限制', width: 190, show: (x) => `提前 ${x.ahead_days} 天内,每户 ${x.live_max} 个有效` }, { key: 'who', title: '谁可以', width: 150, show: (x) => x.who.map((v) => said('who', v)).join('、') }, { key: 'cancel', title: '取消', width: 190, show: (x) => `${x.cancel_hours} 小时前免费,之后收 ${x.late_keep_percent}%` }, { key: 'way', title: '审核与付款', width: 170, show: (x) => `${x.approval ? '须审核' : '直接约'},${x.pay_within_min > 0 ? `${x.pay_within_min} 分钟内付款` : '出账后缴费'}` }, { key: 'remind_hours', title: '提醒', width: 90, show: (x) => (x.remind_hours > 0 ? `前 ${x.remind_hours} 小时` : '不提醒') }, { key: 'keep_phone_days', title: '电话保留', width: 90, show: (x) => `${x.keep_phone_days} 天` }, { key: 'basis', title: '依据', width: 170 }, { key: 'made_by', title: '设定', width: 160, show: (x) => `${x.made_by} ${instant(x.made_at)}` }]} />
}
function Prices({ resource_id }: { resource_id: string }) {
  const q = useRead(bookings.prices, { resource_id })
  if (q.error) return <ErrorBlock error={q.error} retry={q.retry} />
  return <RowsTable label="价格" rows={q.data?.rows ?? []} row_key="price_id" empty="没有价格,这个场地免费" columns={[{ key: 'from_on', title: '生效日', width: 105 }, { key: 'state', title: '状态', width: 85, show: (x) => <StateTag value={x.state} words={words.states!['rule']} tones={TONES} /> }, { key: 'slot_fen', title: '每段每份', width: 100, show: (x) => `${money(x.slot_fen)} 元` }, { key: 'bands', title: '另定时段', width: 420, show: (x) => (x.bands.length ? priceText({ slot_fen: x.slot_fen, bands: x.bands }) : '') }, { key: 'basis', title: '依据', width: 220 }, { key: 'made_by', title: '设定', width: 170, show: (x) => `${x.made_by} ${instant(x.made_at)}` }]} />
}
function Closures({ resource_id, writes }: { resource_id: string; writes: boolean }) {
  const q = useRead(bookings.closures, { resource_id, page_size: 50 })
  const lift = useWrite(bookings.openPlace, { in_form: true, done: '已解除' })
  const [row, setRow] = useState<ClosureRow>()
  const close = (): void => { setRow(undefined); lift.reset() }
  if (q.error) return <ErrorBlock error={q.error} retry={q.retry} />
  return (
    <>
      <RowsTable<ClosureRow> label="停用" rows={q.data?.rows ?? []} row_key="closure_id" empty="没有停用过" columns={[{ key: 'from_at', title: '起', width: 150, show: (k) => instant(k.from_at) }, { key: 'to_at', title: '止', width: 150, show: (k) => instant(k.to_at) }, { key: 'state', title: '状态', width: 90, show: (k) => <StateTag value={k.state} words={words.states!['closure']} tones={{ now: 'bad', future: 'warn' }} /> }, { key: 'reason', title: '原因', width: 260 }, { key: 'made_by', title: '设定', width: 100 }, { key: 'lifted_reason', title: '解除', width: 200, show: (k) => (k.lifted_by ? `${k.lifted_by}:${k.lifted_reason ?? ''}` : '') }, ...(writes ? [{ key: 'act', title: '操作', width: 90, show: (k: ClosureRow) => (k.state === 'now' || k.state === 'future' ? <CanButton size="small" can={k.can.lift} words={words} onClick={() => setRow(k)}>解除</CanButton> : null) }] : [])]} />
      {row ? <ReasonModal open title="解除停用" suggestions={['提前完工', '活动取消']} loading={lift.running} submitError={lift.error} onClose={close} onConfirm={async (reason) => { if (await lift.run({ closure_id: row.closure_id, reason })) close() }} /> : null}
    </>
  )
}
const BEGIN = { hours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', to: '22:00' }], slot_min: 60, min_slots: 1, max_slots: 3, max_units: 1, ahead_days: 7, live_max: 2, cancel_hours: 12, late_keep_percent: 0, approval: false, who: [...WHO], pay_within_min: 0, remind_hours: 2, keep_phone_days: 180, basis: '' }
function RuleDrawer({ r, close }: { r: ResourceRow; close: () => void }) {
  const save = useWrite(bookings.publishRule, { in_form: true, done: '已发布' })
  const { rule_id: _i, made_by: _b, made_at: _a, state: _s, ...now } = r.rule ?? { ...BEGIN, rule_id: '', made_by: '', made_at: '', state: 'now' }
  return (
    <FormDrawer
      open onClose={close} columns={2} title={`${r.name}:发布规则`} submit="发布" call={bookings.publishRule} loading={save.running} submitError={save.error} fixed={{ resource_id: r.resource_id }}
      note={<p className="hy-muted">从生效日那天的使用起按新规则;已有的预约不受影响。欠费不能作为限制预约的依据。</p>}
      fields={['from_on', { name: 'hours', wide: true, control: (c) => <HoursInput {...c} price={false} /> }, { name: 'slot_min', help: '业户按段预约,如 60' }, 'min_slots', 'max_slots', { name: 'max_units', help: `共 ${r.unit_count} ${r.unit_word}` }, 'ahead_days', 'live_max', { name: 'who', kind: 'many', options: WHO.map((v) => ({ value: v, label: said('who', v) })) }, 'approval', { name: 'pay_within_min', help: '0 为出账后按期缴费;大于 0 逾时没付款自动释放' }, 'cancel_hours', { name: 'late_keep_percent', help: '过了免费取消时间仍收取的比例' }, { name: 'remind_hours', help: '0 为不提醒' }, { name: 'keep_phone_days', help: '使用结束后到期自动删除' }, { name: 'basis', wide: true, help: '业主大会决议、管理规约或公示的名称' }]}
      initial={{ ...now, from_on: today() }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
function PriceDrawer({ r, close }: { r: ResourceRow; close: () => void }) {
  const save = useWrite(bookings.publishPrice, { in_form: true, done: '已发布' })
  return (
    <FormDrawer
      open onClose={close} title={`${r.name}:发布价格`} submit="发布" call={bookings.publishPrice} loading={save.running} submitError={save.error} fixed={{ resource_id: r.resource_id }} note={<p className="hy-muted">{r.rule ? `每段 ${r.rule.slot_min} 分钟;` : ''}从生效日那天的使用起按新价格,已有的预约不变。先列的另定时段先用。</p>}
      fields={['from_on', { name: 'slot_fen', help: '没有另定的时段用它;0 为免费' }, { name: 'bands', wide: true, control: (c) => <HoursInput {...c} price /> }, { name: 'basis', wide: true }]}
      initial={{ from_on: today(), slot_fen: r.price?.slot_fen ?? 0, bands: r.price?.bands ?? [], basis: '' }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
