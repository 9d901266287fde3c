// Where the month of one place stands, and what can be done with it.
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { instant } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { attendance, type MonthRow } from '../contract.ts'
import { MONTH_TONES, said } from '../shown.ts'
import { words } from '../words.ts'

export function MonthBar({ m }: { m: MonthRow }) {
  const of = { community_id: m.community_id, month: m.month }
  const issue = useWrite(attendance.issueMonth, { done: (a) => `已发给 ${a.people_count} 人` })
  const close = useWrite(attendance.closeMonth, { in_form: true, done: (a) => `已关账,${a.people_count} 人` })
  const reopen = useWrite(attendance.reopenMonth, { in_form: true, done: '已重新打开' })
  const [open, setOpen] = useState<'close' | 'reopen' | 'events'>()
  const left = m.people_count - m.confirmed_count
  const done = (): void => { setOpen(undefined); close.reset(); reopen.reset() }
  const shut = async (): Promise<void> => {
    if (left > 0) return setOpen('close')
    if (await confirm({ title: `${m.community_name} ${m.month} 考勤关账?`, content: '关账后不再变动,作为发工资的依据。' })) await close.run(of)
  }
  return (
    <section className="hy-card hy-line" aria-label={`${m.community_name} ${m.month}`}>
      <strong>{m.community_name}</strong><StateTag value={m.state} words={words.states!['month']} tones={MONTH_TONES} />
      <span className="hy-muted">{m.people_count} 人,已确认 {m.confirmed_count}{m.objected_count > 0 ? `,有异议 ${m.objected_count}` : ''}{m.fix_count > 0 ? `,待批补卡 ${m.fix_count}` : ''}</span>
      <CanButton size="small" can={m.can.issue} words={words} loading={issue.running} onClick={async () => { if (await confirm({ title: `发 ${m.month} 考勤给员工确认?`, content: `${m.people_count} 人会收到消息。` })) await issue.run(of) }}>发员工确认</CanButton>
      <CanButton size="small" type="primary" can={m.can.close} words={words} loading={close.running} onClick={() => void shut()}>关账</CanButton>
      {m.state === 'closed' ? <CanButton size="small" can={m.can.reopen} words={words} onClick={() => setOpen('reopen')}>重新打开</CanButton> : null}
      {m.events.length > 0 ? <Button size="small" onClick={() => setOpen('events')}>办理记录</Button> : null}
      {open === 'close' ? <ReasonModal open title={`还有 ${left} 人没有确认,仍要关账`} label="原因" loading={close.running} submitError={close.error} onClose={done} onConfirm={async (note) => { if (await close.run({ ...of, note })) done() }} /> : null}
      {open === 'reopen' ? <ReasonModal open danger title={`重新打开 ${m.community_name} ${m.month} 的考勤`} loading={reopen.running} submitError={reopen.error} onClose={done} onConfirm={async (reason) => { if (await reopen.run({ ...of, reason })) done() }} /> : null}
      {open === 'events' ? <Modal open title={`${m.community_name} ${m.month} 办理记录`} footer={null} onCancel={done} width={640}><RowsTable cards label="办理记录" row_key="key" empty="没有" rows={m.events.map((e) => ({ ...e, key: e.made_at }))} columns={[{ key: 'made_at', title: '时间', width: 150, show: (e) => instant(e.made_at) }, { key: 'what', title: '办理', width: 110, show: (e) => said('month_event', e.what) }, { key: 'people_count', title: '人数', width: 70 }, { key: 'unconfirmed_count', title: '未确认', width: 80 }, { key: 'made_by_name', title: '办理人', width: 100 }, { key: 'note', title: '说明' }]} /></Modal> : null}
    </section>
  )
}
