// 待整改: what a round found and somebody here has to put right; with a photo of how it is now, without network too.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { fileUrl, readNow } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Field, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory } from '../../../ui/phone/memory.ts'
import { putAndWait, useOutbox } from '../../../ui/phone/outbox_sender.ts'
import { OutboxCard } from '../../../ui/phone/OutboxCard.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { KeptPhotos, PhotoStrip, type Kept } from '../../../ui/phone/photos.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { PHOTOS_MAX, rounds, type FindingRow } from '../contract.ts'
import { mendSubject } from './outbox.ts'

const SHOWN = 100
/** What lies open of public order alone: messages about it lead here. */
export const PublicFindingsPage = () => <FindingsPage of_public />
export function FindingsPage({ of_public = false }: { of_public?: boolean }) {
  const me = usePhoneMe()
  const { entries } = useOutbox()
  const list = useMemory([rounds.findings.name], `${ownerOf(me)} rounds findings${of_public ? ' public' : ''}`, () => readNow(rounds.findings, { state: 'open', page_size: SHOWN, ...(of_public ? { public: true } : {}) }))
  const [open, setOpen] = useState<FindingRow>()
  return (
    <Page title={of_public ? '秩序问题' : '待整改'} back="/rounds">
      <OutboxCard />
      <Loaded reading={list}>
        {({ value }) => {
          const rows = value.rows.filter((f) => f.way === 'deadline')
          return rows.length === 0 ? <StateBlock icon="ok" title={of_public ? '没有待处理的秩序问题' : '没有待整改的问题'} text="巡查发现、限期整改的、上报的秩序问题会显示在这里" /> : (
            <ul className="ph-section">
              {rows.map((f) => {
                const sent = entries.some((e) => e.subject === mendSubject(f.finding_id))
                return (
                  <li key={f.finding_id} className="ph-card ph-section">
                    <p className="ph-between"><b>{[f.subject, f.building_name, f.place].filter(Boolean).join(' · ')}</b>{f.due_at ? <Tag {...(f.late ? { kind: 'bad' as const } : { kind: 'warn' as const })}>{instant(f.due_at).slice(5, 16)} 前</Tag> : null}</p>
                    <p>{f.words}</p>
                    {f.mend_note ? <p className="ph-red ph-small">{f.mend_note}</p> : null}
                    <p className="ph-weak ph-small">{f.community_name} · {f.department} · {f.found_by_name} 发现</p>
                    <PhotoStrip urls={f.photos.map((p) => fileUrl(rounds.findingPhoto, { finding_id: f.finding_id, file_id: p.file_id }))} label="发现时" />
                    {sent ? <Tag kind="busy">待上传</Tag> : f.can.mend !== true ? null : <Button className="ph-mid" block color="primary" onClick={() => setOpen(f)}>整改完成</Button>}
                  </li>
                )
              })}
            </ul>
          )
        }}
      </Loaded>
      <Sheet open={open !== undefined} title={open?.place ?? ''} close={() => setOpen(undefined)}>{open ? <MendForm f={open} done={() => { setOpen(undefined); list.retry() }} /> : null}</Sheet>
    </Page>
  )
}
function MendForm({ f, done }: { f: FindingRow; done: () => void }) {
  const me = usePhoneMe()
  const [text, setText] = useState('')
  const [photos, setPhotos] = useState<Kept[]>([])
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    setBusy(true)
    try {
      const end = await putAndWait({ owner: ownerOf(me), call: rounds.mendFinding.name, subject: mendSubject(f.finding_id), photo_keys: photos.map((p) => p.key), input: { finding_id: f.finding_id, note: text.trim() }, about: { place: f.place } })
      if (end.kind === 'refused') setError(end.message)
      else done()
    } catch {
      setError('没有保存:手机存储不可用')
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void send() }}>
      <Field label="怎样整改的" error={error}>{(p) => <textarea {...p} className="ph-input" rows={2} maxLength={300} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <KeptPhotos owner={ownerOf(me)} label="整改后照片" photos={photos} set={setPhotos} max={PHOTOS_MAX} camera />
      <Button className="ph-big" block color="primary" type="submit" loading={busy} disabled={text.trim() === '' || photos.length === 0}>提交,等复查</Button>
    </form>
  )
}
