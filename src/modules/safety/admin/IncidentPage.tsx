import { Button, Image, Input, Modal, Timeline } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { instant, money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { safety, type IncidentFull } from '../contract.ts'
import { LEVEL_TONE, TONE, said } from '../shown.ts'
import { words } from '../words.ts'
import { IncidentForm, type Form, type PartyRow } from './IncidentForms.tsx'

const POLL_MS = 30_000
/** What led to it stands a little before. */
const BEFORE_MS = 60_000
/** Worth a button that says why not. */
const SAYS_WHY = new Set(['safety.own_review', 'safety.report_first', 'safety.void_reported'])
const shows = (can: true | string | undefined): boolean => can === true || (can !== undefined && SAYS_WHY.has(can))

export default function IncidentPage() {
  const incident_id = useParam('incident_id')
  const may = useMay()
  const reading = useRead(safety.incident, { incident_id }, { refresh_ms: POLL_MS })
  const take = useWrite(safety.takeIncident, { done: '已受理' })
  const [form, setForm] = useState<{ form: Form; party?: PartyRow }>()
  const o = reading.data
  const button = (kind: Form, can: true | string | undefined, label: string, primary = false, danger = false) => (shows(can) ? <CanButton key={kind} {...(primary ? { type: 'primary' as const } : {})} danger={danger} can={can} words={words} onClick={() => setForm({ form: kind })}>{label}</CanButton> : null)
  return (
    <>
      <DetailPage
        title={o ? o.kind : '安全事件'} loading={reading.loading} error={reading.error} retry={reading.retry} {...(may('safety.incident.read') ? { back: '/safety/incidents' } : {})}
        tags={o ? <><StateTag value={o.state} words={words.states?.['state']} tones={TONE} /><StateTag value={o.level} words={words.states?.['level']} tones={LEVEL_TONE} />{o.late ? <StateTag value="l" words={{ l: '超时' }} tones={{ l: 'bad' }} /> : null}</> : null}
        actions={o ? (
          <>
            {o.can.take === true ? <Button type="primary" loading={take.running} onClick={() => void confirm({ title: `受理 ${o.no}?`, content: '受理后由您处理。', ok: '受理' }).then((yes) => (yes ? take.run({ incident_id }) : undefined))}>受理</Button> : null}
            {button('approve', o.can.approve, '审核结案', true)}
            {button('report_out', o.can.report_out, '登记上报', o.report_due_at !== null && o.reported_at === null)}
            {button('note', o.can.note, '处置经过')}
            {button('submit', o.can.submit, '提交审核', o.reported_at !== null || o.report_due_at === null)}
            {button('assign', o.can.assign, o.assignee_name ? '改派' : '指派')}
            {button('change', o.can.change, '更正伤亡与损失')}
            {button('return', o.can.return, '退回')}
            {button('reopen', o.can.reopen, '重新处理')}
            {may('video.playback.watch') ? <Go to={`/video/playback?at=${new Date(Date.parse(o.occurred_at) - BEFORE_MS).toISOString()}`}><Button>当时录像</Button></Go> : null}
            {may('safety.incident.read') ? <Button href={fileUrl(safety.incidentPaper, { incident_id })} target="_blank">打印报告单</Button> : null}
            {button('void', o.can.void, '作废', false, true)}
          </>
        ) : null}
        facts={o ? factsOf(o) : []}
      >
        {o ? <Cards o={o} open={(f, party) => setForm({ form: f, ...(party ? { party } : {}) })} /> : null}
      </DetailPage>
      {o && form ? <IncidentForm key={`${form.form} ${form.party?.party_id ?? ''}`} o={o} form={form.form} party={form.party} close={() => setForm(undefined)} /> : null}
    </>
  )
}
function factsOf(o: IncidentFull) {
  const red = (late: boolean, text: string) => <span className={late ? 'hy-red hy-strong' : ''}>{text}</span>
  return [
    ['事件编号', <span key="n" className="hy-num">{o.no}</span>], ['小区', o.community_name], ['地点', o.place], ['来源', said('source', o.source)], ['发生时间', instant(o.occurred_at)], ['发现时间', instant(o.found_at)], ['报告人', `${o.reported_by_name} ${instant(o.created_at).slice(5, 16)}`], ['处理人', o.assignee_name],
    ['伤亡', <span key="h" className={o.hurt ? 'hy-red' : ''}>{o.hurt ? `死亡 ${o.dead_count},重伤 ${o.badly_count},轻伤 ${o.hurt_count}` : '无'}</span>], ['直接经济损失', o.loss_fen === null ? '未估' : money(o.loss_fen)],
    ['上报时限', o.report_due_at ? red(o.report_late, `${instant(o.report_due_at)}${o.basis ? `(${o.basis})` : ''}`) : '不强制'], ['首次上报', o.reported_at ? red(o.report_late, instant(o.reported_at)) : null], ['结案期限', red(o.late && o.closed_at === null, instant(o.close_due_at).slice(0, 10))], ['结案', o.closed_at ? instant(o.closed_at) : null], ['提交人', o.submitted_by_name], ['审核人', o.reviewed_by_name],
  ] as const
}
function Cards({ o, open }: { o: IncidentFull; open: (f: Form, party?: PartyRow) => void }) {
  const active = o.state !== 'closed' && o.state !== 'void'
  return (
    <>
      <section className="hy-card"><h2>经过</h2><p style={{ whiteSpace: 'pre-wrap' }}>{o.words}</p>{o.level !== o.level_by_rule && o.level_by_rule !== 'minor' ? <p className="hy-red">按登记的伤亡与损失应为「{said('level', o.level_by_rule)}」({o.level_basis})。</p> : null}</section>
      {o.cause ? <section className="hy-card" aria-label="原因与责任"><h2>原因与责任</h2><p style={{ whiteSpace: 'pre-wrap' }}>{o.cause}</p>{o.duty ? <p style={{ whiteSpace: 'pre-wrap' }}>责任认定:{o.duty}</p> : null}</section> : null}
      <Measures o={o} />
      {o.reports.length ? (
        <section className="hy-card" aria-label="上报"><h2>上报</h2>
          <RowsTable label="上报" rows={o.reports} row_key="report_id" empty="" columns={[{ key: 'reported_at', title: '报告时间', width: 140, show: (r) => instant(r.reported_at).slice(0, 16) }, { key: 'authority', title: '单位', width: 100, show: (r) => said('authority', r.authority) }, { key: 'receiver', title: '接报单位或接警人', width: 160 }, { key: 'way', title: '方式', width: 60, show: (r) => said('way', r.way) }, { key: 'outside_no', title: '回执或案号', width: 130, show: (r) => r.outside_no ?? '—' }, { key: 'arrived_at', title: '到场', width: 110, show: (r) => (r.arrived_at ? instant(r.arrived_at).slice(5, 16) : '—') }, { key: 'words', title: '内容与回复', width: 220, show: (r) => r.words ?? '—' }, { key: 'by_name', title: '报告人', width: 80 }]} />
        </section>
      ) : null}
      {o.can.see_parties === true ? (
        <section className="hy-card" aria-label="涉及人员"><h2>涉及人员</h2>
          <RowsTable label="涉及人员" rows={o.parties} row_key="party_id" empty="没有登记涉及人员" columns={[{ key: 'role', title: '身份', width: 80, show: (r) => said('role', r.role) }, { key: 'name', title: '姓名', width: 100 }, { key: 'phone', title: '电话', width: 190, show: (r) => <Phone o={o} party={r} /> }, { key: 'words', title: '说明', width: 280, show: (r) => r.words ?? '—' }, ...(active ? [{ key: 'act', title: '操作', width: 80, show: (r: PartyRow) => <Button size="small" onClick={() => open('party', r)}>修改</Button> }] : [])]} />
          {active ? <div style={{ marginTop: 8 }}><Button size="small" onClick={() => open('party')}>登记涉及人员</Button></div> : null}
        </section>
      ) : null}
      <section className="hy-card" aria-label="进度"><h2 style={{ marginBottom: 12 }}>进度</h2><Steps o={o} /></section>
    </>
  )
}
function Measures({ o }: { o: IncidentFull }) {
  const done = useWrite(safety.doneMeasure, { done: '已登记完成' })
  const [at, setAt] = useState<{ measure_id: string; words: string; text: string }>()
  if (o.measures.length === 0) return null
  return (
    <section className="hy-card" aria-label="整改与防范措施"><h2>整改与防范措施</h2>
      <RowsTable label="整改与防范措施" rows={o.measures} row_key="measure_id" empty="" columns={[{ key: 'words', title: '措施', width: 280 }, { key: 'who', title: '责任人', width: 90 }, { key: 'due_on', title: '期限', width: 105, show: (m) => <span className={m.late ? 'hy-red hy-strong' : ''}>{m.due_on}</span> }, { key: 'done', title: '完成情况', width: 260, show: (m) => (m.done_at ? `${instant(m.done_at).slice(0, 10)} ${m.done_words}` : m.late ? '逾期未完' : '未完') }, { key: 'act', title: '操作', width: 90, show: (m) => (m.can.done === true ? <Button size="small" type="primary" onClick={() => setAt({ measure_id: m.measure_id, words: m.words, text: '' })}>完成</Button> : null) }]} />
      <Modal open={at !== undefined} title={`完成:${at?.words ?? ''}`} okText="登记完成" cancelText="取消" confirmLoading={done.running} okButtonProps={{ disabled: !at?.text.trim() }} onCancel={() => setAt(undefined)} onOk={() => void done.run({ incident_id: o.incident_id, measure_id: at!.measure_id, done_words: at!.text.trim() }).then((x) => { if (x) setAt(undefined) })}>
        <Input.TextArea aria-label="完成情况" rows={3} maxLength={300} placeholder="做了什么" value={at?.text ?? ''} onChange={(e) => setAt((a) => (a ? { ...a, text: e.target.value } : a))} />
      </Modal>
    </section>
  )
}
function Phone({ o, party }: { o: IncidentFull; party: PartyRow }) {
  const reveal = useWrite(safety.revealParty, { invalidates: [] })
  const [phone, setPhone] = useState<string | null>()
  if (!party.phone_masked) return <>—</>
  return <span className="hy-line">{phone ?? party.phone_masked}{o.can.reveal === true && !phone ? <Button size="small" loading={reveal.running} onClick={() => void reveal.run({ incident_id: o.incident_id, party_id: party.party_id }).then((a) => setPhone(a?.phone))}>显示</Button> : null}</span>
}
const GOOD = new Set(['approve', 'report_out', 'done_measure'])
const BAD = new Set(['return', 'void', 'reopen'])
function Steps({ o }: { o: IncidentFull }) {
  return (
    <Timeline
      items={o.steps.toReversed().map((s) => ({
        key: s.step_no, color: GOOD.has(s.action) ? 'green' : BAD.has(s.action) ? 'red' : 'blue',
        content: (
          <div>
            <strong>{said('action', s.action)}{s.to_name ? ` → ${s.to_name}` : ''}</strong> <span className="hy-muted">{s.by_name} · {instant(s.at, { seconds: true })}</span>
            {s.note ? <div style={{ whiteSpace: 'pre-wrap' }}>{s.note}</div> : null}
            {s.photo_ids.length ? <Image.PreviewGroup><div className="hy-line" style={{ marginTop: 6 }}>{s.photo_ids.map((file_id, i) => <Image key={file_id} width={88} height={88} style={{ objectFit: 'cover' }} alt={`${said('action', s.action)}照片 ${i + 1}`} src={fileUrl(safety.photo, { incident_id: o.incident_id, file_id })} />)}</div></Image.PreviewGroup> : null}
          </div>
        ),
      }))}
    />
  )
}
