// A check at one stop, by thumb: prove to be there, tick the list, photo, say what is wrong, next. It is on the phone before the next one opens.
import { Button, Toast } from 'antd-mobile'
import { useState } from 'react'
import { Chips, Field } from '../../../ui/phone/bits.tsx'
import { stamp } from '../../../ui/phone/device_clock.ts'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { putAndWait } from '../../../ui/phone/outbox_sender.ts'
import { usePosition, type Here } from '../../../ui/phone/position.ts'
import { KeptPhotos, type Kept } from '../../../ui/phone/photos.tsx'
import { newRequestId } from '../../../ui/request_id.ts'
import { PHOTOS_MAX, rounds, type Item } from '../contract.ts'
import { judgeAnswers, limitsText, verdictOf } from '../judge.ts'
import { OrderKindField, SubjectField } from './finding_fields.tsx'
import { subjectOf } from './outbox.ts'
import { ProofField, type Proven } from './ProofField.tsx'
import type { StopHere, TaskHere } from './shift.ts'

type Way = 'fixed' | 'order' | 'deadline'
const WAYS: readonly { value: Way; label: string }[] = [{ value: 'order', label: '转报修' }, { value: 'fixed', label: '当场整改' }, { value: 'deadline', label: '限期整改' }]

export function StopForm({ t, s, saved }: { t: TaskHere; s: StopHere; saved: () => void }) {
  const me = usePhoneMe()
  const owner = ownerOf(me)
  const here = usePosition(t.positions)
  const [proven, setProven] = useState<Proven>()
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [photos, setPhotos] = useState<Kept[]>([])
  const [after, setAfter] = useState<Kept[]>([])
  const [note, setNote] = useState('')
  const [way, setWay] = useState<Way>('order')
  const [words, setWords] = useState('')
  const [category_id, setCategory] = useState('')
  const [subject_id, setSubject] = useState('')
  const [wrong, setWrong] = useState(false)
  const [skipping, setSkipping] = useState(false)
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const answers = s.items.map((i) => ({ item_id: i.item_id, value: values[i.item_id] ?? '' }))
  const j = judgeAnswers(s.items, answers, photos.length ? ['before'] : [])
  const found = j.bad.length > 0 || wrong

  const missing = (): string | undefined => {
    if (skipping) return note.trim().length < 2 ? '请写明为什么跳过' : undefined
    if (s.proof !== 'none' && !proven) return '请先扫码或输入点位码'
    if (j.missing[0]) return `「${j.missing[0].text}」没有填`
    if (found && words.trim() === '') return '请写明问题'
    if (found && way === 'order' && !category_id) return '请选择报修分类'
    if (j.unseen[0]) return `「${j.unseen[0].text}」要拍照`
    if (t.photo && photos.length === 0) return '这项任务每个点位都要拍照'
    if (found && way === 'fixed' && after.length === 0) return '当场整改请拍整改后的照片'
    return undefined
  }
  const save = async (): Promise<void> => {
    const why = missing()
    setError(why)
    if (why || busy) return
    setBusy(true)
    try {
      const at = await stamp(owner)
      const shown = skipping ? [] : [...photos, ...(found && way === 'fixed' ? after : [])]
      const end = await putAndWait({
        owner, call: rounds.saveRecord.name, subject: subjectOf(t.task_id, s.stop_no), photo_keys: shown.map((p) => p.key),
        input: {
          record_id: newRequestId(), on_day: t.on_day, task_id: t.task_id, stop_no: s.stop_no, ...at, proof: skipping ? 'none' : (proven?.proof ?? 'none'), code: skipping ? null : (proven?.code ?? null), outcome: skipping ? 'skipped' : 'done', answers: skipping ? [] : answers.filter((a) => a.value !== ''), note: note.trim() || null, photos: [], ...(here ? { position: here.state === 'asking' ? { state: 'failed' } : here } : {}),
          finding: !skipping && found ? { words: words.trim(), way, ...(way === 'order' ? { category_id } : {}), ...(subject_id ? { subject_id } : {}) } : null,
        },
        about: { point: `${s.stop_no}. ${s.name}`, task: t.name, value: skipping ? '跳过' : found ? '异常' : '正常', parts: shown.map((p) => (after.includes(p) ? 'after' : 'before')).join(' ') },
      })
      if (end.kind === 'refused') return setError(end.message)
      const order_no = end.kind === 'sent' ? (end.answer as { order_no?: string | null }).order_no : null
      Toast.show({ content: end.kind === 'sent' ? `${s.name} 已记录${order_no ? `,报修单 ${order_no}` : ''}` : `${s.name} 已存在手机上,有网络后自动上传`, duration: 1800 })
      saved()
    } catch {
      setError('没有保存:手机存储不可用')
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="ph-section st-form" noValidate onSubmit={(e) => { e.preventDefault(); void save() }}>
      {s.place ? <p className="ph-weak">{s.place}</p> : null}
      {skipping ? null : (
        <>
          {s.proof === 'none' ? null : <ProofField s={s} proven={proven} set={setProven} />}
          {s.items.map((i) => <ItemField key={i.item_id} item={i} value={values[i.item_id] ?? ''} set={(v) => setValues((all) => ({ ...all, [i.item_id]: v }))} />)}
          <KeptPhotos owner={owner} label={found ? '问题照片' : `现场照片${t.photo || s.items.some((i) => i.photo === 'always') ? '' : '(选填)'}`} photos={photos} set={setPhotos} max={PHOTOS_MAX - 3} camera />
          {j.bad.length === 0 ? <button type="button" className="ph-chip" aria-pressed={wrong} onClick={() => setWrong(!wrong)}>发现其他问题</button> : null}
          {found ? <FindingFields way={way} setWay={setWay} words={words} setWords={setWords} category_id={category_id} setCategory={setCategory} subject_id={subject_id} setSubject={setSubject} /> : null}
          {found && way === 'fixed' ? <KeptPhotos owner={owner} label="整改后照片" photos={after} set={setAfter} max={3} camera /> : null}
        </>
      )}
      {skipping || note !== '' ? <Field label={skipping ? '为什么跳过' : '说明'}>{(p) => <textarea {...p} className="ph-input" rows={2} maxLength={300} value={note} onChange={(e) => setNote(e.target.value)} />}</Field> : null}
      {here ? <p className={`ph-small ${here.state === 'refused' || here.state === 'failed' ? 'ph-amber' : 'ph-weak'}`} role="status">{placeText(here)}只在到点检查时定位一次,审核人可见,{t.position_days} 天后删除。</p> : null}
      {error ? <p className="ph-fault" role="alert">{error}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={busy}>{skipping ? '跳过这个点' : '保存,下一个'}</Button>
      <Button className="ph-mid" block onClick={() => { setSkipping(!skipping); setError(undefined) }}>{skipping ? '返回检查' : '到不了,跳过'}</Button>
    </form>
  )
}

const placeText = (h: Here): string => ({ asking: '正在定位…', given: h.state === 'given' ? `已定位,误差 ${h.accuracy_m} 米。` : '', refused: '没有允许定位,可以照常记录。', failed: '这里定不到位,可以照常记录。' })[h.state]

const TICKS = [{ value: 'ok', label: '正常' }, { value: 'bad', label: '异常' }, { value: 'na', label: '无此项' }]
function ItemField({ item, value, set }: { item: Item; value: string; set: (v: string) => void }) {
  const bad = verdictOf(item, value) === 'bad'
  if (item.answer === 'tick') return <div className="ph-field"><span className="ph-legend">{item.text}</span><Chips label={item.text} choices={TICKS} value={value} choose={set} /></div>
  if (item.answer === 'choice') return <div className="ph-field"><span className="ph-legend">{item.text}</span><Chips label={item.text} choices={item.choices.map((c) => ({ value: c.text, label: c.text }))} value={value} choose={set} /></div>
  if (item.answer === 'number') return <Field label={item.text} error={value !== '' && bad ? `${limitsText(item)},按异常处理` : undefined} hint={limitsText(item)}>{(p) => <input {...p} className="ph-input" inputMode="decimal" autoComplete="off" value={value} onChange={(e) => set(e.target.value.replace(/[。,]/g, '.').replace(/[^\d.-]/g, ''))} />}</Field>
  return <Field label={item.text}>{(p) => <input {...p} className="ph-input" maxLength={200} value={value} onChange={(e) => set(e.target.value)} />}</Field>
}

function FindingFields({ way, setWay, words, setWords, category_id, setCategory, subject_id, setSubject }: { way: Way; setWay: (w: Way) => void; words: string; setWords: (t: string) => void; category_id: string; setCategory: (id: string) => void; subject_id: string; setSubject: (id: string) => void }) {
  return (
    <div className="ph-card ph-section" role="group" aria-label="问题">
      <Field label="什么问题">{(p) => <textarea {...p} className="ph-input" rows={2} maxLength={300} value={words} onChange={(e) => setWords(e.target.value)} />}</Field>
      <SubjectField value={subject_id} set={setSubject} />
      <Chips label="怎样处理" choices={WAYS} value={way} choose={(v) => setWay(v as Way)} />
      {way === 'order' ? <OrderKindField value={category_id} set={setCategory} /> : <p className="ph-weak ph-small">{way === 'fixed' ? '请拍整改前、整改后的照片' : subject_id ? '责任部门在时限内处理,由别人复查' : '责任部门按公司规定的天数整改,由别人复查'}</p>}
    </div>
  )
}
