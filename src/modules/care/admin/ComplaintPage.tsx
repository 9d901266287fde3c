import { Button, Image, Timeline } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { words as orderWords } from '../../orders/words.ts'
import { care, type ComplaintFull } from '../contract.ts'
import { TONE, said, stepText } from '../shown.ts'
import { words } from '../words.ts'
import { ComplaintForm, type Form } from './ComplaintForms.tsx'
import { OutsideCard } from './OutsideCard.tsx'

const POLL_MS = 30_000
/** Worth a button that says why not. */
const SAYS_WHY = new Set(['care.visit_first', 'care.own_visit', 'care.own_extend', 'care.reopen_late'])
const shows = (can: true | string | undefined): boolean => can === true || (can !== undefined && SAYS_WHY.has(can))

export default function ComplaintPage() {
  const complaint_id = useParam('complaint_id')
  const may = useMay()
  const reading = useRead(care.complaint, { complaint_id }, { refresh_ms: POLL_MS })
  const accept = useWrite(care.acceptComplaint, { done: '已受理' })
  const [form, setForm] = useState<Form>()
  const o = reading.data
  const button = (kind: Form, can: true | string | undefined, label: string, primary = false, danger = false) => (shows(can) ? <CanButton key={kind} {...(primary ? { type: 'primary' as const } : {})} danger={danger} can={can} words={words} onClick={() => setForm(kind)}>{label}</CanButton> : null)
  return (
    <>
      <DetailPage
        title={o ? `${said('nature', o.nature)} · ${o.kind}` : '投诉建议'} loading={reading.loading} error={reading.error} retry={reading.retry} {...(may('care.complaint.read') ? { back: '/care/complaints' } : {})}
        tags={o ? <><StateTag value={o.state} words={words.states?.['state']} tones={TONE} />{o.unnamed ? <StateTag value="u" words={{ u: '匿名' }} /> : null}{o.late ? <StateTag value="l" words={{ l: '超时' }} tones={{ l: 'bad' }} /> : null}{o.round_no > 1 ? <StateTag value="r" words={{ r: `重开 ${o.round_no - 1} 次` }} tones={{ r: 'warn' }} /> : null}{o.paused ? <StateTag value="p" words={{ p: '该户已暂停催缴' }} tones={{ p: 'warn' }} /> : null}</> : null}
        actions={o ? (
          <>
            {o.can.accept === true ? <Button type="primary" loading={accept.running} onClick={() => void confirm({ title: `受理 ${o.no}?`, content: '受理后由您处理并答复。', ok: '受理' }).then((yes) => (yes ? accept.run({ complaint_id }) : undefined))}>受理</Button> : null}
            {button('answer', o.can.answer, '答复', true)}
            {button('visit', o.can.visit, '回访', true)}
            {button('assign', o.can.assign, o.assignee_name || o.department_name ? '改派' : '分派', o.can.accept !== true && o.can.answer !== true)}
            {button('note', o.can.note, '处理经过')}
            {button('order', o.can.make_order, '派生工单')}
            {button('close', o.can.close, '办结')}
            {button('reopen', o.can.reopen, '重新处理')}
            {button('merge', o.can.merge, '并案')}
            {button('extend', o.can.extend, '延长时限')}
            {button('release', o.can.release, '退回')}
            {may('care.complaint.read') ? <Button href={fileUrl(care.complaintPaper, { complaint_id })} target="_blank">打印处理单</Button> : null}
            {button('reject', o.can.reject, '不受理')}
            {button('withdraw', o.can.withdraw, '撤回', false, true)}
          </>
        ) : null}
        facts={o ? factsOf(o) : []}
      >
        {o ? <Cards o={o} /> : null}
      </DetailPage>
      {o && form ? <ComplaintForm key={form} o={o} form={form} close={() => setForm(undefined)} /> : null}
    </>
  )
}

function Cards({ o }: { o: ComplaintFull }) {
  return (
    <>
      <section className="hy-card"><h2>内容</h2><p style={{ whiteSpace: 'pre-wrap' }}>{o.words}</p>{o.merged_into ? <p>已并入 <Go to={`/care/complaints/${o.merged_into.complaint_id}`}>{o.merged_into.no}</Go>,随那一件办理和答复。</p> : null}</section>
      {o.answer ? <section className="hy-card" aria-label="答复"><h2>答复</h2><p style={{ whiteSpace: 'pre-wrap' }}>{o.answer}</p><p className="hy-muted">原因:{o.cause} · {o.answered_at ? instant(o.answered_at) : ''}{o.satisfaction ? ` · 满意程度 ${o.satisfaction} 分` : ''}</p></section> : null}
      <OutsideCard o={o} />
      {o.orders.length ? (
        <section className="hy-card" aria-label="维修工单"><h2>维修工单</h2>
          <RowsTable label="维修工单" rows={o.orders} row_key="order_id" empty="" columns={[{ key: 'no', title: '工单号', width: 130, show: (r) => <Go to={`/orders/list/${r.order_id}`}>{r.no}</Go> }, { key: 'category', title: '分类', width: 150 }, { key: 'state', title: '状态', width: 90, show: (r) => orderWords.states!['state']![r.state] }, { key: 'assignee_name', title: '维修人员', width: 100 }, { key: 'finished_at', title: '完工时间', width: 150 }]} />
        </section>
      ) : null}
      {o.visits.length ? (
        <section className="hy-card" aria-label="回访"><h2>回访</h2>
          <RowsTable label="回访" rows={o.visits} row_key="visit_id" empty="" columns={[{ key: 'visited_at', title: '时间', width: 150 }, { key: 'visited_by_name', title: '回访人', width: 90 }, { key: 'way', title: '方式', width: 70, show: (v) => said('way', v.way) }, { key: 'reached', title: '结果', width: 130, show: (v) => (v.reached ? `${v.solved ? '已解决' : '未解决'},${v.satisfaction} 分` : '没有联系上') }, { key: 'words', title: '业户的话', width: 260 }]} />
        </section>
      ) : null}
      {o.merged.length ? (
        <section className="hy-card" aria-label="并案"><h2>并案</h2>
          <RowsTable label="并案" rows={o.merged} row_key="complaint_id" empty="" columns={[{ key: 'no', title: '编号', width: 130, show: (r) => <Go to={`/care/complaints/${r.complaint_id}`}>{r.no}</Go> }, { key: 'words', title: '内容', width: 400 }]} />
        </section>
      ) : null}
      <section className="hy-card" aria-label="进度"><h2 style={{ marginBottom: 12 }}>进度</h2><Steps o={o} /></section>
    </>
  )
}

function factsOf(o: ComplaintFull) {
  const red = (late: boolean, text: string) => <span className={late ? 'hy-red hy-strong' : ''}>{text}</span>
  return [
    ['受理编号', <span key="n" className="hy-num">{o.no}</span>], ['小区', o.community_name], ['位置', o.house_id ? <Go key="h" to={`/property/houses/${o.house_id}`}>{o.place}</Go> : o.place], ['来源', said('source', o.source)],
    ['反映人', o.unnamed ? '匿名' : o.reporter_name], ['联系电话', <Phone key="p" o={o} />], ['登记时间', instant(o.created_at)], ['时限依据', o.limits_zh],
    ['责任部门', o.department_name], ['处理人', o.assignee_name], ['受理时限', red(o.late_accept, instant(o.accept_due_at))], ['受理', o.accepted_at ? red(o.late_accept, instant(o.accepted_at)) : null],
    ['答复时限', red(o.late_answer, instant(o.answer_due_at))], ['答复', o.answered_at ? red(o.late_answer, instant(o.answered_at)) : null], ['回访时限', o.visit_due_at ? instant(o.visit_due_at) : null], ['结束', o.closed_at ? instant(o.closed_at) : null],
  ] as const
}
function Phone({ o }: { o: ComplaintFull }) {
  const reveal = useWrite(care.revealComplainer, { invalidates: [] })
  const [phone, setPhone] = useState<string | null>()
  if (!o.reporter_phone_masked) return <>—</>
  return <span className="hy-line">{phone ?? o.reporter_phone_masked}{o.can.reveal === true && !phone ? <Button size="small" loading={reveal.running} onClick={() => void reveal.run({ complaint_id: o.complaint_id }).then((a) => setPhone(a?.phone))}>显示</Button> : null}</span>
}

const GOOD = new Set(['answer', 'visit_good', 'rate_good', 'close'])
const BAD = new Set(['release', 'visit_bad', 'rate_bad', 'reject', 'withdraw', 'reopen', 'urge'])
function Steps({ o }: { o: ComplaintFull }) {
  return (
    <Timeline
      items={o.steps.toReversed().map((s) => ({
        key: s.step_no,
        color: GOOD.has(s.action) ? 'green' : BAD.has(s.action) ? 'red' : 'blue',
        content: (
          <div>
            <strong>{stepText(s)}</strong> <span className="hy-muted">{s.by_name} · {instant(s.at, { seconds: true })}</span>
            {s.note ? <div style={{ whiteSpace: 'pre-wrap' }}>{s.note}</div> : null}
            {s.photo_ids.length ? <Image.PreviewGroup><div className="hy-line" style={{ marginTop: 6 }}>{s.photo_ids.map((file_id, i) => <Image key={file_id} width={88} height={88} style={{ objectFit: 'cover' }} alt={`${said('action', s.action)}照片 ${i + 1}`} src={fileUrl(care.photo, { complaint_id: o.complaint_id, file_id })} />)}</div></Image.PreviewGroup> : null}
          </div>
        ),
      }))}
    />
  )
}
