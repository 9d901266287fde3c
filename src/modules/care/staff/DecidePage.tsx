// One application on the phone of whoever decides: approve or say why not.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts, Field, Money, Sheet } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { PhotoStrip } from '../../../ui/phone/photos.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { care, type ApplicationFull } from '../contract.ts'
import { ApplicationMark, ApplicationSteps, closeAfter } from '../parts.tsx'
import { hour } from '../shown.ts'

export function DecidePage() {
  const application_id = useParam('application_id')
  const reading = useRead(care.application, { application_id })
  return <Page title="服务申请" back="/"><Loaded reading={reading}>{(o) => <Shown o={o} />}</Loaded></Page>
}
function Shown({ o }: { o: ApplicationFull }) {
  const approve = useWrite(care.approveApplication, { done: '已批准' })
  const reject = useWrite(care.rejectApplication, { done: '已告知申请人', in_form: true })
  const [open, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const id = { application_id: o.application_id }
  return (
    <>
      <section className="ph-card ph-section">
        <div className="ph-between"><h2>{o.service}</h2><ApplicationMark state={o.state} /></div>
        <Facts rows={[['申请号', o.no], ['房号', `${o.community_name} ${o.label}`], ['申请人', o.applicant_name], ['申请时间', instant(o.created_at)], o.step_name ? ['当前步骤', o.step_name] : null, o.due_at ? ['时限', <span key="d" className={o.late ? 'ph-red ph-strong' : ''}>{hour(o.due_at)}</span>] : null, ...o.answers.map((a) => [a.zh, a.value] as const)]} />
        <PhotoStrip urls={o.photo_ids.map((file_id) => fileUrl(care.applicationPhoto, { ...id, file_id }))} label="照片" />
        {o.arrears && o.arrears.overdue_count > 0 ? <p className="ph-weak">该户逾期 {o.arrears.overdue_count} 笔 <Money fen={o.arrears.overdue_fen} />,仅供知悉,不得以此不予办理</p> : null}
        <div className="ph-two">
          {o.can.approve === true ? <Button className="ph-mid" color="primary" loading={approve.running} onClick={() => void approve.run(id)}>批准</Button> : null}
          {o.can.reject === true ? <Button className="ph-mid" onClick={() => setOpen(true)}>不批准</Button> : null}
        </div>
      </section>
      <section className="ph-card"><h2>进度</h2><ApplicationSteps steps={o.steps} /></section>
      <Sheet open={open} title="不批准" close={() => setOpen(false)}>
        <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(reject.run({ ...id, reason }), () => setOpen(false)) }}>
          <Field label="原因(申请人会看到)" error={reject.error?.message}>{(p) => <input {...p} className="ph-input" maxLength={200} value={reason} onChange={(e) => setReason(e.target.value)} />}</Field>
          <Button className="ph-big" block color="primary" type="submit" disabled={reason.trim().length < 2} loading={reject.running}>不批准</Button>
        </form>
      </Sheet>
    </>
  )
}
