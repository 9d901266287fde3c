// 报秩序问题 on the phone of whoever walks the grounds, without network too: what, where, what was done about it.
import { Button, Toast } from 'antd-mobile'
import { useState } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import type { Out } from '../../../kernel/contract.ts'
import { readNow } from '../../../ui/api.ts'
import { Chips, Field } from '../../../ui/phone/bits.tsx'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory } from '../../../ui/phone/memory.ts'
import { putAndWait } from '../../../ui/phone/outbox_sender.ts'
import { OutboxCard } from '../../../ui/phone/OutboxCard.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { KeptPhotos, type Kept } from '../../../ui/phone/photos.tsx'
import { go } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { newRequestId } from '../../../ui/request_id.ts'
import { rounds, type Subject } from '../contract.ts'
import { OrderKindField, useSubjects } from './finding_fields.tsx'

type Places = Out<typeof rounds.findingPlaces.gives>['rows']
type Way = 'fixed' | 'deadline' | 'order'
const WAYS: readonly { value: Way; label: string }[] = [{ value: 'fixed', label: '当场处理了' }, { value: 'deadline', label: '要处理' }, { value: 'order', label: '转报修' }]
const PHOTOS = 6
const AFTER = 3
export function ReportFindingPage() {
  const owner = ownerOf(usePhoneMe())
  const places = useMemory([rounds.findingPlaces.name], `${owner} rounds finding places`, () => readNow(rounds.findingPlaces, {}))
  const subjects = useSubjects()
  return (
    <Page title="报秩序问题" back="/">
      <OutboxCard />
      <Loaded reading={places}>{(p) => <Loaded reading={subjects}>{(s) => <Form places={p.value.rows} subjects={s.value.rows.filter((x) => !x.retired && x.rule)} owner={owner} />}</Loaded>}</Loaded>
    </Page>
  )
}
function Form({ places, subjects, owner }: { places: Places; subjects: readonly Subject[]; owner: string }) {
  const [community_id, setCommunity] = useState(places.length === 1 ? places[0]!.community_id : '')
  const [building_id, setBuilding] = useState('')
  const [subject_id, setSubject] = useState('')
  const [place, setPlace] = useState('')
  const [text, setText] = useState('')
  const [way, setWay] = useState<Way>('fixed')
  const [done_words, setDone] = useState('')
  const [category_id, setCategory] = useState('')
  const [before, setBefore] = useState<Kept[]>([])
  const [after, setAfter] = useState<Kept[]>([])
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  // When it was seen: the moment the page was opened, not that of a sending hours later.
  const [found_at] = useState(nowIso)
  const here = places.find((c) => c.community_id === community_id)
  const rule = subjects.find((s) => s.subject_id === subject_id)?.rule
  const send = async (): Promise<void> => {
    const why = !subject_id ? '请选择种类' : !here ? '请选择小区' : place.trim() === '' ? '请写明地点,处理的人要按它找过去' : way === 'fixed' && done_words.trim() === '' ? '请写一句怎样处理的' : way === 'order' && !category_id ? '请选择报修分类' : undefined
    setError(why)
    if (why || busy) return
    setBusy(true)
    try {
      const photos = [...before, ...(way === 'fixed' ? after : [])]
      const end = await putAndWait({
        owner, call: rounds.reportFinding.name, subject: `${rounds.reportFinding.name} ${newRequestId()}`, photo_keys: photos.map((p) => p.key),
        input: { subject_id, community_id, place: place.trim(), words: text.trim(), found_at, source: 'phone', way, ...(building_id ? { building_id } : {}), ...(way === 'fixed' ? { done_words: done_words.trim() } : {}), ...(way === 'order' ? { category_id } : {}) },
        about: { place: `${here!.name} ${place.trim()}`, value: subjects.find((s) => s.subject_id === subject_id)?.name ?? '', parts: photos.map((p) => (after.includes(p) ? 'after' : 'before')).join(' ') },
      })
      if (end.kind === 'refused') return setError(end.message)
      const order_no = end.kind === 'sent' ? (end.answer as { order_no: string | null }).order_no : null
      Toast.show({ content: end.kind === 'sent' ? (order_no ? `已上报,报修单 ${order_no}` : '已上报') : '已存在手机上,有网络后自动上传', duration: 1800 })
      go('/')
    } catch {
      setError('没有保存:手机存储不可用')
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="ph-card ph-section" noValidate onSubmit={(e) => { e.preventDefault(); void send() }}>
      <div className="ph-field"><span className="ph-legend">种类</span><Chips wrap label="种类" choices={subjects.map((s) => ({ value: s.subject_id, label: s.name }))} value={subject_id} choose={setSubject} /></div>
      {rule ? <p className="ph-weak ph-small">{rule.department}负责,{rule.fix_hours} 小时内处理好{rule.authority ? `;制止不了的报告${rule.authority}` : ''}</p> : null}
      {places.length > 1 ? <Field label="小区">{(p) => <select {...p} className="ph-input" value={community_id} onChange={(e) => { setCommunity(e.target.value); setBuilding('') }}><option value="">请选择</option>{places.map((c) => <option key={c.community_id} value={c.community_id}>{c.name}</option>)}</select>}</Field> : null}
      {here && here.buildings.length > 0 ? <Field label="楼栋(选填)">{(p) => <select {...p} className="ph-input" value={building_id} onChange={(e) => setBuilding(e.target.value)}><option value="">不在楼内</option>{here.buildings.map((b) => <option key={b.building_id} value={b.building_id}>{b.name}</option>)}</select>}</Field> : null}
      <Field label="地点">{(p) => <input {...p} className="ph-input" maxLength={60} value={place} placeholder="如:东门外人行道" onChange={(e) => setPlace(e.target.value)} />}</Field>
      <Field label="情况(选填)">{(p) => <textarea {...p} className="ph-input" maxLength={300} rows={2} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <KeptPhotos owner={owner} label="现场照片" photos={before} set={setBefore} max={PHOTOS} camera />
      <div className="ph-field"><span className="ph-legend">处理</span><Chips label="处理" choices={WAYS} value={way} choose={(v) => setWay(v as Way)} /></div>
      {way === 'fixed' ? <><Field label="怎样处理的">{(p) => <input {...p} className="ph-input" maxLength={300} value={done_words} placeholder="如:已劝离、已清除" onChange={(e) => setDone(e.target.value)} />}</Field><KeptPhotos owner={owner} label="处理后照片(选填)" photos={after} set={setAfter} max={AFTER} camera /></> : null}
      {way === 'order' ? <OrderKindField value={category_id} set={setCategory} /> : null}
      {error ? <p className="ph-fault" role="alert">{error}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={busy}>上报</Button>
    </form>
  )
}
