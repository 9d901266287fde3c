import { Button, Image, Timeline } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ClipPlayer } from '../../../ui/ClipPlayer.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { Sops } from '../../office/admin/shared.tsx'
import { orders, type OrderFull } from '../contract.ts'
import { TONE, said, stepText } from '../shown.ts'
import { words } from '../words.ts'
import { AssignDrawer } from './AssignDrawer.tsx'
import { CostsCard } from './CostsCard.tsx'
import { QuotesCard } from './QuotesCard.tsx'
import { ToldCard } from './ToldCard.tsx'
import { WarrantyCard } from './WarrantyCard.tsx'

const POLL_MS = 30_000
type Open = 'assign' | 'cancel' | 'decline' | 'close' | 'reopen'

export default function OrderPage() {
  const order_id = useParam('order_id')
  const order = useRead(orders.order, { order_id }, { refresh_ms: POLL_MS })
  const [open, setOpen] = useState<Open>()
  const o = order.data
  const shows = (can: true | string | undefined) => can !== undefined && can !== 'kernel.forbidden'
  return (
    <>
      <DetailPage
        title={o ? `${o.category} · ${o.place}` : '工单'} loading={order.loading} error={order.error} retry={order.retry} back="/orders/list"
        tags={o ? <><StateTag value={o.state} words={words.states?.['state']} tones={TONE} />{o.urgent ? <StateTag value="u" words={{ u: '急修' }} tones={{ u: 'bad' }} /> : null}{o.late ? <StateTag value="l" words={{ l: '超时' }} tones={{ l: 'bad' }} /> : null}{o.round_no > 1 ? <StateTag value="r" words={{ r: `返修 ${o.round_no - 1} 次` }} tones={{ r: 'warn' }} /> : null}</> : null}
        actions={o ? (
          <>
            {shows(o.can.assign) ? <CanButton type="primary" can={o.can.assign} words={words} onClick={() => setOpen('assign')}>{o.assignee_name ? '改派' : '派单'}</CanButton> : null}
            {shows(o.can.close) && o.state === 'finished' ? <Button onClick={() => setOpen('close')}>办结</Button> : null}
            {shows(o.can.reopen) && (o.state === 'finished' || o.state === 'closed') ? <CanButton can={o.can.reopen} words={words} onClick={() => setOpen('reopen')}>重开</CanButton> : null}
            <Button href={fileUrl(orders.orderPaper, { order_id })} target="_blank">打印派工单</Button>
            {o.can.decline === true ? <Button onClick={() => setOpen('decline')}>不受理</Button> : null}
            {o.can.cancel === true ? <Button danger onClick={() => setOpen('cancel')}>取消</Button> : null}
          </>
        ) : null}
        facts={o ? factsOf(o) : []}
      >
        {o ? (
          <>
            <section className="hy-card"><h2>报修内容</h2><p style={{ whiteSpace: 'pre-wrap' }}>{o.words}</p>{o.rating ? <p className="hy-muted">业户评价 {o.rating} 分{o.rating_words ? `:${o.rating_words}` : ''}</p> : null}</section>
            <Sops at="order" id={order_id} />
            <WarrantyCard o={o} />
            <QuotesCard o={o} />
            <CostsCard o={o} />
            <ToldCard o={o} />
            <section className="hy-card" aria-label="进度"><h2 style={{ marginBottom: 12 }}>进度</h2><Steps o={o} /></section>
          </>
        ) : null}
      </DetailPage>
      {o && open === 'assign' ? <AssignDrawer o={o} close={() => setOpen(undefined)} /> : null}
      {o && open && open !== 'assign' ? <ReasonForm key={open} o={o} kind={open} close={() => setOpen(undefined)} /> : null}
    </>
  )
}

function factsOf(o: OrderFull) {
  const red = (late: boolean, text: string) => <span className={late ? 'hy-red hy-strong' : ''}>{text}</span>
  return [
    ['工单号', <span key="n" className="hy-num">{o.no}</span>], ['小区', o.community_name], ['位置', o.house_id ? <Go key="h" to={`/property/houses/${o.house_id}`}>{o.place}</Go> : o.place], ['设备', o.equipment ? <Go key="e" to={`/equipment/devices/${o.equipment.equipment_id}`}>{o.equipment.no} {o.equipment.name}{o.equipment.stopped ? '(停机)' : ''}</Go> : null], ['来源', said('source', o.source)],
    ['报修人', o.reporter_name], ['联系电话', <Phone key="p" o={o} />], ['报修时间', instant(o.created_at)], ['预约上门', o.wished_at ? instant(o.wished_at) : null],
    ['处理人', o.assignee_name], ['协助人', o.helper_names.join('、')], ['所需工种', o.skill], ['时限依据', o.limits_zh],
    ['到场时限', red(o.late_respond, instant(o.respond_due_at))], ['到场', o.arrived_at ? red(o.late_respond, instant(o.arrived_at)) : null],
    ['完工时限', red(o.late_finish, instant(o.finish_due_at))], ['完工', o.finished_at ? red(o.late_finish, instant(o.finished_at)) : null],
  ] as const
}
function Phone({ o }: { o: OrderFull }) {
  const reveal = useWrite(orders.revealReporter, { invalidates: [] })
  const [phone, setPhone] = useState<string | null>()
  if (!o.reporter_phone_masked) return <>—</>
  return <span className="hy-line">{phone ?? o.reporter_phone_masked}{o.can.reveal === true && !phone ? <Button size="small" loading={reveal.running} onClick={() => void reveal.run({ order_id: o.order_id }).then((a) => setPhone(a?.phone))}>显示</Button> : null}</span>
}

function Steps({ o }: { o: OrderFull }) {
  return (
    <Timeline
      items={o.steps.toReversed().map((s) => ({
        key: s.step_no,
        color: s.action === 'finish' || s.action === 'rate' ? 'green' : ['give_back', 'cancel', 'decline', 'reopen', 'urge'].includes(s.action) ? 'red' : 'blue',
        content: (
          <div>
            <strong>{stepText(s)}</strong> <span className="hy-muted">{s.by_name} · {instant(s.at, { seconds: true })}{s.received_at ? `(无网时办理,${instant(s.received_at)} 补传)` : ''}</span>
            {s.note ? <div>{s.note}</div> : null}
            {s.clips.length ? <div className="hy-line">{s.clips.map((x) => <ClipPlayer key={x.file_id} url={fileUrl(orders.clip, { order_id: o.order_id, file_id: x.file_id })} kind={x.kind} seconds={x.seconds} />)}</div> : null}
            {s.photo_ids.length ? <Image.PreviewGroup><div className="hy-line" style={{ marginTop: 6 }}>{s.photo_ids.map((file_id, i) => <Image key={file_id} width={88} height={88} style={{ objectFit: 'cover' }} alt={`${said('action', s.action)}照片 ${i + 1}`} src={fileUrl(orders.photo, { order_id: o.order_id, file_id })} />)}</div></Image.PreviewGroup> : null}
          </div>
        ),
      }))}
    />
  )
}

function ReasonForm({ o, kind, close }: { o: OrderFull; kind: Exclude<Open, 'assign'>; close: () => void }) {
  const cancel = useWrite(orders.cancelOrder, { in_form: true, done: '已取消' })
  const decline = useWrite(orders.declineOrder, { in_form: true, done: '已告知业户不受理' })
  const end = useWrite(orders.closeOrder, { in_form: true, done: '已办结' })
  const reopen = useWrite(orders.reopenOrder, { in_form: true, done: '已重开,请派单' })
  const common = { open: true, onClose: close, fixed: { order_id: o.order_id } } as const
  const done = async (made: Promise<unknown>) => { if (await made) close() }
  if (kind === 'close') return <FormModal {...common} title={`办结 ${o.no}`} submit="办结" call={orders.closeOrder} fields={['note']} loading={end.running} submitError={end.error} onSubmit={(i) => done(end.run(i))} />
  if (kind === 'reopen') return <FormModal {...common} title={`重开 ${o.no}`} submit="重开" call={orders.reopenOrder} fields={['reason']} loading={reopen.running} submitError={reopen.error} onSubmit={(i) => done(reopen.run(i))} />
  if (kind === 'decline') return <FormModal {...common} title={`不受理 ${o.no}`} submit="不受理" danger call={orders.declineOrder} fields={['reason']} loading={decline.running} submitError={decline.error} onSubmit={(i) => done(decline.run(i))} />
  return <FormModal {...common} title={`取消 ${o.no}`} submit="取消工单" danger call={orders.cancelOrder} fields={['reason']} loading={cancel.running} submitError={cancel.error} onSubmit={(i) => done(cancel.run(i))} />
}
