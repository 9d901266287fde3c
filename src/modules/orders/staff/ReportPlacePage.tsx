// 报修公共部位: what somebody who walks the grounds sees broken, said from where he stands, without network too; and what became of it.
import { Button, Toast } from 'antd-mobile'
import { useState } from 'react'
import { readNow, useRead } from '../../../ui/api.ts'
import type { Out } from '../../../kernel/contract.ts'
import { Field } from '../../../ui/phone/bits.tsx'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory } from '../../../ui/phone/memory.ts'
import { useOnline } from '../../../ui/phone/online.ts'
import { putAndWait } from '../../../ui/phone/outbox_sender.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { KeptPhotos, type Kept } from '../../../ui/phone/photos.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { newRequestId } from '../../../ui/request_id.ts'
import { PHOTOS_MAX, orders, type Category } from '../contract.ts'
import { StateMark } from '../parts.tsx'
import { hour } from '../shown.ts'

type Places = Out<typeof orders.reportPlaces.gives>['rows']
export function ReportPlacePage() {
  const owner = ownerOf(usePhoneMe())
  const places = useMemory([orders.reportPlaces.name], `${owner} orders report places`, () => readNow(orders.reportPlaces, {}))
  const kinds = useMemory([orders.categories.name], `${owner} rounds repair kinds`, () => readNow(orders.categories, {}))
  return (
    <Page title="报修公共部位" back="/">
      <Loaded reading={places}>{(p) => <Loaded reading={kinds}>{(k) => <Form places={p.value.rows} kinds={k.value.rows} owner={owner} />}</Loaded>}</Loaded>
      {useOnline() ? <Mine /> : null}
    </Page>
  )
}

function Form({ places, kinds, owner }: { places: Places; kinds: readonly Category[]; owner: string }) {
  const groups = kinds.filter((g) => g.parent_id === null && g.place === 'public' && !g.retired)
  const [community_id, setCommunity] = useState(places.length === 1 ? places[0]!.community_id : '')
  const [building_id, setBuilding] = useState('')
  const [area_id, setArea] = useState('')
  const [category_id, setCategory] = useState('')
  const [place, setPlace] = useState('')
  const [text, setText] = useState('')
  const [photos, setPhotos] = useState<Kept[]>([])
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const at = places.find((c) => c.community_id === community_id)
  const chooseArea = (id: string): void => {
    setArea(id)
    const name = at?.areas.find((a) => a.area_id === id)?.name
    if (name && place.trim() === '') setPlace(name)
  }
  const again = (): void => {
    setText('')
    setPhotos([])
    setPlace('')
    setArea('')
  }
  const send = async (): Promise<void> => {
    const why = !at ? '请选择小区' : !category_id ? '请选择报修分类' : place.trim() === '' ? '请写明具体位置,维修工要按它找过去' : text.trim() === '' ? '请写一句哪里坏了' : undefined
    setError(why)
    if (why || busy) return
    setBusy(true)
    try {
      const end = await putAndWait({ owner, call: orders.reportPlace.name, subject: `${orders.reportPlace.name} ${newRequestId()}`, photo_keys: photos.map((p) => p.key), input: { community_id, category_id, place: place.trim(), words: text.trim(), ...(building_id ? { building_id } : {}), ...(area_id ? { area_id } : {}) }, about: { place: `${at!.name} ${place.trim()}` } })
      if (end.kind === 'refused') return setError(end.message)
      Toast.show({ content: end.kind === 'sent' ? `已报修,工单 ${(end.answer as { no: string }).no}` : '已存在手机上,有网络后自动上传', duration: 1800 })
      again()
    } catch {
      setError('没有保存:手机存储不可用')
    } finally {
      setBusy(false)
    }
  }
  const select = (label: string, value: string, choose: (v: string) => void, none: string, list: readonly { id: string; name: string }[]) => (
    <Field label={label}>{(p) => <select {...p} className="ph-input" value={value} onChange={(e) => choose(e.target.value)}><option value="">{none}</option>{list.map((x) => <option key={x.id} value={x.id}>{x.name}</option>)}</select>}</Field>
  )
  return (
    <form className="ph-card ph-section" noValidate onSubmit={(e) => { e.preventDefault(); void send() }}>
      {places.length > 1 ? select('小区', community_id, (v) => { setCommunity(v); setBuilding(''); setArea('') }, '请选择', places.map((c) => ({ id: c.community_id, name: c.name }))) : null}
      <Field label="报修分类">{(p) => (
        <select {...p} className="ph-input" value={category_id} onChange={(e) => setCategory(e.target.value)}>
          <option value="">请选择</option>
          {groups.map((g) => <optgroup key={g.category_id} label={g.name}>{kinds.filter((k) => k.parent_id === g.category_id && !k.retired && k.rule).map((k) => <option key={k.category_id} value={k.category_id}>{k.name}{k.rule?.urgent ? '(急)' : ''}</option>)}</optgroup>)}
        </select>
      )}</Field>
      {at && at.areas.length > 0 ? select('公共部位(选填)', area_id, chooseArea, '不在台账里', at.areas.map((a) => ({ id: a.area_id, name: a.name }))) : null}
      {at && at.buildings.length > 0 ? select('楼栋(选填)', building_id, setBuilding, '不在楼内', at.buildings.map((b) => ({ id: b.building_id, name: b.name }))) : null}
      <Field label="具体位置">{(p) => <input {...p} className="ph-input" maxLength={60} value={place} placeholder="如:3 栋 1 单元 5 楼楼道" onChange={(e) => setPlace(e.target.value)} />}</Field>
      <Field label="哪里坏了">{(p) => <textarea {...p} className="ph-input" maxLength={500} rows={3} value={text} placeholder="如:楼道灯不亮" onChange={(e) => setText(e.target.value)} />}</Field>
      <KeptPhotos owner={owner} label="现场照片" photos={photos} set={setPhotos} max={PHOTOS_MAX} camera />
      {error ? <p className="ph-fault" role="alert">{error}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={busy}>提交报修</Button>
    </form>
  )
}

function Mine() {
  const list = useRead(orders.myReports, {}, { keep: true })
  if (!list.data || list.data.rows.length === 0) return null
  return (
    <section className="ph-card ph-section" aria-label="我报修的">
      <h2>我报修的</h2>
      {list.data.rows.map((o) => (
        <p key={o.order_id} className="ph-between">
          <span>{o.place}<span className="ph-weak ph-small" style={{ display: 'block' }}>{o.category} · {o.words}</span><span className="ph-weak ph-small ph-num" style={{ display: 'block' }}>{o.no} · {hour(o.created_at)}{o.assignee_name ? ` · ${o.assignee_name}` : ''}</span></span>
          <StateMark state={o.state} />
        </p>
      ))}
    </section>
  )
}
