// One complaint of one's own, or an unnamed one by its code: where it stands, the answer, and what one may do.
import { Button } from 'antd-mobile'
import { useState, type ReactNode } from 'react'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts, Field, Sheet } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import { Icon } from '../../../ui/phone/icons.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Photos, type Taken } from '../../../ui/phone/photos.tsx'
import { useParam, useQuerySetter, useQueryText } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { words as orderWords } from '../../orders/words.ts'
import { PHOTOS_MAX, care, type MyComplaint } from '../contract.ts'
import { StateMark, Steps, closeAfter, starsText } from '../parts.tsx'
import { hour, said } from '../shown.ts'

const POLL_MS = 30_000
type Doing = 'rate' | 'add' | 'reopen'
interface Acts {
  running: boolean
  error: { message: string } | null
  rate: (x: { satisfaction: number; words?: string }) => Promise<unknown>
  add: (x: { words: string; photo_ids?: string[] }) => Promise<unknown>
  reopen: (reason: string) => Promise<unknown>
  withdraw: () => Promise<unknown>
  urge?: () => Promise<unknown>
  photo: (file_id: string) => string
}

export function CasePage() {
  const complaint_id = useParam('complaint_id')
  const reading = useRead(care.myComplaint, { complaint_id }, { refresh_ms: POLL_MS })
  const rate = useWrite(care.rateMine, { done: '谢谢您的评价', in_form: true })
  const add = useWrite(care.addMine, { done: '已补充', in_form: true })
  const reopen = useWrite(care.reopenMine, { done: '已提交,物业将重新处理', in_form: true })
  const withdraw = useWrite(care.withdrawMine, { done: '已撤回' })
  const urge = useWrite(care.urgeMine, { done: '已提醒物业' })
  const id = { complaint_id }
  const acts: Acts = {
    running: [rate, add, reopen, withdraw, urge].some((x) => x.running), error: rate.error ?? add.error ?? reopen.error,
    rate: (x) => rate.run({ ...id, ...x }), add: (x) => add.run({ ...id, ...x }), reopen: (reason) => reopen.run({ ...id, reason }), withdraw: () => withdraw.run(id), urge: () => urge.run(id), photo: (file_id) => fileUrl(care.photo, { complaint_id, file_id }),
  }
  return <Page title="投诉进度" back="/care"><Loaded reading={reading}>{(o) => <Shown o={o} acts={acts} />}</Loaded></Page>
}

export function UnnamedPage() {
  const code = useQueryText('code')
  const set = useQuerySetter()
  const [typed, setTyped] = useState('')
  const token = (code ?? '').replaceAll(' ', '').toUpperCase()
  return (
    <Page title="匿名查询" back="/care">
      {token ? <ByToken key={token} query_token={token} again={<Button className="ph-mid" block onClick={() => set('code', undefined)}>换一个查询码</Button>} /> : (
        <form className="ph-card ph-section" onSubmit={(e) => { e.preventDefault(); set('code', typed.replaceAll(' ', '').toUpperCase()) }}>
          <Field label="查询码" hint="提交时显示的 12 位字母和数字">{(p) => <input {...p} className="ph-input ph-num" autoComplete="off" autoCapitalize="characters" maxLength={20} value={typed} onChange={(e) => setTyped(e.target.value)} />}</Field>
          <Button className="ph-big" block color="primary" type="submit" disabled={typed.replaceAll(' ', '').length !== 12}>查询</Button>
        </form>
      )}
    </Page>
  )
}
function ByToken({ query_token, again }: { query_token: string; again: ReactNode }) {
  const reading = useRead(care.unnamedComplaint, { query_token }, { refresh_ms: POLL_MS })
  const rate = useWrite(care.rateUnnamed, { done: '谢谢您的评价', in_form: true })
  const add = useWrite(care.addUnnamed, { done: '已补充', in_form: true })
  const reopen = useWrite(care.reopenUnnamed, { done: '已提交,物业将重新处理', in_form: true })
  const withdraw = useWrite(care.withdrawUnnamed, { done: '已撤回' })
  const by = { query_token }
  const acts: Acts = {
    running: [rate, add, reopen, withdraw].some((x) => x.running), error: rate.error ?? add.error ?? reopen.error,
    rate: (x) => rate.run({ ...by, ...x }), add: (x) => add.run({ ...by, ...x }), reopen: (reason) => reopen.run({ ...by, reason }), withdraw: () => withdraw.run(by), photo: (file_id) => fileUrl(care.unnamedPhoto, { query_token, file_id }),
  }
  return <><Loaded reading={reading}>{(o) => <Shown o={o} acts={acts} />}</Loaded>{again}</>
}

function Shown({ o, acts }: { o: MyComplaint; acts: Acts }) {
  const [open, setOpen] = useState<Doing>()
  const close = () => setOpen(undefined)
  return (
    <>
      <section className="ph-card ph-section">
        <div className="ph-between"><h2>{said('nature', o.nature)} · {o.kind}</h2><StateMark state={o.state} of="resident_state" /></div>
        <p>{o.words}</p>
        <Facts rows={[
          ['编号', <span key="n" className="ph-num">{o.no}</span>], ['提交时间', instant(o.created_at)], o.place ? ['位置', o.place] : null,
          ['new', 'assigned', 'handling'].includes(o.state) ? ['最迟答复', <span key="d" className={o.late ? 'ph-red ph-strong' : ''}>{hour(o.answer_due_at)}{o.late ? '(已超时)' : ''}</span>] : null,
          o.assignee_name ? ['处理人', o.assignee_name] : null, ...o.orders.map((w) => [`维修 ${w.no}`, orderWords.states!['resident_state']![w.state] ?? w.state] as const), o.satisfaction ? ['我的评价', <span key="s" className="ph-star-on">{starsText(o.satisfaction)}</span>] : null,
        ]} />
        {o.answer ? <div className="cr-answer" role="region" aria-label="物业答复"><p className="ph-weak ph-small">物业答复{o.answered_at ? ` · ${hour(o.answered_at)}` : ''}</p><p>{o.answer}</p></div> : null}
        <div className="ph-two">
          {o.can.rate === true ? <Button className="ph-mid" color="primary" onClick={() => setOpen('rate')}>评价</Button> : null}
          {o.can.reopen === true ? <Button className="ph-mid" onClick={() => setOpen('reopen')}>不满意,重新处理</Button> : null}
          {o.can.add === true ? <Button className="ph-mid" onClick={() => setOpen('add')}>补充说明</Button> : null}
          {o.can.urge === true && acts.urge ? <Button className="ph-mid" loading={acts.running} onClick={() => void acts.urge!()}>催办</Button> : null}
          {o.can.withdraw === true ? <Button className="ph-mid" loading={acts.running} onClick={() => void confirm({ title: '撤回这件?', yes: '撤回' }).then((yes) => (yes ? acts.withdraw() : undefined))}>撤回</Button> : null}
        </div>
        {o.service_phone ? <a className="ph-line" href={`tel:${o.service_phone}`}><Icon name="phone" />联系物业 {o.service_phone}</a> : null}
      </section>
      <section className="ph-card"><h2>进度</h2><Steps steps={o.steps} photo={acts.photo} resident /></section>
      <Sheet open={open === 'rate'} title="评价处理结果" close={close}><Rate acts={acts} done={close} /></Sheet>
      <Sheet open={open === 'add'} title="补充说明" close={close}><Add acts={acts} unnamed={o.unnamed} done={close} /></Sheet>
      <Sheet open={open === 'reopen'} title="不满意,重新处理" close={close}><Reopen o={o} acts={acts} done={close} /></Sheet>
    </>
  )
}

const SAID = ['很不满意', '不满意', '一般', '满意', '非常满意']
function Rate({ acts, done }: { acts: Acts; done: () => void }) {
  const [score, setScore] = useState(5)
  const [text, setText] = useState('')
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(acts.rate({ satisfaction: score, ...(text.trim() ? { words: text.trim() } : {}) }), done) }}>
      <div className="ph-stars" role="radiogroup" aria-label="评分">
        {SAID.map((s, i) => <button key={s} type="button" role="radio" aria-checked={i + 1 === score} aria-label={`${i + 1} 分,${s}`} className={`ph-star${i < score ? ' ph-star-on' : ''}`} onClick={() => setScore(i + 1)}>{i < score ? '★' : '☆'}</button>)}
      </div>
      <p className="ph-strong">{SAID[score - 1]}</p>
      <Field label="想说的话(选填)">{(p) => <textarea {...p} className="ph-input" rows={3} maxLength={300} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      {acts.error ? <p className="ph-fault" role="alert">{acts.error.message}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={acts.running}>提交评价</Button>
    </form>
  )
}
function Add({ acts, unnamed, done }: { acts: Acts; unnamed: boolean; done: () => void }) {
  const [text, setText] = useState('')
  const [photos, setPhotos] = useState<Taken[]>([])
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(acts.add({ words: text.trim(), ...(photos.length ? { photo_ids: photos.map((p) => p.file_id) } : {}) }), done) }}>
      <Field label="补充说明" error={acts.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={3} maxLength={500} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <Photos purpose={unnamed ? 'unnamed_photo' : 'photo'} label="照片" photos={photos} set={setPhotos} max={PHOTOS_MAX} />
      <Button className="ph-big" block color="primary" type="submit" disabled={text.trim() === ''} loading={acts.running}>提交</Button>
    </form>
  )
}
function Reopen({ o, acts, done }: { o: MyComplaint; acts: Acts; done: () => void }) {
  const [text, setText] = useState('')
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void closeAfter(acts.reopen(text), done) }}>
      <Field label="哪里不满意" error={acts.error?.message}>{(p) => <textarea {...p} className="ph-input" rows={3} maxLength={200} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      {o.reopen_until ? <p className="ph-weak ph-small">{hour(o.reopen_until)} 前可以要求重新处理</p> : null}
      <Button className="ph-big" block color="primary" type="submit" disabled={text.trim().length < 2} loading={acts.running}>重新处理</Button>
    </form>
  )
}
