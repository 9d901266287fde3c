// 代办申请: the desk fills in the form for somebody.
import { Alert, Button, Drawer, Form, Input, Select } from 'antd'
import { Suspense, lazy, useState } from 'react'
import { useGo } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { PhotosInput } from '../../../ui/PhotosInput.tsx'
import { PHOTOS_MAX, care, type FormField } from '../contract.ts'
import { CallerPicker, callerText, type Caller } from './CallerPicker.tsx'

const DayInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.DayInput })))
export function NewApplicationDrawer({ close }: { close: () => void }) {
  const go = useGo()
  const services = useRead(care.services, {})
  const create = useWrite(care.createApplication, { in_form: true, done: (a) => `已登记,申请号 ${a.no}` })
  const [service_id, setService] = useState<string>()
  const [caller, setCaller] = useState<Caller>()
  const [name, setName] = useState('')
  const [v, setV] = useState<Record<string, string>>({})
  const [photos, setPhotos] = useState<string[]>([])
  const rows = (services.data?.rows ?? []).filter((s) => !s.retired && s.version)
  const version = rows.find((s) => s.service_id === service_id)?.version
  const applicant_name = name.trim() || caller?.name || ''
  const submit = async (): Promise<void> => {
    if (!version || !service_id || !caller) return
    const made = await create.run({ service_id, version_id: version.version_id, house_id: caller.house_id, ...(caller.person_id ? { person_id: caller.person_id } : {}), applicant_name, answers: Object.entries(v).filter(([, x]) => x !== '').map(([key, value]) => ({ key, value })), ...(photos.length ? { photo_ids: photos } : {}) })
    if (!made) return
    close()
    go(`/care/applications/${made.application_id}`)
  }
  const one = (f: FormField) => (
    <Form.Item key={f.key} label={`${f.zh}${f.needed ? '' : '(选填)'}`} htmlFor={`na-${f.key}`} extra={f.hint || undefined}>
      {f.kind === 'choice' ? <Select id={`na-${f.key}`} value={v[f.key] ?? null} onChange={(x: string) => setV({ ...v, [f.key]: x })} options={f.options.map((x) => ({ value: x, label: x }))} />
        : f.kind === 'day' ? <Suspense fallback={null}><DayInput id={`na-${f.key}`} value={v[f.key] ?? ''} onChange={(d) => setV({ ...v, [f.key]: (d as string | null) ?? '' })} /></Suspense>
          : f.kind === 'photo' ? <PhotosInput max={PHOTOS_MAX} value={photos} onChange={(x) => setPhotos(x as string[])} />
            : f.kind === 'long' ? <Input.TextArea id={`na-${f.key}`} rows={3} maxLength={1000} value={v[f.key] ?? ''} onChange={(e) => setV({ ...v, [f.key]: e.target.value })} />
              : <Input id={`na-${f.key}`} maxLength={100} placeholder={f.kind === 'vehicle' ? '陕C12345' : ''} value={v[f.key] ?? ''} onChange={(e) => setV({ ...v, [f.key]: e.target.value })} />}
    </Form.Item>
  )
  return (
    <Drawer open title="代办申请" onClose={close} size={520} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" disabled={!version || !caller || applicant_name === ''} loading={create.running} onClick={() => void submit()}>提交申请</Button></div>}>
      <Form layout="vertical" className="hy-form" onFinish={() => void submit()}>
        {create.error ? <Alert className="hy-form-alert" type="error" showIcon title={create.error.message} /> : null}
        <Form.Item label="申请人" htmlFor="na-caller">{caller ? <div className="hy-line"><strong>{callerText(caller)}</strong><Button size="small" onClick={() => setCaller(undefined)}>换一位</Button></div> : <CallerPicker id="na-caller" choose={setCaller} />}</Form.Item>
        {caller && !caller.name ? <Form.Item label="姓名" htmlFor="na-name"><Input id="na-name" maxLength={30} value={name} onChange={(e) => setName(e.target.value)} /></Form.Item> : null}
        <Form.Item label="事项" htmlFor="na-service" extra={version?.intro || undefined}><Select id="na-service" value={service_id ?? null} loading={services.loading} onChange={(x: string) => { setService(x); setV({}); setPhotos([]) }} options={rows.map((s) => ({ value: s.service_id, label: s.name }))} /></Form.Item>
        {version?.fields.map(one)}
      </Form>
    </Drawer>
  )
}
