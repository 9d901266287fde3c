// 放行核验: the guard scans or types the code, looks at what goes out, lets it out once.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { asRefused, fileUrl, readNow, useRead, useWrite, type Out } from '../../../ui/api.ts'
import { Facts, Field, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { PhotoStrip } from '../../../ui/phone/photos.tsx'
import { Scanner, canScan } from '../../../ui/phone/Scanner.tsx'
import { care } from '../contract.ts'
import { ApplicationMark } from '../parts.tsx'
import { hour } from '../shown.ts'
import { words } from '../words.ts'

type Permit = Out<typeof care.checkPermit.gives>
export function GatePage() {
  const [scanning, setScanning] = useState(false)
  const [typed, setTyped] = useState('')
  const [fault, setFault] = useState<string>()
  const [seen, setSeen] = useState<{ permit: Permit; code: string }>()
  const look = async (text: string): Promise<void> => {
    setScanning(false)
    setFault(undefined)
    const permit_code = text.replaceAll(' ', '').toUpperCase()
    try {
      setSeen({ permit: await readNow(care.checkPermit, { permit_code }), code: permit_code })
    } catch (error) {
      setSeen(undefined)
      setFault(asRefused(error).message)
    }
  }
  const again = (): void => { setSeen(undefined); setTyped('') }
  return (
    <Page title="放行核验" back="/">
      {seen ? <Found key={seen.code} {...seen} again={again} looked={(permit) => setSeen({ ...seen, permit })} /> : (
        <>
          {canScan() ? (scanning ? <Scanner read={(text) => void look(text)} stop={(why) => { setScanning(false); setFault(why) }} /> : <Button className="ph-big" block color="primary" onClick={() => setScanning(true)}>扫凭条码</Button>) : null}
          <form className="ph-card ph-section" onSubmit={(e) => { e.preventDefault(); void look(typed) }}>
            <Field label="凭条码" error={fault} hint="凭条上的 12 位字母和数字">{(p) => <input {...p} className="ph-input ph-num" autoComplete="off" autoCapitalize="characters" spellCheck={false} maxLength={20} value={typed} onChange={(e) => { setTyped(e.target.value); setFault(undefined) }} />}</Field>
            <Button className="ph-big" block color="primary" type="submit" disabled={typed.replaceAll(' ', '').length !== 12}>核验</Button>
          </form>
        </>
      )}
    </Page>
  )
}
/** An exit permit by its code, for a screen that checks more than these. */
export function PermitByCode({ code, again }: { code: string; again: () => void }) {
  const permit = useRead(care.checkPermit, { permit_code: code }, { stale_ms: 0 })
  if (permit.error) return <><p role="alert" className="ph-card ph-red">{permit.error.message}</p><Button className="ph-mid" block onClick={again}>核验下一张</Button></>
  return permit.data ? <Found permit={permit.data} code={code} again={again} looked={permit.retry} /> : null
}
function Found({ permit: o, code, again, looked }: { permit: Permit; code: string; again: () => void; looked: (p: Permit) => void }) {
  const use = useWrite(care.usePermit, { done: '已放行,凭条作废' })
  const letOut = async (): Promise<void> => {
    await use.run({ permit_code: code })
    const now = await readNow(care.checkPermit, { permit_code: code }).catch(() => undefined)
    if (now) looked(now)
  }
  const why = o.can.use === true ? undefined : o.state === 'used' ? `已于 ${o.ended_at ? hour(o.ended_at) : ''} 由 ${o.ended_by_name ?? ''} 放行,不能再用` : (words.refusals[o.can.use] ?? '').replace('{until}', hour(o.permit_until)).replace(/\{\w+\}/g, '')
  return (
    <section className="ph-card ph-section" aria-label="凭条">
      <div className="ph-between"><h2>{o.service}</h2><ApplicationMark state={o.state} /></div>
      {why ? <p role="alert"><Tag kind="bad">不能放行</Tag> <span className="ph-red">{why}</span></p> : <p><Tag kind="good">有效</Tag> 有效至 {hour(o.permit_until)}</p>}
      <Facts rows={[['房号', `${o.community_name} ${o.label}`], ['申请人', o.applicant_name], ['申请号', o.no], ...o.answers.map((a) => [a.zh, a.value] as const)]} />
      <PhotoStrip urls={o.photo_ids.map((file_id) => fileUrl(care.applicationPhoto, { application_id: o.application_id, file_id }))} label="照片" />
      {o.can.use === true ? <Button className="ph-big" block color="primary" loading={use.running} onClick={() => void letOut()}>核对无误,放行</Button> : null}
      <Button className="ph-mid" block onClick={again}>核验下一张</Button>
    </section>
  )
}
