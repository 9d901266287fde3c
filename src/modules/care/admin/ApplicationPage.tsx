import { Button, Image, Timeline } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage, Facts } from '../../../ui/pages.tsx'
import { care, type ApplicationFull } from '../contract.ts'
import { APPLICATION_TONE, said } from '../shown.ts'
import { words } from '../words.ts'

type Open = 'approve' | 'reject' | 'cancel' | 'finish'
export default function ApplicationPage() {
  const application_id = useParam('application_id')
  const reading = useRead(care.application, { application_id })
  const [open, setOpen] = useState<Open>()
  const o = reading.data
  return (
    <>
      <DetailPage
        title={o ? `${o.service} · ${o.label}` : '服务申请'} loading={reading.loading} error={reading.error} retry={reading.retry} back="/care/applications"
        tags={o ? <><StateTag value={o.state} words={words.states?.['application']} tones={APPLICATION_TONE} />{o.late ? <StateTag value="l" words={{ l: '超时' }} tones={{ l: 'bad' }} /> : null}</> : null}
        actions={o ? (
          <>
            {o.can.approve === true ? <Button type="primary" onClick={() => setOpen('approve')}>批准</Button> : null}
            {o.can.reject === true ? <Button onClick={() => setOpen('reject')}>不批准</Button> : null}
            {o.can.finish === true ? <Button type="primary" onClick={() => setOpen('finish')}>办结</Button> : null}
            {o.permit_code ? <Button href={fileUrl(care.permitPaper, { application_id })} target="_blank">打印凭条</Button> : null}
            {o.can.cancel === true ? <Button danger onClick={() => setOpen('cancel')}>取消申请</Button> : null}
          </>
        ) : null}
        facts={o ? [['申请号', o.no], ['小区', o.community_name], ['房号', <Go key="h" to={`/property/houses/${o.house_id}`}>{o.label}</Go>], ['来源', o.source === 'app' ? '业主端' : '前台代办'], ['申请人', o.applicant_name], ['电话', o.applicant_phone_masked], ['申请时间', instant(o.created_at)], ['审批步骤', o.step_names.join(' → ')], ['当前步骤', o.step_name], ['审批部门', o.department_name], ['时限', o.due_at ? <span key="d" className={o.late ? 'hy-red hy-strong' : ''}>{instant(o.due_at)}</span> : null], ['凭条有效至', o.permit_until ? instant(o.permit_until) : null]] : []}
      >
        {o ? <Cards o={o} /> : null}
      </DetailPage>
      {o && open ? <Forms key={open} o={o} open={open} close={() => setOpen(undefined)} /> : null}
    </>
  )
}
function Cards({ o }: { o: ApplicationFull }) {
  return (
    <>
      {o.arrears && o.arrears.overdue_count > 0 ? <section className="hy-card" aria-label="欠费提示"><p>该户逾期 {o.arrears.overdue_count} 笔,共 <MoneyText fen={o.arrears.overdue_fen} owed />。仅供知悉:不得以欠费为由不予办理(民法典第九百四十四条),请另行催缴。</p></section> : null}
      <section className="hy-card" aria-label="填写内容"><h2>填写内容</h2>
        <Facts facts={o.answers.map((a) => [a.zh, a.value] as const)} />
        {o.photo_ids.length ? <Image.PreviewGroup><div className="hy-line" style={{ marginTop: 6 }}>{o.photo_ids.map((file_id, i) => <Image key={file_id} width={88} height={88} style={{ objectFit: 'cover' }} alt={`照片 ${i + 1}`} src={fileUrl(care.applicationPhoto, { application_id: o.application_id, file_id })} />)}</div></Image.PreviewGroup> : null}
      </section>
      <section className="hy-card" aria-label="进度"><h2 style={{ marginBottom: 12 }}>进度</h2>
        <Timeline items={o.steps.toReversed().map((s) => ({ key: s.step_no, color: s.action === 'reject' || s.action === 'cancel' ? 'red' : s.action === 'apply' ? 'blue' : 'green', content: <div><strong>{said('application_action', s.action)}{s.step_name ? `(${s.step_name})` : ''}</strong> <span className="hy-muted">{s.by_name} · {instant(s.at)}</span>{s.note ? <div>{s.note}</div> : null}</div> }))} />
      </section>
    </>
  )
}
function Forms({ o, open, close }: { o: ApplicationFull; open: Open; close: () => void }) {
  const approve = useWrite(care.approveApplication, { in_form: true, done: '已批准' })
  const reject = useWrite(care.rejectApplication, { in_form: true, done: '已告知申请人' })
  const cancel = useWrite(care.cancelApplication, { in_form: true, done: '已取消' })
  const finish = useWrite(care.finishApplication, { in_form: true, done: '已办结' })
  const common = { open: true, onClose: close, fixed: { application_id: o.application_id } } as const
  const done = async (made: Promise<unknown>) => { if (await made) close() }
  if (open === 'approve') return <FormModal {...common} title={`批准 ${o.no}`} submit="批准" call={care.approveApplication} fields={[{ name: 'note', kind: 'area' }]} loading={approve.running} submitError={approve.error} onSubmit={(i) => done(approve.run(i))} />
  if (open === 'reject') return <FormModal {...common} title={`不批准 ${o.no}`} submit="不批准" danger call={care.rejectApplication} fields={[{ name: 'reason', help: '申请人会看到;不能以欠费为由' }]} loading={reject.running} submitError={reject.error} onSubmit={(i) => done(reject.run(i))} />
  if (open === 'finish') return <FormModal {...common} title={`办结 ${o.no}`} submit="办结" call={care.finishApplication} fields={[{ name: 'note', kind: 'area', help: '如:已交付钥匙 1 把' }]} loading={finish.running} submitError={finish.error} onSubmit={(i) => done(finish.run(i))} />
  return <FormModal {...common} title={`取消 ${o.no}`} submit="取消申请" danger call={care.cancelApplication} fields={['reason']} loading={cancel.running} submitError={cancel.error} onSubmit={(i) => done(cancel.run(i))} />
}
