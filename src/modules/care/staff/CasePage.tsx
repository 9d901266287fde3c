// One complaint on the phone of the one who handles it: accept, note, answer, return visit; the rest is done at the desk.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, Facts, Field, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Photos, type Taken } from '../../../ui/phone/photos.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { words as orderWords } from '../../orders/words.ts'
import { PHOTOS_MAX, care, type ComplaintFull } from '../contract.ts'
import { StateMark, Steps, closeAfter, starsText } from '../parts.tsx'
import { hour, said } from '../shown.ts'
import { words } from '../words.ts'

const POLL_MS = 30_000
type Open = 'answer' | 'note' | 'release' | 'visit'
export function CasePage() {
  const complaint_id = useParam('complaint_id')
  const reading = useRead(care.complaint, { complaint_id }, { refresh_ms: POLL_MS })
  const [open, setOpen] = useState<Open>()
  const o = reading.data
  return <Page title="投诉建议" back="/care" {...(o ? { foot: <Next o={o} open={setOpen} /> } : {})}><Loaded reading={reading}>{(x) => <Shown o={x} open={open} setOpen={setOpen} />}</Loaded></Page>
}
function Next({ o, open }: { o: ComplaintFull; open: (x: Open) => void }) {
  const accept = useWrite(care.acceptComplaint, { done: '已受理' })
  const big = { className: 'ph-big', block: true, color: 'primary' } as const
  if (o.can.accept === true) return <Button {...big} loading={accept.running} onClick={() => void accept.run({ complaint_id: o.complaint_id })}>受理</Button>
  if (o.can.answer === true) return <Button {...big} onClick={() => open('answer')}>答复</Button>
  if (o.can.visit === true) return <Button {...big} onClick={() => open('visit')}>回访</Button>
  return <p className="ph-weak ph-center" style={{ width: '100%' }}>{words.states!['state']![o.state]}</p>
}

function Shown({ o, open, setOpen }: { o: ComplaintFull; open: Open | undefined; setOpen: (x: Open | undefined) => void }) {
  const close = () => setOpen(undefined)
  const reveal = useWrite(care.revealComplainer, { invalidates: [] })
  const [phone, setPhone] = useState<string | null>()
  return (
    <>
      <section className="ph-card ph-section">
        <div className="ph-between"><h2>{said('nature', o.nature)} · {o.kind}</h2><StateMark state={o.state} /></div>
        <p>{o.words}</p>
        <Facts rows={[
          ['编号', <span key="n" className="ph-num">{o.no}</span>], o.place ? ['位置', o.place] : null, ['反映人', o.unnamed ? '匿名' : (o.reporter_name ?? '—')],
          o.reporter_phone_masked ? ['电话', phone ? <a key="p" href={`tel:${phone}`}>{phone}</a> : <span key="p" className="ph-line">{o.reporter_phone_masked}{o.can.reveal === true ? <button type="button" className="ph-text-button" onClick={() => void reveal.run({ complaint_id: o.complaint_id }).then((a) => setPhone(a?.phone))}>显示</button> : null}</span>] : null,
          ['登记时间', instant(o.created_at)], ['答复时限', <span key="d" className={o.late_answer ? 'ph-red ph-strong' : ''}>{hour(o.answer_due_at)}</span>], o.outside ? ['来文期限', <span key="o" className={o.outside.late ? 'ph-red ph-strong' : ''}>{hour(o.outside.due_at)}</span>] : null,
          ...o.orders.map((w) => [`工单 ${w.no}`, orderWords.states!['state']![w.state] ?? w.state] as const), o.satisfaction ? ['满意程度', starsText(o.satisfaction)] : null,
        ]} />
        {o.paused ? <p><Tag kind="warn">该户已暂停催缴</Tag></p> : null}
        {o.answer ? <div className="cr-answer"><p className="ph-weak ph-small">已答复</p><p>{o.answer}</p></div> : null}
        <div className="ph-two">
          {o.can.note === true ? <Button className="ph-mid" onClick={() => setOpen('note')}>处理经过</Button> : null}
          {o.can.release === true ? <Button className="ph-mid" onClick={() => setOpen('release')}>退回</Button> : null}
        </div>
      </section>
      <section className="ph-card"><h2>进度</h2><Steps steps={o.steps} photo={(file_id) => fileUrl(care.photo, { complaint_id: o.complaint_id, file_id })} /></section>
      <Sheet open={open === 'answer'} title="答复业户" close={close}><Answer o={o} done={close} /></Sheet>
      <Sheet open={open === 'note'} title="处理经过" close={close}><Note o={o} done={close} /></Sheet>
      <Sheet open={open === 'release'} title="退回" close={close}><Release o={o} done={close} /></Sheet>
      <Sheet open={open === 'visit'} title="回访" close={close}><VisitForm o={o} done={close} /></Sheet>
    </>
  )
}
const ids = (photos: readonly Taken[]) => (photos.length ? { photo_ids: photos.map((p) => p.file_id) } : {})
function Answer({ o, done }: { o: ComplaintFull; done: () => void }) {
  const causes = useRead(care.causes, {}, { stale_ms: 300_000 })
  const save = useWrite(care.answerComplaint, { done: '已答复', in_form: true })
  const [answer, setAnswer] = useState('')
  const [cause_id, setCause] = useState('')
  const [photos, setPhotos] = useState<Taken[]>([])
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(save.run({ complaint_id: o.complaint_id, answer, cause_id, ...ids(photos) }), done) }}>
      <Field label="答复" error={save.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={4} maxLength={1000} value={answer} onChange={(e) => setAnswer(e.target.value)} />}</Field>
      <Field label="原因">{(p) => <select {...p} className="ph-input" value={cause_id} onChange={(e) => setCause(e.target.value)}><option value="">请选择</option>{(causes.data?.rows ?? []).filter((x) => x.to_on === null).map((x) => <option key={x.cause_id} value={x.cause_id}>{x.name}</option>)}</select>}</Field>
      <Photos label="照片" photos={photos} set={setPhotos} max={PHOTOS_MAX} camera />
      <Button className="ph-big" block color="primary" type="submit" disabled={answer.trim() === '' || cause_id === ''} loading={save.running}>答复业户</Button>
    </form>
  )
}
function Note({ o, done }: { o: ComplaintFull; done: () => void }) {
  const save = useWrite(care.noteComplaint, { done: '已记录', in_form: true })
  const [note, setNote] = useState('')
  const [photos, setPhotos] = useState<Taken[]>([])
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(save.run({ complaint_id: o.complaint_id, note, ...ids(photos) }), done) }}>
      <Field label="处理经过(业户看不到)" error={save.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={3} maxLength={500} value={note} onChange={(e) => setNote(e.target.value)} />}</Field>
      <Photos label="照片" photos={photos} set={setPhotos} max={PHOTOS_MAX} camera />
      <Button className="ph-big" block color="primary" type="submit" disabled={note.trim() === ''} loading={save.running}>保存</Button>
    </form>
  )
}
function Release({ o, done }: { o: ComplaintFull; done: () => void }) {
  const save = useWrite(care.releaseComplaint, { done: '已退回', in_form: true })
  const [reason, setReason] = useState('')
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(save.run({ complaint_id: o.complaint_id, reason }), done) }}>
      <Field label="原因" error={save.error?.message}>{(p) => <input {...p} className="ph-input" maxLength={200} value={reason} onChange={(e) => setReason(e.target.value)} />}</Field>
      <Button className="ph-big" block color="primary" type="submit" disabled={reason.trim().length < 2} loading={save.running}>退回</Button>
    </form>
  )
}
function VisitForm({ o, done }: { o: ComplaintFull; done: () => void }) {
  const save = useWrite(care.visitComplaint, { done: '已记录回访', in_form: true })
  const [reached, setReached] = useState('yes')
  const [solved, setSolved] = useState('yes')
  const [score, setScore] = useState('5')
  const [text, setText] = useState('')
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(save.run({ complaint_id: o.complaint_id, way: 'phone', reached: reached === 'yes', ...(reached === 'yes' ? { solved: solved === 'yes', satisfaction: Number(score) } : {}), ...(text.trim() ? { words: text.trim() } : {}) }), done) }}>
      <Chips label="联系" choices={[{ value: 'yes', label: '联系上了' }, { value: 'no', label: '没有联系上' }]} value={reached} choose={setReached} />
      {reached === 'yes' ? <><Chips label="结果" choices={[{ value: 'yes', label: '已解决' }, { value: 'no', label: '没有解决' }]} value={solved} choose={setSolved} /><Chips label="满意程度" choices={['5', '4', '3', '2', '1'].map((n) => ({ value: n, label: `${n} 分` }))} value={score} choose={setScore} /></> : null}
      <Field label="业户的话(选填)" error={save.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={2} maxLength={300} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <Button className="ph-big" block color="primary" type="submit" loading={save.running}>保存</Button>
    </form>
  )
}
