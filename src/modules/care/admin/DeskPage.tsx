// 来电登记: while somebody talks. Left what is known of him, right what he wants and what comes of it; one button writes it all.
import { Alert, Button, Form, Input, Segmented, Select } from 'antd'
import { Suspense, lazy, useDeferredValue, useState } from 'react'
import { nowMs } from '../../../kernel/clock.ts'
import { Go, useGo, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { MomentInput } from '../../../ui/MomentInput.tsx'
import { orders } from '../../orders/contract.ts'
import { words as peopleWords } from '../../people/words.ts'
import { ContactWay, Outcome, Topic, care, type CallerHouse } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { DepositFields, NO_DEPOSIT, depositOf } from './LentDeposit.tsx'
import './care.css'

const DayInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.DayInput })))
type Found = Out<typeof care.findCaller.gives>['rows'][number]
type Way = (typeof ContactWay.options)[number]
type TopicOf = (typeof Topic.options)[number]
type OutcomeOf = (typeof Outcome.options)[number]
/** What mostly comes of it. */
const USUAL: Record<TopicOf, OutcomeOf> = { consult: 'answered', fee: 'answered', repair: 'order', complaint: 'complaint', suggestion: 'complaint', request: 'answered', help: 'passed', lodge: 'lodged', borrow: 'lodged', other: 'answered' }
const roleText = (role: string | null): string => (role ? (peopleWords.states?.['house_role']?.[role] ?? role) : '')
const foundText = (r: Found): string => `${r.community_name} ${r.label}${r.name ? ` ${r.name}` : ''}${r.role ? `(${roleText(r.role)})` : ''} ${r.phone_masked ?? ''}`

export default function DeskPage() {
  const [search] = useSearchState()
  const [caller, setCaller] = useState<Found>()
  const house_id = caller?.house_id ?? search['house_id']
  const [round, setRound] = useState(0)
  return (
    <ReadPage title="登记来电来访" loading={false} error={null} actions={<Go to="/care/contacts">来电来访列表</Go>}>
      <div className="care-two" key={round}>
        <div className="hy-stack">
          <section className="hy-card" aria-label="来人"><h2>来人</h2><CallerBox caller={caller} choose={setCaller} />{caller ? <Button size="small" type="link" onClick={() => setCaller(undefined)}>换一位</Button> : null}</section>
          {house_id ? <HouseCards house_id={house_id} /> : <p className="hy-muted">输入电话、末四位、姓名或房号,这里显示住户、欠费、未完工单和投诉。</p>}
        </div>
        <Record caller={caller} house_id={house_id ?? null} done={() => { setCaller(undefined); setRound(round + 1) }} />
      </div>
    </ReadPage>
  )
}
function CallerBox({ caller, choose }: { caller: Found | undefined; choose: (r: Found) => void }) {
  const [typed, setTyped] = useState('')
  const q = useDeferredValue(typed.trim())
  const found = useRead(care.findCaller, { q }, { enabled: q.length >= 2, keep: true })
  const rows = found.data?.rows ?? []
  if (caller) return <p><strong>{foundText(caller)}</strong></p>
  return <Select aria-label="来人" autoFocus style={{ width: '100%' }} placeholder="电话、末四位、姓名或房号,如 1-2-301" value={null} showSearch={{ filterOption: false, onSearch: setTyped }} loading={found.fetching && q.length >= 2} notFoundContent={q.length < 2 ? '请输入' : found.fetching ? '查找中' : '没有找到,可直接填姓名和电话'} options={rows.map((r, i) => ({ value: i, label: foundText(r) }))} onChange={(i: number | null) => { if (i !== null && rows[i]) choose(rows[i]) }} />
}

function HouseCards({ house_id }: { house_id: string }) {
  const house = useRead(care.callerHouse, { house_id }, { keep: true })
  if (house.error) return <ErrorBlock error={house.error} retry={house.retry} />
  if (!house.data) return <LoadingBlock />
  const h = house.data
  return (
    <>
      <section className="hy-card" aria-label="房产">
        <div className="hy-line"><h2><Go to={`/property/houses/${h.house_id}`}>{h.community_name} {h.label}</Go></h2><span className="hy-muted">{h.area} m²</span>{h.arrears ? (h.arrears.open_fen > 0 ? <span>待缴 <MoneyText fen={h.arrears.open_fen} owed />{h.arrears.overdue_count ? <span className="hy-red">,逾期 {h.arrears.overdue_count} 笔 <MoneyText fen={h.arrears.overdue_fen} /></span> : null}</span> : <span>费用已缴清</span>) : null}</div>
        <p>{h.people.map((p) => `${p.name}(${roleText(p.role)})${p.phone_masked ?? ''}`).join('、') || '没有登记住户'}</p>
      </section>
      <Briefs title="未完工单" rows={h.orders} to={(id) => `/orders/list/${id}`} empty="没有未完工单" />
      <Briefs title="未办结投诉" rows={h.complaints} to={(id) => `/care/complaints/${id}`} empty="没有未办结投诉" />
      <Briefs title="最近来电来访" rows={h.contacts} empty="没有来电来访记录" />
    </>
  )
}
function Briefs({ title, rows, to, empty }: { title: string; rows: CallerHouse['orders']; to?: (id: string) => string; empty: string }) {
  if (!rows) return null
  return (
    <section className="hy-card" aria-label={title}><h2>{title}</h2>
      {rows.length === 0 ? <p className="hy-muted">{empty}</p> : rows.map((r) => <div key={r.id} className="hy-line">{to ? <Go to={to(r.id)}>{r.no}</Go> : <span className="hy-num">{r.no}</span>}<span>{r.kind}</span><span>{r.words}</span><span className="hy-muted">{r.state} · {instant(r.at).slice(5)}</span></div>)}
    </section>
  )
}

function Record({ caller, house_id, done }: { caller: Found | undefined; house_id: string | null; done: () => void }) {
  const go = useGo()
  const { place_id, places } = usePlace()
  const [begun] = useState(nowMs)
  const [way, setWay] = useState<Way>('phone')
  const [topic, setTopic] = useState<TopicOf>('consult')
  const [outcome, setOutcome] = useState<OutcomeOf>('answered')
  const [community_id, setCommunity] = useState(place_id ?? places[0]?.id ?? '')
  const [v, setV] = useState({ name: '', phone: '', words: '', answer: '', place: '', item: '', due_on: '', call_back_at: '' })
  const [deposit, setDeposit] = useState(NO_DEPOSIT)
  const [category_id, setCategory] = useState<string>()
  const [kind_id, setKind] = useState<string>()
  const categories = useRead(orders.categories, {}, { stale_ms: 300_000, enabled: outcome === 'order' })
  const kinds = useRead(care.kinds, {}, { stale_ms: 300_000, enabled: outcome === 'complaint' })
  const save = useWrite(care.saveContact, { in_form: true, done: (a) => `已登记 ${a.no}`, invalidates: 'all' })
  const set = (k: keyof typeof v) => (e: { target: { value: string } }) => setV({ ...v, [k]: e.target.value })
  const groups = categories.data?.rows ?? []
  const submit = async (): Promise<void> => {
    const made = await save.run({
      way, topic, outcome, words: v.words, community_id: caller?.community_id ?? community_id, house_id, ...(caller?.person_id ? { person_id: caller.person_id } : {}), ...(v.name.trim() ? { caller_name: v.name.trim() } : {}), ...(v.phone.trim() ? { caller_phone: v.phone.trim() } : {}), ...(v.answer.trim() ? { answer: v.answer.trim() } : {}),
      seconds: Math.min(86_400, Math.round((nowMs() - begun) / 1000)), ...(outcome === 'order' && category_id ? { order: { category_id, ...(v.place.trim() ? { place: v.place.trim() } : {}) } } : {}), ...(outcome === 'complaint' && kind_id ? { kind_id } : {}), ...(outcome === 'callback' && v.call_back_at ? { call_back_at: v.call_back_at } : {}), ...(outcome === 'lodged' ? { item: v.item, ...(v.due_on ? { due_on: v.due_on } : {}), ...(topic === 'borrow' && house_id ? depositOf(deposit) : {}) } : {}),
    })
    if (!made) return
    done()
    if (made.order_id) go(`/orders/list/${made.order_id}`)
    else if (made.complaint_id) go(`/care/complaints/${made.complaint_id}`)
  }
  return (
    <section className="hy-card" aria-label="登记"><h2>登记</h2>
      <Form layout="vertical" className="hy-form" onFinish={() => void submit()}>
        {save.error ? <Alert className="hy-form-alert" type="error" showIcon title={save.error.message} /> : null}
        <Form.Item label="方式"><Segmented aria-label="方式" options={ContactWay.options.map((x) => ({ value: x, label: said('contact_way', x) }))} value={way} onChange={setWay} /></Form.Item>
        <Form.Item label="事由" htmlFor="ct-topic"><Select id="ct-topic" value={topic} onChange={(x: TopicOf) => { setTopic(x); setOutcome(USUAL[x]) }} options={Topic.options.map((x) => ({ value: x, label: said('topic', x) }))} /></Form.Item>
        {caller ? null : (
          <div className="hy-line" style={{ alignItems: 'flex-start' }}>
            {places.length > 1 && !house_id ? <Form.Item label="小区" htmlFor="ct-community"><Select id="ct-community" style={{ width: 140 }} value={community_id} onChange={setCommunity} options={places.map((p) => ({ value: p.id, label: p.name }))} /></Form.Item> : null}
            <Form.Item label="姓名" htmlFor="ct-name"><Input id="ct-name" maxLength={30} style={{ width: 110 }} value={v.name} onChange={set('name')} /></Form.Item>
            <Form.Item label="电话" htmlFor="ct-phone"><Input id="ct-phone" maxLength={20} style={{ width: 140 }} value={v.phone} onChange={set('phone')} /></Form.Item>
          </div>
        )}
        <Form.Item label="内容" htmlFor="ct-words"><Input.TextArea id="ct-words" rows={3} maxLength={500} value={v.words} onChange={set('words')} /></Form.Item>
        <Form.Item label="结果" htmlFor="ct-outcome"><Select id="ct-outcome" value={outcome} onChange={setOutcome} options={Outcome.options.map((x) => ({ value: x, label: said('outcome', x) }))} /></Form.Item>
        {outcome === 'order' ? (
          <div className="hy-line" style={{ alignItems: 'flex-start' }}>
            <Form.Item label="报修分类" htmlFor="ct-category"><Select id="ct-category" style={{ width: 220 }} showSearch={{ optionFilterProp: 'label' }} value={category_id ?? null} onChange={setCategory} loading={categories.loading} options={groups.filter((g) => g.parent_id === null && !g.retired).map((g) => ({ label: g.name, title: g.name, options: groups.filter((k) => k.parent_id === g.category_id && !k.retired && k.rule).map((k) => ({ value: k.category_id, label: k.name })) }))} /></Form.Item>
            <Form.Item label="具体位置" htmlFor="ct-place"><Input id="ct-place" maxLength={60} style={{ width: 180 }} value={v.place} onChange={set('place')} /></Form.Item>
          </div>
        ) : null}
        {outcome === 'complaint' ? <Form.Item label="投诉类别" htmlFor="ct-kind"><Select id="ct-kind" showSearch={{ optionFilterProp: 'label' }} value={kind_id ?? null} onChange={setKind} loading={kinds.loading} options={(['complaint', 'suggestion', 'praise'] as const).map((n) => ({ label: words.states!['nature']![n]!, title: n, options: (kinds.data?.rows ?? []).filter((k) => k.nature === n && !k.retired && k.rule).map((k) => ({ value: k.kind_id, label: k.name })) }))} /></Form.Item> : null}
        {outcome === 'callback' ? <Form.Item label="约定回电" htmlFor="ct-back"><MomentInput id="ct-back" value={v.call_back_at} onChange={(x) => setV({ ...v, call_back_at: (x as string | null) ?? '' })} /></Form.Item> : null}
        {outcome === 'lodged' ? (
          <div className="hy-line" style={{ alignItems: 'flex-start' }}>
            <Form.Item label="物品" htmlFor="ct-item"><Input id="ct-item" maxLength={100} style={{ width: 220 }} value={v.item} placeholder="如:快递 1 件、手推车 1 辆" onChange={set('item')} /></Form.Item>
            <Form.Item label="应取回(选填)" htmlFor="ct-due"><Suspense fallback={null}><DayInput id="ct-due" value={v.due_on} onChange={(d) => setV({ ...v, due_on: (d as string | null) ?? '' })} /></Suspense></Form.Item>
          </div>
        ) : null}
        {outcome === 'lodged' && topic === 'borrow' && house_id ? <DepositFields community_id={caller?.community_id ?? community_id} value={deposit} set={setDeposit} /> : null}
        {outcome === 'answered' || outcome === 'passed' ? <Form.Item label={outcome === 'answered' ? '答复' : '转告了谁'} htmlFor="ct-answer"><Input.TextArea id="ct-answer" rows={2} maxLength={500} value={v.answer} onChange={set('answer')} /></Form.Item> : null}
        <Button type="primary" htmlType="submit" loading={save.running} disabled={v.words.trim() === ''}>登记</Button>
      </Form>
    </section>
  )
}
