// One application of one's own; approved with a permit it shows the code for the gate.
import { Button } from 'antd-mobile'
import { useEffect, useState } from 'react'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import { Icon } from '../../../ui/phone/icons.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { PhotoStrip } from '../../../ui/phone/photos.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { care, type MyApplication } from '../contract.ts'
import { ApplicationMark, ApplicationSteps } from '../parts.tsx'
import { hour } from '../shown.ts'

const POLL_MS = 30_000
export function ApplicationPage() {
  const application_id = useParam('application_id')
  const reading = useRead(care.myApplication, { application_id }, { refresh_ms: POLL_MS })
  return <Page title="申请进度" back="/apply"><Loaded reading={reading}>{(o) => <Shown o={o} />}</Loaded></Page>
}
function Shown({ o }: { o: MyApplication }) {
  const cancel = useWrite(care.cancelMyApplication, { done: '已取消' })
  return (
    <>
      {o.permit_code ? <Permit code={o.permit_code} until={o.permit_until!} application_id={o.application_id} /> : null}
      <section className="ph-card ph-section">
        <div className="ph-between"><h2>{o.service}</h2><ApplicationMark state={o.state} /></div>
        <Facts rows={[['申请号', <span key="n" className="ph-num">{o.no}</span>], ['房产', o.label], ['申请时间', instant(o.created_at)], o.step_name ? ['正在办理', o.step_name] : null, o.due_at && o.state === 'deciding' ? ['最迟答复', hour(o.due_at)] : null, ...o.answers.map((a) => [a.zh, a.value] as const)]} />
        <PhotoStrip urls={o.photo_ids.map((file_id) => fileUrl(care.applicationPhoto, { application_id: o.application_id, file_id }))} label="照片" />
        {o.can.cancel === true ? <Button className="ph-mid" block loading={cancel.running} onClick={() => void confirm({ title: '取消这项申请?', yes: '取消申请' }).then((yes) => (yes ? cancel.run({ application_id: o.application_id }) : undefined))}>取消申请</Button> : null}
        {o.service_phone ? <a className="ph-line" href={`tel:${o.service_phone}`}><Icon name="phone" />联系物业 {o.service_phone}</a> : null}
      </section>
      <section className="ph-card"><h2>进度</h2><ApplicationSteps steps={o.steps} resident /></section>
    </>
  )
}
function Permit({ code, until, application_id }: { code: string; until: string; application_id: string }) {
  const [drawn, setDrawn] = useState<string>()
  useEffect(() => {
    void import('qrcode').then((m) => m.toDataURL(code, { errorCorrectionLevel: 'M', margin: 2, width: 480 })).then(setDrawn)
  }, [code])
  return (
    <section className="ph-card ph-section ph-center" aria-label="放行凭条">
      <h2>请门岗扫码放行</h2>
      {drawn ? <img src={drawn} alt="放行凭条二维码" style={{ width: 'min(100%, 15rem)', margin: '0 auto' }} /> : null}
      <p className="ph-strong ph-num cr-token">{code.replace(/(.{4})(?=.)/g, '$1 ')}</p>
      <p className="ph-weak">有效至 {hour(until)},一次有效</p>
      <a className="ph-text-button" href={fileUrl(care.permitPaper, { application_id })} target="_blank" rel="noreferrer">打印凭条</a>
    </section>
  )
}
