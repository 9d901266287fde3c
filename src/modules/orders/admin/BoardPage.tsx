// 派工板: what waits at the left, a column for each who works; dragged, or picked and placed with two clicks. Asks again every quarter of a minute and
// rings when something new waits.
import { Button, Switch, Tag } from 'antd'
import { useEffect, useRef, useState, type DragEvent } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { BoardPage as Board } from '../../../ui/pages.tsx'
import { stored } from '../../../ui/phone/stored.ts'
import { usePlace } from '../../../ui/session.ts'
import { orders, type BoardCard } from '../contract.ts'
import { TONE, dueText } from '../shown.ts'
import { beep } from '../../../ui/sound.ts'
import { words } from '../words.ts'
import './board.css'

const POLL_MS = 15_000
const sound = stored('heyuan.admin.board_sound')

export default function BoardPage() {
  const { place_id } = usePlace()
  const board = useRead(orders.board, place_id ? { community_id: place_id } : {}, { refresh_ms: POLL_MS, keep: true, stale_ms: 0 })
  const assign = useWrite(orders.assignOrder, { done: '已派单' })
  const [picked, pick] = useState<string>()
  const rings = sound.use() !== 'off'
  const rows = board.data?.rows ?? []
  const known = useRef<Set<string>>(undefined)
  useEffect(() => {
    if (!board.data) return
    const now = new Set(board.data.rows.filter((o) => o.state === 'waiting').map((o) => o.order_id))
    if (rings && known.current && [...now].some((id) => !known.current!.has(id))) beep()
    known.current = now
  }, [board.data, rings])
  const give = (order_id: string, account_id: string): void => {
    const o = rows.find((x) => x.order_id === order_id)
    pick(undefined)
    if (o && o.assignee_id !== account_id) void assign.run({ order_id, account_id }, order_id)
  }
  const waiting = rows.filter((o) => o.assignee_id === null)
  // Whoever is on duty or has something in hand first; the others stand at the end.
  const people = (board.data?.workers ?? []).toSorted((a, b) => Number(b.on_duty) - Number(a.on_duty) || b.open_count - a.open_count || a.name.localeCompare(b.name, 'zh-CN'))
  const chosen = rows.find((o) => o.order_id === picked)
  return (
    <Board
      title="派工板" loading={board.loading} error={board.error} retry={board.retry}
      legend={<span className="hy-line hy-muted"><span>待派单 <strong className={waiting.length ? 'hy-red' : ''}>{waiting.length}</strong></span><span>未完 {rows.length}</span><span>超时 <strong className="hy-red">{rows.filter((o) => o.late).length}</strong></span>{board.data?.more ? <span className="hy-red">单子太多,只显示最急的;请先选小区</span> : null}</span>}
      actions={<label className="hy-line">新单响铃 <Switch size="small" checked={rings} onChange={(on) => sound.set(on ? 'on' : 'off')} aria-label="新单响铃" /></label>}
    >
      <div className="od-board">
        <section className="od-column od-waiting" aria-label="待派单">
          <header><strong>待派单</strong> <span className="hy-muted">{waiting.length} 单</span></header>
          {waiting.map((o) => <Card key={o.order_id} o={o} picked={o.order_id === picked} pick={pick} />)}
          {waiting.length === 0 ? <p className="hy-muted">没有待派单</p> : null}
        </section>
        {people.map((w) => <Column key={w.account_id} name={w.name} about={[w.skills.join('、'), w.buildings].filter(Boolean).join(' · ')} on_duty={w.on_duty} open_max={w.open_max} rows={rows.filter((o) => o.assignee_id === w.account_id)} picked={picked} pick={pick} here={chosen && chosen.assignee_id !== w.account_id ? () => give(chosen.order_id, w.account_id) : undefined} drop={(id) => give(id, w.account_id)} />)}
      </div>
    </Board>
  )
}

interface ColumnProps { name: string; about: string; on_duty: boolean; open_max: number; rows: readonly BoardCard[]; picked: string | undefined; pick: (id: string | undefined) => void; here: (() => void) | undefined; drop: (order_id: string) => void }
function Column({ name, about, on_duty, open_max, rows, picked, pick, here, drop }: ColumnProps) {
  const [over, setOver] = useState(false)
  const enter = (e: DragEvent): void => { e.preventDefault(); setOver(true) }
  return (
    <section className={`od-column${over ? ' od-over' : ''}`} aria-label={name} onDragOver={enter} onDragLeave={() => setOver(false)} onDrop={(e) => { e.preventDefault(); setOver(false); drop(e.dataTransfer.getData('text/plain')) }}>
      <header>
        <span className="hy-line"><strong>{name}</strong>{on_duty ? null : <Tag>不当班</Tag>}<span className={rows.length >= open_max ? 'hy-red hy-strong' : 'hy-muted'}>{rows.length}/{open_max} 单</span></span>
        <span className="hy-muted od-about">{about || '工种未设'}</span>
        {here ? <Button size="small" type="primary" block onClick={here}>派到这里</Button> : null}
      </header>
      {rows.map((o) => <Card key={o.order_id} o={o} picked={o.order_id === picked} pick={pick} />)}
    </section>
  )
}

function Card({ o, picked, pick }: { o: BoardCard; picked: boolean; pick: (id: string | undefined) => void }) {
  const due = dueText(o, nowIso())
  return (
    <article className={`od-card${o.late ? ' od-late' : ''}${picked ? ' od-picked' : ''}`} draggable onDragStart={(e) => { e.dataTransfer.setData('text/plain', o.order_id); e.dataTransfer.effectAllowed = 'move' }}>
      <button type="button" className="od-pick" aria-pressed={picked} aria-label={`选中 ${o.place} ${o.category}`} onClick={() => pick(picked ? undefined : o.order_id)}>
        <span className="hy-line"><strong>{o.place}</strong>{o.urgent ? <StateTag value="u" words={{ u: '急修' }} tones={{ u: 'bad' }} /> : null}</span>
        <span>{o.category} · {o.words}</span>
        {due ? <span className={o.late ? 'hy-red hy-strong' : 'hy-muted'}>{due}</span> : null}
      </button>
      <span className="hy-line"><StateTag value={o.state} words={words.states?.['state']} tones={TONE} /><Go to={`/orders/list/${o.order_id}`}>{o.no}</Go></span>
    </article>
  )
}
