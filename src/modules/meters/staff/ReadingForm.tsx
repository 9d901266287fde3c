import { Button, Toast } from 'antd-mobile'
import { useEffect, useRef, useState } from 'react'
import { compareDecimal } from '../../../kernel/money.ts'
import { today } from '../../../kernel/clock.ts'
import { Chips, Facts, Field, RowSwitch } from '../../../ui/phone/bits.tsx'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { putEntry } from '../../../ui/phone/outbox_sender.ts'
import { meters } from '../contract.ts'
import { PhotoField } from './PhotoField.tsx'
import { keepPhoto, keptPhoto, newPhotoKey } from './photo.ts'
import { KIND_WORDS, REGISTER_WORDS, UNREAD_WORDS, lookAt, placeOf, said, subjectOf, type RoundRow } from './round.ts'

const digits = (text: string): string => text.replace(/[。,]/g, '.').replace(/[^\d.]/g, '')
const VALUE = /^\d{1,10}(\.\d{1,4})?$/
type Part = { register: string; reading: string }

/** One meter, by thumb: number, save, next. Works without network; the value is on the phone before the next meter opens. */
export function ReadingForm({ row, saved, skip }: { row: RoundRow; saved: () => void; skip?: () => void }) {
  const me = usePhoneMe()
  const before = row.entry?.call === meters.recordReading.name ? row.entry : undefined
  const [shut, setShut] = useState(row.entry?.call === meters.recordUnread.name)
  const [typed, setTyped] = useState(() => String(before?.input['reading'] ?? ''))
  const [parts, setParts] = useState<Readonly<Record<string, string>>>(() => Object.fromEntries(((before?.input['parts'] as Part[] | undefined) ?? []).map((p) => [p.register, p.reading])))
  const [rolled, setRolled] = useState(() => before?.input['rolled'] === true)
  const [reason, setReason] = useState(() => String(row.entry?.input['reason'] ?? row.unread?.reason ?? 'no_one'))
  const [note, setNote] = useState(() => String(row.entry?.input['note'] ?? ''))
  const [photo, setPhoto] = useState<Blob>()
  const [asked, setAsked] = useState(false)
  const [saving, setSaving] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const old_key = row.entry?.about['photo_key']
  useEffect(() => input.current?.focus(), [])
  useEffect(() => {
    if (old_key) void keptPhoto(old_key).then(setPhoto).catch(() => undefined)
  }, [old_key])
  const look = lookAt(row, typed, rolled)
  const fault = typed !== '' && !look.ok ? look.text : asked && !look.ok ? look.text : undefined
  const missing = row.parts.find((p) => !VALUE.test(parts[p.register] ?? ''))
  const low = row.previous !== null && VALUE.test(typed) && compareDecimal(typed, row.previous) < 0

  const save = async (): Promise<void> => {
    setAsked(true)
    if (saving || (!shut && (!look.ok || missing))) return
    setSaving(true)
    try {
      let photo_key = ''
      if (photo) {
        photo_key = newPhotoKey(ownerOf(me))
        await keepPhoto(photo_key, photo)
      }
      const text = note.trim()
      const at = { meter_id: row.meter_id, period: row.period }
      const queued = await putEntry({
        owner: ownerOf(me),
        call: shut ? meters.recordUnread.name : meters.recordReading.name,
        // One subject for both: whoever got in after all replaces what he noted before.
        subject: subjectOf(row.meter_id, row.period),
        // The day of reading, not of sending: the upload may come tomorrow.
        input: shut
          ? { ...at, reason, ...(text ? { note: text } : {}) }
          : { ...at, reading: typed, read_on: today(), ...(rolled && low ? { rolled: true } : {}), ...(row.parts.length ? { parts: row.parts.map((p) => ({ register: p.register, reading: parts[p.register] })) } : {}), ...(text ? { note: text } : {}) },
        about: {
          house_label: row.house_label, building_name: row.building_name, meter_no: row.meter_no, kind: row.kind, building_id: placeOf(row), previous: row.previous ?? '', multiplier: row.multiplier, mean_usage: row.mean_usage ?? '',
          high_above: row.high_above ?? '', estimated_since: row.estimated_since ?? '', whole_digits: row.whole_digits === null ? '' : String(row.whole_digits), parts: row.parts.length ? JSON.stringify(row.parts) : '', photo_key,
        },
      })
      if (queued.kind === 'under_way') Toast.show({ content: '这块表的记录已在上传,请等结果出来再改', duration: 3000 })
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
      <Facts rows={[
        [KIND_WORDS[row.kind], `表号 ${row.meter_no}`],
        ['上次读数', <b key="p" className="ph-num">{row.previous === null ? '首次抄表' : said(row.previous)}{row.estimated_since !== null ? '(估抄)' : ''}</b>],
        ['平常用量', row.mean_usage ? `${said(row.mean_usage)}${row.high_above ? `,超过 ${said(row.high_above)} 为异常` : ''}` : '还没有记录'],
        said(row.multiplier) === '1' ? null : ['倍率', said(row.multiplier)],
      ]} />
      {row.entry?.refusal ? <p role="alert" className="ph-fault">{row.entry.refusal.message}</p> : null}
      <Chips label="抄表结果" choices={[{ value: 'read', label: '抄到了' }, { value: 'shut', label: '没抄到' }]} value={shut ? 'shut' : 'read'} choose={(v) => setShut(v === 'shut')} />
      {shut ? <Chips label="没抄到的原因" choices={Object.entries(UNREAD_WORDS).map(([value, label]) => ({ value, label }))} value={reason} choose={setReason} /> : (
        <>
          <Field label="本次读数" error={fault} hint={look.ok ? <span role="status" className={look.warn ? 'ph-amber ph-strong' : ''}>用量 {look.usage}{look.warn ? `。${look.warn}` : ''}</span> : undefined}>
            {(p) => <input {...p} ref={input} className="ph-input st-number" inputMode="decimal" autoComplete="off" enterKeyHint="next" value={typed} onChange={(e) => setTyped(digits(e.target.value))} />}
          </Field>
          {low && row.whole_digits ? <RowSwitch title="过零" under="表盘走满后从零开始" on={rolled} set={setRolled} /> : null}
          {row.parts.map((x) => (
            <Field key={x.register} label={`${REGISTER_WORDS[x.register]}读数(上次 ${said(x.previous)})`} error={asked && !VALUE.test(parts[x.register] ?? '') ? '请填写表上的数字' : undefined}>
              {(p) => <input {...p} className="ph-input" inputMode="decimal" autoComplete="off" value={parts[x.register] ?? ''} onChange={(e) => setParts({ ...parts, [x.register]: digits(e.target.value) })} />}
            </Field>
          ))}
        </>
      )}
      <PhotoField photo={photo} set={setPhoto} wanted={!shut && look.ok && look.warn !== null && low === false && look.usage !== '0'} />
      {shut || (look.ok && look.warn) ? <Field label="备注(选填)">{(p) => <input {...p} className="ph-input" maxLength={100} value={note} placeholder={shut ? '如:已留条,约周六再来' : '如:已核对,装修用水'} onChange={(e) => setNote(e.target.value)} />}</Field> : null}
      <div className="st-two">
        {skip ? <Button className="ph-big" onClick={skip}>跳过</Button> : null}
        <Button className="ph-big" color="primary" type="submit" loading={saving}>{skip ? '保存,下一块' : '保存'}</Button>
      </div>
    </form>
  )
}
