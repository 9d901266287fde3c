// One form as the company made it: its fields as data.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Chips, Field } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Photos, type Taken } from '../../../ui/phone/photos.tsx'
import { go, useParam } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { HouseSwitcher, useMyHouse, type MyHouse } from '../../people/resident/shared.tsx'
import { PHOTOS_MAX, care, type FormField, type Service } from '../contract.ts'

export function ApplyNewPage() {
  const service_id = useParam('service_id')
  const { reading, houses, house } = useMyHouse()
  const services = useRead(care.services, {})
  return (
    <Page title="申请" back="/apply">
      <Loaded reading={reading}>
        {() => (house ? (
          <>
            <HouseSwitcher houses={houses} house={house} />
            <Loaded reading={services}>{({ rows }) => { const s = rows.find((x) => x.service_id === service_id); return s?.version ? <Form key={house.house_id} house={house} service={s} version={s.version} /> : <StateBlock icon="empty" title="这一项已停办" text="请到前台办理" /> }}</Loaded>
          </>
        ) : <StateBlock icon="house" title="名下还没有房产" text="请联系物业服务中心登记手机号" />)}
      </Loaded>
    </Page>
  )
}
function Form({ house, service, version }: { house: MyHouse; service: Service; version: NonNullable<Service['version']> }) {
  const [v, setV] = useState<Record<string, string>>({})
  const [photos, setPhotos] = useState<Taken[]>([])
  const [asked, setAsked] = useState(false)
  const send = useWrite(care.apply, { in_form: true })
  const missing = version.fields.find((f) => f.needed && (f.kind === 'photo' ? photos.length === 0 : !v[f.key]?.trim()))
  const submit = async (): Promise<void> => {
    setAsked(true)
    if (missing || send.running) return
    const done = await send.run({ service_id: service.service_id, version_id: version.version_id, house_id: house.house_id, answers: Object.entries(v).filter(([, x]) => x.trim() !== '').map(([key, value]) => ({ key, value: value.trim() })), ...(photos.length ? { photo_ids: photos.map((p) => p.file_id) } : {}) })
    if (done) go(`/apply/${done.application_id}`, { replace: true })
  }
  const set = (key: string, value: string): void => setV({ ...v, [key]: value })
  const one = (f: FormField) => {
    const label = `${f.zh}${f.needed ? '' : '(选填)'}`
    if (f.kind === 'photo') return <Photos key={f.key} label={label} photos={photos} set={setPhotos} max={PHOTOS_MAX} />
    if (f.kind === 'choice') return <div key={f.key} className="ph-field"><span className="ph-legend">{label}</span><Chips label={f.zh} choices={f.options.map((x) => ({ value: x, label: x }))} value={v[f.key] ?? ''} choose={(x) => set(f.key, x)} /></div>
    return (
      <Field key={f.key} label={label} hint={f.hint || undefined}>
        {(p) => f.kind === 'long' ? <textarea {...p} className="ph-input" rows={3} maxLength={1000} value={v[f.key] ?? ''} onChange={(e) => set(f.key, e.target.value)} />
          : <input {...p} className="ph-input" type={f.kind === 'day' ? 'date' : 'text'} inputMode={f.kind === 'number' ? 'decimal' : 'text'} maxLength={100} placeholder={f.kind === 'vehicle' ? '陕C12345' : ''} value={v[f.key] ?? ''} onChange={(e) => set(f.key, e.target.value)} />}
      </Field>
    )
  }
  return (
    <form className="ph-card ph-section rs-gap" noValidate onSubmit={(e) => { e.preventDefault(); void submit() }}>
      <h2>{service.name}</h2>
      {version.intro ? <p className="ph-weak">{version.intro}</p> : null}
      {version.fields.map(one)}
      {(asked && missing) || send.error ? <p className="ph-fault" role="alert">{asked && missing ? `请填写「${missing.zh}」` : send.error?.message}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={send.running}>提交申请</Button>
    </form>
  )
}
