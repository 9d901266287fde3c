// 登记投诉建议: what came by counter, phone, WeChat, letter, box, or on a paper of the city hotline or the street.
import { Alert, Button, Drawer, Form, Input, Select, Switch } from 'antd'
import { useState } from 'react'
import { useGo } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { usePlace } from '../../../ui/session.ts'
import { Upload } from '../../../ui/Upload.tsx'
import { MomentInput } from '../../../ui/MomentInput.tsx'
import { DeskSource, PHOTOS_MAX, care } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { CallerPicker, callerText, type Caller } from './CallerPicker.tsx'
import './care.css'

type Source = (typeof DeskSource.options)[number]
export function NewComplaintDrawer({ close, start }: { close: () => void; start?: { source?: Source; caller?: Caller; words?: string; done?: (made: { complaint_id: string; no: string }) => void } }) {
  const go = useGo()
  const { place_id, places } = usePlace()
  const kinds = useRead(care.kinds, {}, { stale_ms: 300_000 })
  const create = useWrite(care.createComplaint, { in_form: true, done: (a) => `已登记,编号 ${a.no}` })
  const [caller, setCaller] = useState<Caller | undefined>(start?.caller)
  const [source, setSource] = useState<Source>(start?.source ?? 'counter')
  const [unnamed, setUnnamed] = useState(false)
  const [community_id, setCommunity] = useState(place_id ?? places[0]?.id ?? '')
  const [kind_id, setKind] = useState<string>()
  const [v, setV] = useState({ place: '', words: start?.words ?? '', name: '', phone: '', outside_no: '', sender: '', sent_at: '', due_at: '' })
  const [photos, setPhotos] = useState<{ file_id: string; name: string }[]>([])
  const set = (k: keyof typeof v) => (e: { target: { value: string } }) => setV({ ...v, [k]: e.target.value })
  const rows = (kinds.data?.rows ?? []).filter((k) => !k.retired && k.rule)
  const kind = rows.find((k) => k.kind_id === kind_id)
  const paper = source === 'city_hotline' || source === 'street'
  const submit = async () => {
    if (!kind_id) return
    const made = await create.run({
      kind_id, source, unnamed, words: v.words, community_id: caller?.community_id ?? community_id, house_id: unnamed ? null : (caller?.house_id ?? null), ...(v.place.trim() ? { place: v.place.trim() } : {}),
      ...(!unnamed && caller?.person_id ? { person_id: caller.person_id } : {}), ...(!unnamed && v.name.trim() ? { reporter_name: v.name.trim() } : {}), ...(!unnamed && v.phone.trim() ? { reporter_phone: v.phone.trim() } : {}),
      ...(photos.length ? { photo_ids: photos.map((p) => p.file_id) } : {}), ...(paper ? { outside: { channel: source, outside_no: v.outside_no, sender: v.sender, sent_at: v.sent_at, due_at: v.due_at } } : {}),
    })
    if (!made) return
    close()
    if (start?.done) start.done(made)
    else go(`/care/complaints/${made.complaint_id}`)
  }
  return (
    <Drawer open title="登记投诉建议" onClose={close} size={560} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}
      footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" disabled={!kind_id || v.words.trim() === '' || (paper && !(v.outside_no.trim() && v.sender.trim() && v.sent_at && v.due_at))} loading={create.running} onClick={() => void submit()}>登记</Button></div>}>
      <Form layout="vertical" className="hy-form" onFinish={() => void submit()}>
        {create.error ? <Alert className="hy-form-alert" type="error" showIcon title={create.error.message} /> : null}
        <div className="hy-line" style={{ alignItems: 'flex-start' }}>
          <Form.Item label="来源" htmlFor="nc-source"><Select id="nc-source" style={{ width: 180 }} value={source} onChange={setSource} options={DeskSource.options.map((s) => ({ value: s, label: said('source', s) }))} /></Form.Item>
          <Form.Item label="不愿留名" htmlFor="nc-unnamed"><Switch id="nc-unnamed" checked={unnamed} onChange={setUnnamed} /></Form.Item>
        </div>
        {paper ? (
          <fieldset className="care-paper"><legend>来文</legend>
            <div className="hy-line" style={{ alignItems: 'flex-start' }}>
              <Form.Item label="来文编号" htmlFor="nc-no"><Input id="nc-no" maxLength={60} style={{ width: 200 }} value={v.outside_no} onChange={set('outside_no')} /></Form.Item>
              <Form.Item label="转办单位" htmlFor="nc-sender"><Input id="nc-sender" maxLength={60} style={{ width: 200 }} value={v.sender} placeholder="如:县政务服务热线" onChange={set('sender')} /></Form.Item>
            </div>
            <div className="hy-line" style={{ alignItems: 'flex-start' }}>
              <Form.Item label="来文时间" htmlFor="nc-sent"><MomentInput id="nc-sent" value={v.sent_at} onChange={(x) => setV({ ...v, sent_at: (x as string | null) ?? '' })} /></Form.Item>
              <Form.Item label="要求回复期限" htmlFor="nc-due"><MomentInput id="nc-due" value={v.due_at} onChange={(x) => setV({ ...v, due_at: (x as string | null) ?? '' })} /></Form.Item>
            </div>
          </fieldset>
        ) : null}
        {unnamed ? <p className="hy-muted">不记录房号、姓名和电话。</p> : <Form.Item label="反映人" htmlFor="nc-caller">{caller ? <div className="hy-line"><strong>{callerText(caller)}</strong><span className="hy-muted">{caller.phone_masked}</span><Button size="small" onClick={() => setCaller(undefined)}>换一位</Button></div> : <CallerPicker id="nc-caller" choose={setCaller} />}</Form.Item>}
        {caller && !unnamed ? null : (
          <div className="hy-line" style={{ alignItems: 'flex-start' }}>
            {places.length > 1 ? <Form.Item label="小区" htmlFor="nc-community"><Select id="nc-community" style={{ width: 150 }} value={community_id} onChange={setCommunity} options={places.map((p) => ({ value: p.id, label: p.name }))} /></Form.Item> : null}
            {unnamed ? null : <><Form.Item label="姓名" htmlFor="nc-name"><Input id="nc-name" maxLength={30} style={{ width: 120 }} value={v.name} onChange={set('name')} /></Form.Item><Form.Item label="电话" htmlFor="nc-phone"><Input id="nc-phone" maxLength={20} style={{ width: 150 }} value={v.phone} onChange={set('phone')} /></Form.Item></>}
          </div>
        )}
        <Form.Item label="类别" htmlFor="nc-kind" extra={kind?.rule ? `${kind.rule.accept_n} ${said('unit', kind.rule.accept_unit)}内受理,${kind.rule.answer_n} ${said('unit', kind.rule.answer_unit)}内答复(${said('clock', kind.rule.clock)})${kind.pauses ? ';未办结时该户暂停催缴' : ''}` : undefined}>
          <Select id="nc-kind" showSearch={{ optionFilterProp: 'label' }} placeholder="选择或输入" value={kind_id ?? null} loading={kinds.loading} onChange={setKind} options={(['complaint', 'suggestion', 'praise'] as const).map((n) => ({ label: words.states!['nature']![n]!, title: n, options: rows.filter((k) => k.nature === n).map((k) => ({ value: k.kind_id, label: k.name })) }))} />
        </Form.Item>
        <Form.Item label="地点(选填)" htmlFor="nc-place"><Input id="nc-place" maxLength={60} value={v.place} placeholder="如:3 栋门前垃圾桶" onChange={set('place')} /></Form.Item>
        <Form.Item label="内容" htmlFor="nc-words"><Input.TextArea id="nc-words" rows={4} maxLength={1000} showCount value={v.words} onChange={set('words')} /></Form.Item>
        <Form.Item label={`照片、信函扫描(${photos.length}/${PHOTOS_MAX})`}>{photos.length < PHOTOS_MAX ? <Upload purpose="photo" accept="image/jpeg,image/png" label="选择照片" onDone={(f) => setPhotos((all) => [...all, { file_id: f.file_id, name: f.name }])} /> : null}{photos.map((p) => <div key={p.file_id} className="hy-line"><span>{p.name}</span><Button size="small" type="link" onClick={() => setPhotos(photos.filter((x) => x !== p))}>删除</Button></div>)}</Form.Item>
      </Form>
    </Drawer>
  )
}
