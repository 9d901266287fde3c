// 排班表 of one room and month: drag a person into a cell or from cell to cell, or click the cell; by cycle, in batch, from the month before.
import { Button, Modal, Radio, Select } from 'antd'
import { useState, type DragEvent } from 'react'
import { addMonths, nowIso, today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, ExcelButton } from '../../../ui/bits.tsx'
import { MonthInput } from '../../../ui/dates.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { EmptyBlock, ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { duty, type Entry, type Roster, type Shift } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { BatchDrawer, PatternDrawer } from './fill.tsx'
import './duty.css'

const WEEK = '日一二三四五六'
const weekday = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay()
const endOf = (day: string, s: Shift): string => {
  const end = new Date(`${day}T${s.to_time}:00+08:00`).getTime() + (s.to_time <= s.from_time ? 86_400_000 : 0)
  return new Date(end).toISOString()
}
const BAD = ['double', 'no_cert', 'cert_over', 'too_long']
export default function RosterPage() {
  const { place_id } = usePlace()
  const [search, setSearch] = useSearchState()
  const rooms = useRead(duty.rooms, place_id ? { community_id: place_id } : {}, { stale_ms: 30_000 })
  const list = rooms.data?.rows ?? []
  const room_id = list.some((r) => r.room_id === search['room_id']) ? search['room_id'] : list[0]?.room_id
  const month = search['month'] ?? today().slice(0, 7)
  return (
    <ReadPage title="排班表" loading={rooms.loading} error={rooms.error} retry={rooms.retry}
      note={<div className="hy-line"><Select aria-label="值班室" style={{ minWidth: 220 }} value={room_id ?? null} options={list.map((r) => ({ value: r.room_id, label: `${r.name}(${r.community_name})` }))} onChange={(v: string) => setSearch({ room_id: v })} /><Button onClick={() => setSearch({ month: addMonths(month, -1) })}>上月</Button><span style={{ width: 120 }}><MonthInput aria-label="月份" value={month} onChange={(m) => setSearch({ month: m ?? undefined })} /></span><Button onClick={() => setSearch({ month: addMonths(month, 1) })}>下月</Button></div>}>
      {room_id ? <Month key={`${room_id} ${month}`} room_id={room_id} month={month} /> : <EmptyBlock text="还没有值班室" />}
    </ReadPage>
  )
}

/** The days that are over lie above. */
const toToday = (row: HTMLTableRowElement | null): void => {
  const box = row?.closest('.du-wrap')
  if (row && box) box.scrollTop = row.offsetTop - box.clientHeight / 2
}
interface Dragged { account_id: string; from?: { on_day: string; shift_id: string } }
const taken = (e: DragEvent): Dragged | undefined => {
  try {
    return JSON.parse(e.dataTransfer.getData('text/plain')) as Dragged
  } catch {
    return undefined
  }
}
function Month({ room_id, month }: { room_id: string; month: string }) {
  const seen = useRead(duty.roster, { room_id, month }, { keep: true })
  const set = useWrite(duty.setRoster, { done: (a) => (a.hole_count ? `已排;这几天还有 ${a.hole_count} 个空班` : '已排') })
  const may = useMay()
  const [cell, setCell] = useState<{ on_day: string; shift: Shift }>()
  const [open, setOpen] = useState<'pattern' | 'batch' | 'copy'>()
  const [over, setOver] = useState<string>()
  if (seen.error) return <ErrorBlock error={seen.error} retry={seen.retry} />
  if (!seen.data) return <LoadingBlock />
  const r = seen.data
  if (r.shifts.length === 0) return <EmptyBlock text="还没有班次,请先在「值班室设置」里设定" />
  const writes = r.can === true
  const ahead = r.holes.filter((h) => endOf(h.on_day, r.shifts.find((s) => s.shift_id === h.shift_id)!) > nowIso()).length
  const at = (on_day: string, shift_id: string): Entry[] => r.entries.filter((e) => e.on_day === on_day && e.shift_id === shift_id)
  const ids = (on_day: string, shift_id: string): string[] => at(on_day, shift_id).map((e) => e.account_id)
  const drop = (d: Dragged, on_day: string, shift_id: string): void => {
    if (ids(on_day, shift_id).includes(d.account_id)) return
    const cells = [{ on_day, shift_id, account_ids: [...ids(on_day, shift_id), d.account_id] }, ...(d.from ? [{ ...d.from, account_ids: ids(d.from.on_day, d.from.shift_id).filter((a) => a !== d.account_id) }] : [])]
    void set.run({ room_id, cells })
  }
  return (
    <div className="hy-stack">
      <div className="hy-line">
        <span className="hy-muted">每班至少 {r.rule.min_persons} 人{r.rule.min_certified ? `,其中持「${r.rule.cert_name}」${r.rule.min_certified} 人` : ''}</span>
        {ahead ? <span className="hy-red hy-strong">本月还有空班 {ahead} 个</span> : <span>本月往后没有空班</span>}
        <CanButton can={r.can} words={words} onClick={() => setOpen('pattern')}>按规律</CanButton><CanButton can={r.can} words={words} onClick={() => setOpen('batch')}>批量</CanButton><CanButton can={r.can} words={words} onClick={() => setOpen('copy')}>复制上月</CanButton>
        <Button href={fileUrl(duty.rosterPaper, { room_id, month })} target="_blank">打印</Button>{may('duty.room.export') ? <ExcelButton call={duty.rosterBook} input={{ room_id, month }} /> : null}
      </div>
      <div className="du-split">
        <section className="hy-card du-main du-wrap">
          <table className="du-grid" aria-label="排班表">
            <thead><tr><th className="du-day">日期</th>{r.shifts.map((s) => <th key={s.shift_id}>{s.name} <span className="hy-muted hy-num">{s.from_time}–{s.to_time <= s.from_time ? '次日 ' : ''}{s.to_time}</span></th>)}</tr></thead>
            <tbody>
              {r.days.map((d) => (
                <tr key={d} ref={d === today() ? toToday : undefined}>
                  <th className={`du-day${[0, 6].includes(weekday(d)) ? ' du-rest' : ''}`}>{d.slice(5)} 周{WEEK[weekday(d)]}</th>
                  {r.shifts.map((s) => {
                    const hole = r.holes.find((h) => h.on_day === d && h.shift_id === s.shift_id)
                    const past = endOf(d, s) <= nowIso()
                    const key = `${d} ${s.shift_id}`
                    return (
                      <td key={s.shift_id} className={`${past ? 'du-over' : hole ? 'du-hole' : ''}${over === key ? ' du-target' : ''}`} onDragOver={(e) => { if (writes && !past) { e.preventDefault(); setOver(key) } }} onDragLeave={() => setOver(undefined)} onDrop={(e) => { e.preventDefault(); setOver(undefined); const x = taken(e); if (x && !past) drop(x, d, s.shift_id) }}>
                        <button type="button" className="du-cell" disabled={!writes || past} aria-label={`${d} ${s.name}`} onClick={() => setCell({ on_day: d, shift: s })}>
                          {at(d, s.shift_id).map((e) => <Chip key={e.account_id} e={e} drags={writes && !past} />)}
                          {hole && !past ? <span className="hy-red">{hole.have < hole.want ? `缺 ${hole.want - hole.have}` : `持证缺 ${hole.want_certified - hole.have_certified}`}</span> : null}
                        </button>
                      </td>
                    )
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <aside className="hy-card du-people" aria-label="人员">
          <p className="hy-muted">{writes ? '拖到格子里' : '人员'}</p>
          {r.people.map((p) => <div key={p.account_id} className="du-person" draggable={writes} onDragStart={(e) => e.dataTransfer.setData('text/plain', JSON.stringify({ account_id: p.account_id } satisfies Dragged))}><span>{p.name}<span className="hy-muted" style={{ display: 'block' }}>{[p.post, p.cert_to_on ? `证至 ${p.cert_to_on}` : r.rule.min_certified ? '无证' : ''].filter(Boolean).join(' · ')}</span></span><span className="hy-num hy-muted">{p.shift_count} 班<br />{p.hours} 时</span></div>)}
          {r.people.length === 0 ? <p>没有有「值班」权限的人,请先在角色与授权里开通</p> : null}
        </aside>
      </div>
      {cell ? <CellModal r={r} cell={cell} before={ids(cell.on_day, cell.shift.shift_id)} save={async (account_ids) => (await set.run({ room_id, cells: [{ on_day: cell.on_day, shift_id: cell.shift.shift_id, account_ids }] })) !== undefined} close={() => setCell(undefined)} /> : null}
      {open === 'pattern' ? <PatternDrawer r={r} close={() => setOpen(undefined)} /> : null}
      {open === 'batch' ? <BatchDrawer r={r} close={() => setOpen(undefined)} /> : null}
      {open === 'copy' ? <CopyModal r={r} close={() => setOpen(undefined)} /> : null}
    </div>
  )
}
function Chip({ e, drags }: { e: Entry; drags: boolean }) {
  const bad = e.marks.some((m) => BAD.includes(m))
  return <span className={`du-chip${bad ? ' du-bad' : e.marks.length ? ' du-warn' : ''}`} title={e.why.join(';')} draggable={drags} onDragStart={(x) => x.dataTransfer.setData('text/plain', JSON.stringify({ account_id: e.account_id, from: { on_day: e.on_day, shift_id: e.shift_id } } satisfies Dragged))}>{e.name}{e.marks.length ? <small>{e.marks.map((m) => said('mark', m)).join('、')}</small> : null}</span>
}
function CellModal({ r, cell, before, save, close }: { r: Roster; cell: { on_day: string; shift: Shift }; before: string[]; save: (ids: string[]) => Promise<boolean>; close: () => void }) {
  const [ids, setIds] = useState(before)
  const [busy, setBusy] = useState(false)
  return (
    <Modal open title={`${cell.on_day} ${cell.shift.name}`} onCancel={close} okText="保存" cancelText="取消" confirmLoading={busy} onOk={() => { setBusy(true); void save(ids).then((done) => { setBusy(false); if (done) close() }) }}>
      <div className="hy-stack">
        <Select mode="multiple" aria-label="值班人" className="hy-wide" autoFocus maxCount={10} value={ids} onChange={setIds} showSearch={{ optionFilterProp: 'label' }} options={r.people.map((p) => ({ value: p.account_id, label: `${p.name}${p.cert_to_on ? `(证至 ${p.cert_to_on})` : ''}` }))} />
        {r.entries.filter((e) => e.on_day === cell.on_day && e.shift_id === cell.shift.shift_id).flatMap((e) => e.why.map((x) => <p key={`${e.account_id}${x}`} className="hy-red">{e.name}:{x}</p>))}
      </div>
    </Modal>
  )
}
function CopyModal({ r, close }: { r: Roster; close: () => void }) {
  const copy = useWrite(duty.copyRoster, { done: (a) => `已复制 ${a.entry_count} 人次${a.hole_count ? `,空班 ${a.hole_count} 个` : ''}` })
  const [by, setBy] = useState<'day' | 'weekday'>('weekday')
  return (
    <Modal open title={`把 ${addMonths(r.month, -1)} 的排班复制到 ${r.month}`} onCancel={close} okText="复制" cancelText="取消" confirmLoading={copy.running} onOk={() => void copy.run({ room_id: r.room_id, month: r.month, by }).then((a) => (a ? close() : undefined))}>
      <div className="hy-stack"><Radio.Group value={by} onChange={(e) => setBy(e.target.value as 'day')} options={[{ value: 'weekday', label: '按星期(周一对周一)' }, { value: 'day', label: '按日期(1 日对 1 日)' }]} /><p className="hy-muted">本月已排的会被换掉;已经下班的和已交接的不动。</p></div>
    </Modal>
  )
}
