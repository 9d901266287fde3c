// 设备报修: the device is filled in; what is wrong, whether it stands still, photos. Goes through the outbox, so that a basement is no hindrance.
import { Button, Toast } from 'antd-mobile'
import { useState } from 'react'
import { readNow } from '../../../ui/api.ts'
import { Chips, Field } from '../../../ui/phone/bits.tsx'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory } from '../../../ui/phone/memory.ts'
import { putAndWait } from '../../../ui/phone/outbox_sender.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { KeptPhotos, type Kept } from '../../../ui/phone/photos.tsx'
import { go, useParam } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { newRequestId } from '../../../ui/request_id.ts'
import { useCarried } from '../../equipment/staff/shared.tsx'
import { PHOTOS_MAX, orders, type Category } from '../contract.ts'

export function ReportDevicePage() {
  const equipment_id = useParam('equipment_id')
  const me = usePhoneMe()
  const carried = useCarried()
  const kinds = useMemory([orders.categories.name], `${ownerOf(me)} rounds repair kinds`, () => readNow(orders.categories, {}))
  return (
    <Page title="设备报修" back={`/equipment/${equipment_id}`}>
      <Loaded reading={carried}>
        {({ value }) => {
          const d = value.rows.find((r) => r.equipment_id === equipment_id)
          return d ? <Loaded reading={kinds}>{(k) => <Form device={d} kinds={k.value.rows} />}</Loaded> : <StateBlock icon="tool" title="这台设备不在清单里" text="可能已报废,或不在您负责的小区" />
        }}
      </Loaded>
    </Page>
  )
}
function Form({ device, kinds }: { device: { equipment_id: string; no: string; name: string; place: string }; kinds: readonly Category[] }) {
  const me = usePhoneMe()
  const owner = ownerOf(me)
  const groups = kinds.filter((g) => g.parent_id === null && g.place === 'public' && !g.retired)
  const [category_id, setCategory] = useState('')
  const [text, setText] = useState('')
  const [stopped, setStopped] = useState<'yes' | 'no' | ''>('')
  const [photos, setPhotos] = useState<Kept[]>([])
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    const why = !category_id ? '请选择报修分类' : text.trim() === '' ? '请写一句哪里坏了' : stopped === '' ? '请选择设备是否停机' : undefined
    setError(why)
    if (why || busy) return
    setBusy(true)
    try {
      const end = await putAndWait({ owner, call: orders.reportDevice.name, subject: `${orders.reportDevice.name} ${newRequestId()}`, photo_keys: photos.map((p) => p.key), input: { equipment_id: device.equipment_id, category_id, words: text.trim(), stopped: stopped === 'yes' }, about: { device: `${device.no} ${device.name}` } })
      if (end.kind === 'refused') return setError(end.message)
      Toast.show({ content: end.kind === 'sent' ? `已报修,工单 ${(end.answer as { no: string }).no}` : '已存在手机上,有网络后自动上传', duration: 1800 })
      go(`/equipment/${device.equipment_id}`, { replace: true })
    } catch {
      setError('没有保存:手机存储不可用')
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="ph-card ph-section" noValidate onSubmit={(e) => { e.preventDefault(); void send() }}>
      <p><b>{device.no} {device.name}</b><span className="ph-weak" style={{ display: 'block' }}>{device.place}</span></p>
      <Field label="报修分类">{(p) => (
        <select {...p} className="ph-input" value={category_id} onChange={(e) => setCategory(e.target.value)}>
          <option value="">请选择</option>
          {groups.map((g) => <optgroup key={g.category_id} label={g.name}>{kinds.filter((k) => k.parent_id === g.category_id && !k.retired && k.rule).map((k) => <option key={k.category_id} value={k.category_id}>{k.name}</option>)}</optgroup>)}
        </select>
      )}</Field>
      <Field label="哪里坏了">{(p) => <textarea {...p} className="ph-input" maxLength={500} rows={3} value={text} placeholder="如:2 号泵异响、漏水" onChange={(e) => setText(e.target.value)} />}</Field>
      <div className="ph-field"><span className="ph-legend">设备停机了吗</span><Chips label="设备停机了吗" choices={[{ value: 'no', label: '还在运行' }, { value: 'yes', label: '已停机' }]} value={stopped} choose={(v) => setStopped(v as 'yes' | 'no')} /></div>
      <KeptPhotos owner={owner} label="现场照片" photos={photos} set={setPhotos} max={PHOTOS_MAX} camera />
      {error ? <p className="ph-fault" role="alert">{error}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={busy}>提交报修</Button>
    </form>
  )
}
