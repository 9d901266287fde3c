// One warning sign on the phone: what hangs where, when it was looked at, and looking at it now.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, Facts, Field, Tag } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { PhotoStrip, Photos, type Taken } from '../../../ui/phone/photos.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { safety, type SignRow } from '../contract.ts'
import { said } from '../shown.ts'

const STATES = ['good', 'damaged', 'missing'] as const
const CHECKS = 10
export function SignPage() {
  const sign_id = useParam('sign_id')
  const reading = useRead(safety.sign, { sign_id })
  const may = mayDo(usePhoneMe(), 'safety.sign.write')
  return (
    <Page title="警示标识" back="/siteplan">
      <Loaded reading={reading}>
        {(o) => (
          <>
            <section className="ph-card ph-section">
              <div className="ph-between"><h2>{o.words}</h2><Tag {...(o.state === 'good' ? { kind: 'good' as const } : o.state === 'removed' ? {} : { kind: 'bad' as const })}>{said('sign', o.state)}</Tag></div>
              <Facts rows={[['编号', o.no], ['种类', o.kind], ['位置', [o.community_name, o.building_name, o.place].filter(Boolean).join(' ')], ['设置日', o.set_on], ['最近检查', o.checked_on ?? '未查过'], o.state === 'removed' ? null : ['下次检查', <span key="d" className={o.late ? 'ph-red ph-strong' : ''}>{o.due_on}{o.late ? ',已过期' : ''}</span>]]} />
              <PhotoStrip urls={o.file_id ? [fileUrl(safety.signPhoto, { sign_id, file_id: o.file_id })] : []} label="最近照片" />
            </section>
            {may && o.state !== 'removed' ? <Check sign_id={sign_id} /> : null}
            {o.checks.length ? <section className="ph-card"><h2>检查记录</h2><ol className="ph-steps" aria-label="检查记录">{o.checks.slice(0, CHECKS).map((k) => <li key={k.check_id}><span className="ph-between"><b>{said('sign', k.state)}</b><span className="ph-weak ph-small ph-num">{instant(k.checked_at).slice(0, 10)}</span></span><span className="ph-weak ph-small">{k.by_name}</span>{k.words ? <span>{k.words}</span> : null}</li>)}</ol></section> : null}
          </>
        )}
      </Loaded>
    </Page>
  )
}
function Check({ sign_id }: { sign_id: string }) {
  const save = useWrite(safety.checkSign, { in_form: true, done: (a) => `已登记,下次 ${a.due_on}` })
  const [state, setState] = useState<SignRow['state']>('good')
  const [text, setText] = useState('')
  const [photos, setPhotos] = useState<Taken[]>([])
  const send = async (): Promise<void> => {
    if (await save.run({ sign_id, state, ...(text.trim() ? { words: text.trim() } : {}), file_id: photos[0]?.file_id ?? null })) { setText(''); setPhotos([]) }
  }
  return (
    <form className="ph-card ph-section" noValidate onSubmit={(e) => { e.preventDefault(); void send() }}>
      <h2>现在检查</h2>
      <Chips label="状态" choices={STATES.map((s) => ({ value: s, label: said('sign', s) }))} value={state} choose={(v) => setState(v as SignRow['state'])} />
      <Field label={state === 'good' ? '说明(选填)' : '说明'} error={save.error?.message}>{(p) => <input {...p} className="ph-input" maxLength={200} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <Photos label="照片(选填)" photos={photos} set={setPhotos} max={1} camera />
      <Button className="ph-big" block color="primary" type="submit" loading={save.running} disabled={state !== 'good' && text.trim() === ''}>登记检查</Button>
    </form>
  )
}
