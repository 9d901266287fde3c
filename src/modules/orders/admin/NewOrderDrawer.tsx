// 登记报修: who calls, what is broken. Typing a phone or a house finds the caller; Enter goes on.
import { Alert, Button, Checkbox, Drawer, Form, Input, Select, Switch } from 'antd'
import { Suspense, lazy, useDeferredValue, useState } from 'react'
import { useGo } from '../../../ui/address.tsx'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { Upload } from '../../../ui/Upload.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { words as peopleWords } from '../../people/words.ts'
import { PHOTOS_MAX, orders } from '../contract.ts'
import { said } from '../shown.ts'

const DayInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.DayInput })))
const HOURS = Array.from({ length: 27 }, (_, i) => `${String(8 + Math.floor(i / 2)).padStart(2, '0')}:${i % 2 ? '30' : '00'}`)
type Caller = Out<typeof orders.lookUpCaller.gives>['rows'][number]
const roleText = (role: string | null): string => (role ? (peopleWords.states?.['house_role']?.[role] ?? role) : '')
const nameOf = (c: Caller): string => `${c.community_name} ${c.label}${c.name ? ` ${c.name}` : ''}${c.role ? `(${roleText(c.role)})` : ''}`

export interface ReportedDevice { equipment_id: string; no: string; name: string; place: string; community_id: string }
export function NewOrderDrawer({ close, house_id, device }: { close: () => void; house_id?: string; device?: ReportedDevice }) {
  const go = useGo()
  const may = useMay()
  const { place_id, places } = usePlace()
  const kinds = useRead(orders.categories, {}, { stale_ms: 300_000 })
  const policy = useRead(orders.policy, {}, { stale_ms: 300_000, enabled: may('orders.order.read') })
  const [sms, setSms] = useState(false)
  const create = useWrite(orders.createOrder, { in_form: true, done: (a) => `已登记,工单 ${a.no}` })
  const [caller, setCaller] = useState<Caller>()
  const [source, setSource] = useState<'hotline' | 'desk' | 'staff'>(device ? 'staff' : 'hotline')
  const [community_id, setCommunity] = useState(device?.community_id ?? place_id ?? places[0]?.id ?? '')
  const [stopped, setStopped] = useState(false)
  const [category_id, setCategory] = useState<string>()
  const [v, setV] = useState({ place: '', words: '', name: '', phone: '', wished: '' })
  const [hour, setHour] = useState('09:00')
  const [urgent, setUrgent] = useState<boolean>()
  const [photos, setPhotos] = useState<{ file_id: string; name: string }[]>([])
  const set = (k: keyof typeof v) => (e: { target: { value: string } }) => setV({ ...v, [k]: e.target.value })
  const rows = (kinds.data?.rows ?? []).filter((k) => !device || k.place === 'public')
  const kind = rows.find((k) => k.category_id === category_id)
  const rule = kind?.rule
  const submit = async () => {
    if (!category_id) return
    const made = await create.run({
      source, category_id, words: v.words, community_id: caller?.community_id ?? community_id, house_id: caller?.house_id ?? house_id ?? null, ...(device ? { equipment_id: device.equipment_id, equipment_stopped: stopped } : {}), ...(caller?.person_id ? { person_id: caller.person_id } : {}),
      ...(v.place.trim() ? { place: v.place.trim() } : {}), ...(v.name.trim() ? { reporter_name: v.name.trim() } : {}), ...(v.phone.trim() ? { reporter_phone: v.phone.trim() } : {}), ...(urgent === undefined ? {} : { urgent }),
      ...(v.wished ? { wished_at: `${v.wished}T${hour}:00+08:00` } : {}), ...(photos.length ? { photo_ids: photos.map((p) => p.file_id) } : {}), ...(sms ? { tell_by: ['sms' as const] } : {}),
    })
    if (made) {
      close()
      go(`/orders/list/${made.order_id}`)
    }
  }
  return (
    <Drawer open title="登记报修" onClose={close} size={560} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}
      footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" disabled={!category_id || v.words.trim() === ''} loading={create.running} onClick={() => void submit()}>登记</Button></div>}>
      <Form layout="vertical" className="hy-form" onFinish={() => void submit()}>
        {create.error ? <Alert className="hy-form-alert" type="error" showIcon title={create.error.message} /> : null}
        <Form.Item label="来源" htmlFor="no-source"><Select id="no-source" value={source} onChange={setSource} options={(['hotline', 'desk', 'staff'] as const).map((s) => ({ value: s, label: said('source', s) }))} /></Form.Item>
        {device ? <Form.Item label="设备"><div className="hy-line"><strong>{device.no} {device.name}</strong><span className="hy-muted">{device.place}</span><Checkbox checked={stopped} onChange={(e) => setStopped(e.target.checked)}>设备已停机</Checkbox></div></Form.Item> : null}
        {device ? null : <Form.Item label="报修人" htmlFor="no-caller">{caller ? <div className="hy-line"><strong>{nameOf(caller)}</strong><span className="hy-muted">{caller.phone_masked}</span>{caller.open_count > 0 ? <span className="hy-red">该户还有 {caller.open_count} 单未完</span> : null}<Button size="small" onClick={() => setCaller(undefined)}>换一位</Button></div> : <CallerPicker choose={setCaller} />}</Form.Item>}
        {caller || device ? null : (
          <div className="hy-line" style={{ alignItems: 'flex-start' }}>
            {places.length > 1 ? <Form.Item label="小区" htmlFor="no-community"><Select id="no-community" style={{ width: 150 }} value={community_id} onChange={setCommunity} options={places.map((p) => ({ value: p.id, label: p.name }))} /></Form.Item> : null}
            <Form.Item label="姓名" htmlFor="no-name"><Input id="no-name" maxLength={30} style={{ width: 130 }} value={v.name} onChange={set('name')} /></Form.Item>
            <Form.Item label="电话" htmlFor="no-phone"><Input id="no-phone" maxLength={20} style={{ width: 150 }} value={v.phone} onChange={set('phone')} /></Form.Item>
          </div>
        )}
        <Form.Item label="分类" htmlFor="no-kind" extra={rule ? `${rule.urgent ? '急修,' : ''}${rule.respond_n} ${said('unit', rule.respond_unit)}内到场,${rule.finish_n} ${said('unit', rule.finish_unit)}内完工(${said('clock', rule.clock)})` : undefined}>
          <Select
            id="no-kind" showSearch={{ optionFilterProp: 'label' }} placeholder="选择或输入,如 漏水" value={category_id ?? null} loading={kinds.loading} onChange={(x: string) => { setCategory(x); setUrgent(undefined) }}
            options={rows.filter((g) => g.parent_id === null && !g.retired).map((g) => ({ label: g.name, title: g.name, options: rows.filter((k) => k.parent_id === g.category_id && !k.retired && k.rule).map((k) => ({ value: k.category_id, label: k.name })) }))}
          />
        </Form.Item>
        <Form.Item label={device ? '具体位置(选填)' : kind?.place === 'public' ? '具体位置' : '房间(选填)'} htmlFor="no-place"><Input id="no-place" maxLength={60} value={v.place} placeholder={device ? `留空为 ${device.place}` : kind?.place === 'public' ? '3 栋 1 单元 5 楼楼道' : '厨房'} onChange={set('place')} /></Form.Item>
        <Form.Item label="报修内容" htmlFor="no-words"><Input.TextArea id="no-words" rows={3} maxLength={500} value={v.words} onChange={set('words')} /></Form.Item>
        <div className="hy-line" style={{ alignItems: 'flex-start' }}>
          <Form.Item label="预约上门(选填)" htmlFor="no-wished"><span className="hy-line"><Suspense fallback={null}><DayInput id="no-wished" value={v.wished} onChange={(d) => setV({ ...v, wished: (d as string | null) ?? '' })} /></Suspense>{v.wished ? <Select aria-label="预约时刻" style={{ width: 90 }} value={hour} onChange={setHour} options={HOURS.map((h) => ({ value: h, label: h }))} /> : null}</span></Form.Item>
          {rule ? <Form.Item label="按紧急处理" htmlFor="no-urgent"><Switch id="no-urgent" checked={urgent ?? rule.urgent} onChange={setUrgent} /></Form.Item> : null}
          {!device && policy.data?.now.progress_sms ? <Form.Item label="短信告知进度" htmlFor="no-sms"><Switch id="no-sms" checked={sms} onChange={setSms} /></Form.Item> : null}
        </div>
        <Form.Item label={`照片(${photos.length}/${PHOTOS_MAX})`}>{photos.length < PHOTOS_MAX ? <Upload purpose="photo" accept="image/jpeg,image/png" label="选择照片" onDone={(f) => setPhotos((all) => [...all, { file_id: f.file_id, name: f.name }])} /> : null}{photos.map((p) => <div key={p.file_id} className="hy-line"><span>{p.name}</span><Button size="small" type="link" onClick={() => setPhotos(photos.filter((x) => x !== p))}>删除</Button></div>)}</Form.Item>
      </Form>
    </Drawer>
  )
}

function CallerPicker({ choose }: { choose: (c: Caller) => void }) {
  const [typed, setTyped] = useState('')
  const q = useDeferredValue(typed.trim())
  const found = useRead(orders.lookUpCaller, { q }, { enabled: q.length >= 2, keep: true })
  const rows = found.data?.rows ?? []
  return (
    <Select
      id="no-caller" autoFocus placeholder="电话、末四位、姓名或房号,如 1-2-301" value={null} showSearch={{ filterOption: false, onSearch: setTyped }} loading={found.fetching && q.length >= 2} notFoundContent={q.length < 2 ? '请输入' : found.fetching ? '查找中' : '没有找到,可直接填姓名和电话'}
      options={rows.map((r, i) => ({ value: i, label: `${nameOf(r)} ${r.phone_masked ?? ''}` }))} onChange={(i: number | null) => { if (i !== null && rows[i]) choose(rows[i]) }}
    />
  )
}
