// One place: a strip of days, the hours of the day, what it costs with its computation, booked in one press.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { addDays } from '../../../kernel/clock.ts'
import { fileUrl, useRead, useWrite, type Out } from '../../../ui/api.ts'
import { instant, money, yen } from '../../../ui/format.ts'
import { Chips, Facts, Field } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { go, useParam } from '../../../ui/phone/router.tsx'
import { Bones, Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { useMyHouse } from '../../people/resident/shared.tsx'
import { bookings, type Slot } from '../contract.ts'
import { said, untilText } from '../shown.ts'
import { words } from '../words.ts'
import './bookings.css'

type Day = Out<typeof bookings.placeDay.gives>
const WEEKDAYS = ['日', '一', '二', '三', '四', '五', '六']
const clock = (at: string): string => instant(at).slice(11)
const dayText = (d: string, today: string): string => `${d === today ? '今天' : d === addDays(today, 1) ? '明天' : `周${WEEKDAYS[new Date(`${d}T00:00:00Z`).getUTCDay()]}`} ${d.slice(5)}`

export function PlacePage() {
  const resource_id = useParam('resource_id')
  const { house } = useMyHouse()
  const [day, setDay] = useState<string>()
  const [from_at, setFrom] = useState<string>()
  const q = useRead(bookings.placeDay, { resource_id, house_id: house?.house_id ?? '', ...(day ? { day } : {}) }, { enabled: house !== undefined, stale_ms: 0, keep: true, refresh_ms: 60_000 })
  return (
    <Page title={q.data?.place.name ?? '场地'} back="/bookings">
      <Loaded reading={q}>
        {(d) => {
          // What stands there is of the day before until the other one has come: nobody books the wrong day on a slow network.
          const waits = day !== undefined && day !== d.day && q.fetching
          return (
            <>
              <About d={d} />
              {d.place.can.book === true ? (
                <>
                  <Chips label="日期" value={waits ? day : d.day} choose={(x) => { setDay(x); setFrom(undefined) }} choices={Array.from({ length: 61 }, (_, i) => addDays(d.first_on, i)).filter((x) => x <= d.last_on).map((x) => ({ value: x, label: dayText(x, d.first_on) }))} />
                  {waits ? <Bones rows={6} /> : d.slots.length === 0 ? <StateBlock icon="info" title="这一天不开放" text="请选别的日期" /> : <Slots d={d} from_at={from_at} choose={setFrom} />}
                  {house && !waits && from_at && d.slots.some((s) => s.from_at === from_at) ? <Wish key={from_at} d={d} house_id={house.house_id} from_at={from_at} /> : null}
                </>
              ) : <StateBlock icon="warn" title="这个场地不对您开放" text="由业主或租户预约,请联系业主或物业服务中心" />}
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}
function About({ d }: { d: Day }) {
  const { terms: t, ...p } = d.place
  return (
    <section className="ph-card ph-section" aria-label="场地">
      {p.photo_id ? <img src={fileUrl(bookings.photo, { resource_id: p.resource_id, file_id: p.photo_id })} alt={p.name} className="bk-photo" /> : null}
      <Facts rows={[['位置', p.place], ['开放', p.hours_text], ['价格', `${p.price_text}${p.price_text === '免费' ? '' : `,每段 ${t.slot_min} 分钟`}`], p.unit_count > 1 ? ['数量', `${p.unit_count} ${p.unit_word}`] : null, ['取消', `开始前 ${t.cancel_hours} 小时可免费取消${t.late_keep_percent > 0 ? `,之后收 ${t.late_keep_percent}%` : ''}`], t.approval ? ['审核', '须物业审核'] : null, p.note ? ['须知', p.note] : null]} />
    </section>
  )
}
function Slots({ d, from_at, choose }: { d: Day; from_at: string | undefined; choose: (at: string) => void }) {
  const text = (s: Slot): string => (s.why ? `${said('why', s.why)}${s.reason ? `:${s.reason}` : ''}` : `${d.place.unit_count > 1 ? `余 ${s.free_count} · ` : ''}${s.slot_fen === 0 ? '免费' : `${money(s.slot_fen)} 元`}`)
  return <div className="bk-slots" role="group" aria-label="时段">{d.slots.filter((s) => s.why !== 'past').map((s) => <button key={s.from_at} type="button" className="bk-slot" disabled={s.why !== null} aria-pressed={s.from_at === from_at} onClick={() => choose(s.from_at)}><span className="ph-num">{clock(s.from_at)}–{untilText(s.to_at)}</span><span className="ph-small">{text(s)}</span></button>)}</div>
}
function Wish({ d, house_id, from_at }: { d: Day; house_id: string; from_at: string }) {
  const { terms: t, resource_id, unit_word, unit_count } = d.place
  const [slot_count, setSlots] = useState(t.min_slots)
  const [units, setUnits] = useState(1)
  const [note, setNote] = useState('')
  const ask = { resource_id, from_at, slot_count, unit_count: units, house_id }
  // Once it is booked the slot is taken, by oneself: it is not asked about again.
  const [sending, setSending] = useState(false)
  const quote = useRead(bookings.myQuote, ask, { stale_ms: 0, keep: true, enabled: !sending })
  const send = async (): Promise<void> => {
    setSending(true)
    if (await book.run({ ...ask, ...(note.trim() ? { note } : {}) })) go('/bookings/mine')
    else setSending(false)
  }
  const book = useWrite(bookings.book, { done: (a) => (a.state === 'asked' ? '已提交,等待审核' : a.state === 'held' ? '已占位,请按时付款' : '预约成功') })
  const i = d.slots.findIndex((s) => s.from_at === from_at)
  // As many on end as are free.
  let most = 0
  while (most < t.max_slots && d.slots[i + most]?.why === null && (most === 0 || d.slots[i + most]!.from_at === d.slots[i + most - 1]!.to_at)) most++
  const counts = Array.from({ length: Math.max(0, most - t.min_slots + 1) }, (_, k) => t.min_slots + k)
  const free = Math.min(t.max_units, unit_count, ...d.slots.slice(i, i + slot_count).map((s) => s.free_count))
  return (
    <section className="ph-card ph-section" aria-label="预约">
      {counts.length > 1 ? <Chips label="时长" wrap value={String(slot_count)} choose={(v) => setSlots(Number.parseInt(v, 10))} choices={counts.map((n) => ({ value: String(n), label: `${n * t.slot_min} 分钟` }))} /> : null}
      {free > 1 ? <Chips label="数量" wrap value={String(units)} choose={(v) => setUnits(Number.parseInt(v, 10))} choices={Array.from({ length: Math.min(free, 10) }, (_, k) => ({ value: String(k + 1), label: `${k + 1} ${unit_word}` }))} /> : null}
      <Field label="备注(可不填)">{(p) => <input {...p} className="ph-input" maxLength={200} autoComplete="off" value={note} onChange={(e) => setNote(e.target.value)} />}</Field>
      {quote.error ? <p className="ph-red" role="alert">{quote.error.message}</p> : null}
      {quote.data ? <Cost q={quote.data} /> : null}
      <Button className="ph-big" block color="primary" loading={book.running} disabled={!quote.data || quote.fetching || quote.error !== null} onClick={() => void send()}>{words.states!['step']!['booked']} {clock(from_at)}</Button>
    </section>
  )
}
function Cost({ q }: { q: Out<typeof bookings.myQuote.gives> }) {
  return (
    <div className="ph-section">
      {q.lines.map((l) => <p key={l.text} className="ph-weak ph-small">{l.text}</p>)}
      <p className="ph-between"><span>合计</span><strong className="ph-num">{q.amount_fen === 0 ? '免费' : yen(q.amount_fen)}</strong></p>
      <p className="ph-weak ph-small">{instant(q.free_until)} 前可免费取消{q.late_fen > 0 ? `,之后收 ${yen(q.late_fen)}` : ''}{q.pay_by_min > 0 && q.amount_fen > 0 ? `;${q.approval ? '通过后' : '预约后'} ${q.pay_by_min} 分钟内付款,逾时释放` : ''}</p>
    </div>
  )
}
