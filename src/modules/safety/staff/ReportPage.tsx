// 报告安全事件 on the phone of whoever sees it, without network too; the clock of the law is shown at once.
import { Button, Toast } from 'antd-mobile'
import { useState } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import type { Out } from '../../../kernel/contract.ts'
import { readNow } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Field } from '../../../ui/phone/bits.tsx'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory } from '../../../ui/phone/memory.ts'
import { putAndWait } from '../../../ui/phone/outbox_sender.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { KeptPhotos, type Kept } from '../../../ui/phone/photos.tsx'
import { go } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { newRequestId } from '../../../ui/request_id.ts'
import { PHOTOS_MAX, safety, type Kind } from '../contract.ts'

type Places = Out<typeof safety.places.gives>['rows']
export function ReportPage() {
  const owner = ownerOf(usePhoneMe())
  const places = useMemory([safety.places.name], `${owner} safety places`, () => readNow(safety.places, {}))
  const kinds = useMemory([safety.kinds.name], `${owner} safety kinds`, () => readNow(safety.kinds, {}))
  return (
    <Page title="报告安全事件" back="/">
      <Loaded reading={places}>{(p) => <Loaded reading={kinds}>{(k) => <Form places={p.value.rows} kinds={k.value.rows.filter((x) => !x.retired && x.rule)} owner={owner} />}</Loaded>}</Loaded>
    </Page>
  )
}
const toLocal = (iso: string): string => instant(iso).slice(0, 16).replace(' ', 'T')
function Form({ places, kinds, owner }: { places: Places; kinds: readonly Kind[]; owner: string }) {
  const [community_id, setCommunity] = useState(places.length === 1 ? places[0]!.community_id : '')
  const [building_id, setBuilding] = useState('')
  const [kind_id, setKind] = useState('')
  const [place, setPlace] = useState('')
  const [at, setAt] = useState(() => toLocal(nowIso()))
  const [text, setText] = useState('')
  const [hurt, setHurt] = useState('0')
  const [photos, setPhotos] = useState<Kept[]>([])
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const here = places.find((c) => c.community_id === community_id)
  const rule = kinds.find((k) => k.kind_id === kind_id)?.rule
  const send = async (): Promise<void> => {
    const occurred_at = new Date(`${at}:00+08:00`)
    const why = !kind_id ? '请选择种类' : !here ? '请选择小区' : place.trim() === '' ? '请写明地点,支援的人要按它找过去' : Number.isNaN(occurred_at.getTime()) || occurred_at.getTime() > Date.parse(nowIso()) + 60_000 ? '发生时间不能晚于现在' : text.trim() === '' ? '请写一句发生了什么' : undefined
    setError(why)
    if (why || busy) return
    setBusy(true)
    try {
      const end = await putAndWait({ owner, call: safety.createIncident.name, subject: `${safety.createIncident.name} ${newRequestId()}`, photo_keys: photos.map((p) => p.key), input: { kind_id, community_id, place: place.trim(), words: text.trim(), occurred_at: occurred_at.toISOString(), source: 'staff', hurt_count: Math.max(0, Math.min(9999, Math.trunc(Number(hurt)) || 0)), ...(building_id ? { building_id } : {}) }, about: { place: `${here!.name} ${place.trim()}` } })
      if (end.kind === 'refused') return setError(end.message)
      Toast.show({ content: end.kind === 'sent' ? `已报告 ${(end.answer as { no: string }).no}` : '已存在手机上,有网络后自动上传', duration: 1800 })
      go(end.kind === 'sent' ? `/safety/incidents/${(end.answer as { incident_id: string }).incident_id}` : '/')
    } catch {
      setError('没有保存:手机存储不可用')
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="ph-card ph-section" noValidate onSubmit={(e) => { e.preventDefault(); void send() }}>
      <p className="ph-line"><a className="st-call" href="tel:119">119 火警</a><a className="st-call" href="tel:110">110 报警</a><a className="st-call" href="tel:120">120 急救</a></p>
      <Field label="种类">{(p) => <select {...p} className="ph-input" value={kind_id} onChange={(e) => setKind(e.target.value)}><option value="">请选择</option>{kinds.map((k) => <option key={k.kind_id} value={k.kind_id}>{k.name}</option>)}</select>}</Field>
      {rule?.report_minutes ? <p className="ph-fault">发现后 {rule.report_minutes} 分钟内向{rule.report_to}上报({rule.basis})。先打电话,再填这里。</p> : null}
      {places.length > 1 ? <Field label="小区">{(p) => <select {...p} className="ph-input" value={community_id} onChange={(e) => { setCommunity(e.target.value); setBuilding('') }}><option value="">请选择</option>{places.map((c) => <option key={c.community_id} value={c.community_id}>{c.name}</option>)}</select>}</Field> : null}
      {here && here.buildings.length > 0 ? <Field label="楼栋(选填)">{(p) => <select {...p} className="ph-input" value={building_id} onChange={(e) => setBuilding(e.target.value)}><option value="">不在楼内</option>{here.buildings.map((b) => <option key={b.building_id} value={b.building_id}>{b.name}</option>)}</select>}</Field> : null}
      <Field label="地点">{(p) => <input {...p} className="ph-input" maxLength={60} value={place} placeholder="如:地下车库 B 区 12 号车位" onChange={(e) => setPlace(e.target.value)} />}</Field>
      <Field label="发生时间">{(p) => <input {...p} className="ph-input" type="datetime-local" value={at} onChange={(e) => setAt(e.target.value)} />}</Field>
      <Field label="经过">{(p) => <textarea {...p} className="ph-input" maxLength={2000} rows={4} value={text} placeholder="看到什么、已经做了什么" onChange={(e) => setText(e.target.value)} />}</Field>
      <Field label="受伤人数">{(p) => <input {...p} className="ph-input" inputMode="numeric" maxLength={4} value={hurt} onChange={(e) => setHurt(e.target.value)} />}</Field>
      <KeptPhotos owner={owner} label="现场照片" photos={photos} set={setPhotos} max={PHOTOS_MAX} camera />
      {error ? <p className="ph-fault" role="alert">{error}</p> : null}
      <Button className="ph-big" block color="danger" type="submit" loading={busy}>报告</Button>
    </form>
  )
}
