import { Button, Toast } from 'antd-mobile'
import { useEffect, useRef, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Facts, Field } from '../../../ui/phone/bits.tsx'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { putEntry } from '../../../ui/phone/outbox_sender.ts'
import { meters } from '../contract.ts'
import { KIND_WORDS, lookAt, said, subjectOf, type RoundRow } from './round.ts'

/** One meter, by thumb: number, save, next. Works without network; the value is on the phone before the next meter opens. */
export function ReadingForm({ row, saved, skip }: { row: RoundRow; saved: () => void; skip?: () => void }) {
  const me = usePhoneMe()
  const [typed, setTyped] = useState(() => (row.entry ? String(row.entry.input['reading']) : ''))
  const [note, setNote] = useState(() => (row.entry ? String(row.entry.input['note'] ?? '') : ''))
  const [asked, setAsked] = useState(false)
  const [saving, setSaving] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  const look = lookAt(row, typed)
  const fault = typed !== '' && !look.ok ? look.text : asked && !look.ok ? look.text : undefined

  const save = async (): Promise<void> => {
    setAsked(true)
    if (!look.ok || saving) return
    setSaving(true)
    try {
      const queued = await putEntry({
        owner: ownerOf(me),
        call: meters.recordReading.name,
        subject: subjectOf(row.meter_id, row.period),
        // The day of reading, not of sending: the upload may come tomorrow.
        input: { meter_id: row.meter_id, period: row.period, reading: typed, read_on: today(), ...(note.trim() ? { note: note.trim() } : {}) },
        about: { house_label: row.house_label, building_name: row.building_name, meter_no: row.meter_no, kind: row.kind, building_id: row.building_id, previous: row.previous, multiplier: row.multiplier, mean_usage: row.mean_usage ?? '' },
      })
      if (queued.kind === 'under_way') Toast.show({ content: '这块表的读数已在上传,请等结果出来再改', duration: 3000 })
      else {
        Toast.show({ content: `${row.house_label} 已保存`, duration: 1200 })
        saved()
      }
    } catch {
      Toast.show({ icon: 'fail', content: '没有保存:手机存储不可用', duration: 4000 })
    } finally {
      setSaving(false)
    }
  }

  return (
    <form className="ph-section st-form" noValidate onSubmit={(e) => { e.preventDefault(); void save() }}>
      <Facts rows={[[KIND_WORDS[row.kind], `表号 ${row.meter_no}`], ['上次读数', <b key="p" className="ph-num">{said(row.previous)}</b>], ['平常用量', row.mean_usage ? said(row.mean_usage) : '还没有记录'], said(row.multiplier) === '1' ? null : ['倍率', said(row.multiplier)]]} />
      {row.entry?.refusal ? <p role="alert" className="ph-fault">{row.entry.refusal.message}</p> : null}
      <Field label="本次读数" error={fault} hint={look.ok ? <span role="status" className={look.warn ? 'ph-amber ph-strong' : ''}>用量 {look.usage}{look.warn ? `。${look.warn}` : ''}</span> : undefined}>
        {(p) => <input {...p} ref={input} className="ph-input st-number" inputMode="decimal" autoComplete="off" enterKeyHint="next" value={typed} onChange={(e) => setTyped(e.target.value.replace(/[。,]/g, '.').replace(/[^\d.]/g, ''))} />}
      </Field>
      {look.ok && look.warn ? <Field label="备注(选填)">{(p) => <input {...p} className="ph-input" maxLength={100} value={note} placeholder="如:已核对,装修用水" onChange={(e) => setNote(e.target.value)} />}</Field> : null}
      <div className="st-two">
        {skip ? <Button className="ph-big" onClick={skip}>跳过</Button> : null}
        <Button className="ph-big" color="primary" type="submit" loading={saving}>{skip ? '保存,下一块' : '保存'}</Button>
      </div>
    </form>
  )
}
